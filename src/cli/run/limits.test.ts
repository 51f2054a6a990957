import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunLimits } from "../../snapshot/conditions.ts";
import { type CgroupPlace, cgroupPlaces, createCgroup } from "./cgroup.ts";
import { type LimitMeans, limitedCommand, planLimits } from "./limits.ts";

const ALL: RunLimits = {
  memoryBytes: 512_000_000,
  cpus: 1.5,
  processes: 100,
  openFiles: 1024,
  timeMs: 600_000,
  unenforced: "refuse",
};

function means(changes: Partial<LimitMeans> & { groups?: CgroupPlace["controllers"] } = {}): LimitMeans {
  const { groups = [], ...rest } = changes;
  return {
    places: (wanted) => {
      const controllers = wanted.filter((one) => groups.includes(one));
      return controllers.length > 0 ? [{ version: 2, folder: "/sys/fs/cgroup/app.slice", controllers }] : [];
    },
    scope: () => [],
    superuser: false,
    shell: true,
    ...rest,
  };
}

const scoped = (properties: readonly string[]) => ["/scope", ...properties];

describe("how each limit is kept", () => {
  test.each<[string, LimitMeans, string[], string[]]>([
    [
      "by a control group",
      means({ groups: ["memory", "pids", "cpu"] }),
      [
        "memory 512MB (control group)",
        "cpu 1.5 (control group)",
        "processes 100 (control group)",
        "openFiles 1024 (ulimit)",
        "time 10m",
      ],
      [],
    ],
    [
      "all by a scope, where a control group can hold only some",
      means({ groups: ["memory", "pids"], scope: scoped }),
      [
        "memory 512MB (systemd scope)",
        "cpu 1.5 (systemd scope)",
        "processes 100 (systemd scope)",
        "openFiles 1024 (ulimit)",
        "time 10m",
      ],
      [],
    ],
    [
      "not by ulimit, which bounds something else",
      means(),
      ["openFiles 1024 (ulimit)", "time 10m"],
      [
        "memory 512MB: there is neither a control group nor a systemd scope for it; ulimit bounds the address space of each process, not the run",
        "cpu 1.5: there is neither a control group nor a systemd scope for it",
        "processes 100: there is neither a control group nor a systemd scope for it; ulimit bounds all processes of this user, not the run",
      ],
    ],
    [
      "as the superuser",
      means({ superuser: true }),
      ["openFiles 1024 (ulimit)", "time 10m"],
      [
        "memory 512MB: there is neither a control group nor a systemd scope for it; ulimit bounds the address space of each process, not the run",
        "cpu 1.5: there is neither a control group nor a systemd scope for it",
        "processes 100: there is neither a control group nor a systemd scope for it, and the superuser is exempt from ulimit",
      ],
    ],
  ])("%s", (_, given, kept, unkept) => {
    expect(planLimits(ALL, given)).toMatchObject({ kept, unkept });
  });

  test("what ulimit bounds instead is set only where limits may be unenforced", () => {
    const shellOf = (unenforced: "refuse" | "warn") => planLimits({ ...ALL, unenforced }, means()).shell;
    expect(shellOf("refuse")).toEqual(["ulimit -n 1024"]);
    expect(shellOf("warn")).toEqual([
      "ulimit -v 500000",
      "{ ulimit -u 100 2>/dev/null || ulimit -p 100; }",
      "ulimit -n 1024",
    ]);
  });

  test("no group is made beside a scope, which has all that processes share", () => {
    const plan = planLimits(ALL, means({ groups: ["memory"], scope: scoped }));
    expect(plan).toMatchObject({
      places: [],
      scope: ["/scope", "MemoryMax=512000000", "MemorySwapMax=0", "CPUQuota=150%", "TasksMax=100"],
    });
  });

  test("without a POSIX shell only the time is kept", () => {
    const { kept, unkept } = planLimits(ALL, means({ shell: false }));
    expect(kept).toEqual(["time 10m"]);
    expect(unkept).toHaveLength(4);
  });

  test("what is not limited is not asked for", () => {
    const asked: string[] = [];
    const places = (wanted: readonly string[]) => {
      asked.push(...wanted);
      return [];
    };
    planLimits({ timeMs: 1, unenforced: "refuse" }, means({ places }));
    expect(asked).toEqual([]);
  });
});

test("a scope has the limits that no group keeps, and starts the command", () => {
  const plan = planLimits(ALL, means({ scope: scoped }));
  expect(limitedCommand({ ...plan, shell: [] }, [], ["/bin/true", "-p"])).toEqual([
    ...["/scope", "MemoryMax=512000000", "MemorySwapMax=0", "CPUQuota=150%", "TasksMax=100"],
    ...["/bin/true", "-p"],
  ]);
});

describe("the shell before the command", () => {
  const ask = (command: readonly string[]) =>
    execFileSync(command[0]!, command.slice(1), {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });

  test("sets limits and passes words on as they are", () => {
    const shell = ["ulimit -n 50", "ulimit -v 4000000"];
    const words = ["sh", "-c", 'ulimit -n; ulimit -v; printf "%s|" "$@"', "sh", "a b", "'", "", "$x"];
    expect(ask(limitedCommand({ scope: [], shell }, [], words))).toBe("50\n4000000\na b|'||$x|");
  });

  test("starts nothing where a limit is refused or the group can't be joined", () => {
    for (const [files, shell] of [
      [[], ["ulimit -n none"]],
      [["/nowhere/it's/cgroup.procs"], []],
    ] as const) {
      expect(() => ask(limitedCommand({ scope: [], shell }, files, ["echo", "ran"]))).toThrow();
    }
  });
});

describe("where control groups can be made", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "ringfence-cgroup-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function group(path: string, handedOn = ""): string {
    const folder = join(root, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cgroup.procs"), "");
    writeFileSync(join(folder, "cgroup.subtree_control"), `${handedOn}\n`);
    return folder;
  }
  const mountOf = (at: string, type: string, options = "rw") =>
    `30 20 0:26 / ${at} rw,nosuid - ${type} none ${options}\n`;

  test("version 2: the nearest group above that hands the controllers on", () => {
    group("", "cpu memory pids");
    const job = group("jobs/build", "memory pids");
    group("jobs/build/shell");
    const facts = { membership: "0::/jobs/build/shell\n", mounts: mountOf(root, "cgroup2") };
    expect(cgroupPlaces(facts, ["memory", "pids"])).toEqual([
      { version: 2, folder: job, controllers: ["memory", "pids"] },
    ]);
    expect(cgroupPlaces(facts, ["cpu"])).toEqual([{ version: 2, folder: root, controllers: ["cpu"] }]);
    expect(cgroupPlaces({ ...facts, membership: "0::/../elsewhere\n" }, ["cpu"])).toEqual([]);
  });

  test.each(["runner.service", "session.scope"])("version 2: not above %s", (unit) => {
    group("", "cpu memory pids");
    const service = group(`system.slice/${unit}`, "memory");
    group(`system.slice/${unit}/shell`);
    const membership = `0::/system.slice/${unit}/shell\n`;
    const facts = { membership, mounts: mountOf(root, "cgroup2") };
    expect(cgroupPlaces(facts, ["memory"])).toEqual([
      { version: 2, folder: service, controllers: ["memory"] },
    ]);
    expect(cgroupPlaces(facts, ["pids"])).toEqual([]);
  });

  test("version 1: our own group of each controller, in one group where they share one", () => {
    const memory = group("memory/own");
    const cpu = group("cpu,pids/own");
    const facts = {
      membership: "4:memory:/own\n3:cpu,pids:/own\n0::/\n",
      mounts:
        mountOf(join(root, "memory"), "cgroup", "rw,memory") +
        mountOf(join(root, "cpu,pids"), "cgroup", "rw,cpu,pids"),
    };
    expect(cgroupPlaces(facts, ["memory", "pids", "cpu"])).toEqual([
      { version: 1, folder: memory, controllers: ["memory"] },
      { version: 1, folder: cpu, controllers: ["pids", "cpu"] },
    ]);
  });

  test.each([
    ["nothing is known", { membership: "", mounts: "" }],
    ["there is no such mount", { membership: "4:memory:/\n0::/\n", mounts: "" }],
    ["the folder is not there", { membership: "0::/gone\n", mounts: mountOf("/nowhere", "cgroup2") }],
  ])("nowhere: %s", (_, facts) => {
    expect(cgroupPlaces(facts, ["memory", "pids", "cpu"])).toEqual([]);
  });

  describe("groups that the command made within its own", () => {
    const place = (): CgroupPlace => ({ version: 1, folder: root, controllers: [] });
    const within = (): string => {
      const folder = join(root, readdirSync(root)[0]!, "sub", "deeper");
      mkdirSync(folder, { recursive: true });
      return folder;
    };

    test("are removed with it", () => {
      const made = createCgroup([place()], {});
      within();
      made.remove();
      expect(readdirSync(root)).toEqual([]);
    });

    test("are ended with it", async () => {
      const made = createCgroup([place()], {});
      const child = spawn("sleep", ["60"]);
      writeFileSync(join(within(), "cgroup.procs"), `${child.pid}\n`);
      const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      made.kill();
      // Asked for last, so that a test that fails leaves nothing behind.
      child.kill("SIGTERM");
      expect(await ended).toBe("SIGKILL");
    });
  });

  test("a group that can't get its bounds is not left behind", () => {
    const place: CgroupPlace = { version: 2, folder: root, controllers: ["memory"] };
    // A plain folder has no memory.max.
    expect(() => createCgroup([place], { memoryBytes: 1 })).toThrow(/ENOENT/);
    expect(readdirSync(root)).toEqual([]);
  });
});
