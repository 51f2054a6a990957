import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeWhereFound, describeWith } from "../../../test/components.ts";
import type { RunConditions } from "../../snapshot/conditions.ts";
import { cgroupFacts, cgroupPlaces } from "./cgroup.ts";
import { entries, project, run, script, useHotEntry } from "./entry.fixture.ts";
import { findBubblewrap } from "./view.ts";

useHotEntry();

const USUAL: RunConditions = { folders: [], logLevel: "INFO", logFormat: "json" };
const NODE = process.execPath;

function under(conditions: Partial<RunConditions>, changes: object = {}) {
  project.compile({ conditions: { ...USUAL, ...conditions }, ...changes });
  return (...command: string[]) => run(["run", "-e", "development", "--", ...command]);
}

test("the time is over also where only what the command left behind goes on", () => {
  const limits = { timeMs: 1_500, unenforced: "refuse" } as const;
  const late = under({ limits }, { runOutput: "scrubbed" })("sh", "-c", "sleep 600 & exit 0");
  expect(late).toMatchObject({ status: 124, stderr: expect.stringContaining("error RUN_LIMIT_TIME") });
});

describe.each([
  ["direct", {}],
  ["scrubbed", { runOutput: "scrubbed" }],
] as const)("%s", (_, changes) => {
  test("the umask is the policy's", () => {
    expect(under({ umask: 0o077 }, changes)("sh", "-c", "umask")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^0*77\n$/),
      stderr: "",
    });
  });

  test("folders are made, with the declared mode whatever the umask is, and told", () => {
    const folders = [
      { name: "data", path: "var/development/data", mode: 0o700 },
      { name: "dead-letters", path: join(project.folder, "dead"), mode: 0o750 },
    ];
    const told = under({ folders, umask: 0o077 }, changes)(
      "sh",
      "-c",
      'echo "$RINGFENCE_FOLDER_DATA $RINGFENCE_FOLDER_DEAD_LETTERS"',
    );
    const [data, dead] = [join(project.root, "var/development/data"), join(project.folder, "dead")];
    expect(told).toMatchObject({ status: 0, stdout: `${data} ${dead}\n`, stderr: "" });
    expect([data, dead, join(project.root, "var")].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o750, 0o700,
    ]);
  });

  test("open files are bounded", () => {
    const limits = { openFiles: 64, unenforced: "refuse" } as const;
    expect(under({ limits }, changes)("sh", "-c", "ulimit -n")).toMatchObject({
      status: 0,
      stdout: "64\n",
      stderr: "",
    });
  });

  test("a run whose time is over is ended and says so; the child is asked first", () => {
    const limits = { timeMs: 1_500, unenforced: "refuse" } as const;
    const late = under({ limits }, changes)(
      "sh",
      "-c",
      "trap 'echo asked; exit 0' TERM; echo up; sleep 60 & wait",
    );
    expect(late).toMatchObject({ status: 124, stdout: "up\nasked\n" });
    expect(late.stderr).toContain("error RUN_LIMIT_TIME: the run was ended after 1s500ms");
  });

  test("a time limit keeps no run that could not start", () => {
    writeFileSync(join(project.root, "tool"), "#!/no/such\n", { mode: 0o755 });
    const limits = { timeMs: 3_600_000, unenforced: "refuse" } as const;
    expect(under({ limits }, changes)("./tool")).toMatchObject({ status: 127 });
  });

  test("within its limits a run ends as it likes", () => {
    const limits = { timeMs: 60_000, openFiles: 100, unenforced: "refuse" } as const;
    expect(under({ limits }, changes)("sh", "-c", "echo done; exit 7")).toMatchObject({
      status: 7,
      stdout: "done\n",
      stderr: "",
    });
    expect(under({ limits }, changes)("sh", "-c", "kill -TERM $$")).toMatchObject({ signal: "SIGTERM" });
  });
});

test("what the caller has of these variables is taken away, and logs are told", () => {
  project.compile({ conditions: USUAL });
  const { stdout } = run(["run", "-e", "development", "--", "env"], {
    RINGFENCE_FOLDER_DATA: "/production/data",
    RINGFENCE_LOG_FILE: "/production.log",
  });
  expect(
    stdout
      .split("\n")
      .filter((line) => /^RINGFENCE_(?:FOLDER|LOG)/.test(line))
      .toSorted(),
  ).toEqual(["RINGFENCE_LOG_FORMAT=json", "RINGFENCE_LOG_LEVEL=INFO", "RINGFENCE_LOG_SINK=console"]);
});

describe("folders that are refused: nothing is started or recorded", () => {
  const cases: [string, (path: string) => void, string][] = [
    ["a link that leads elsewhere", (path) => symlinkSync("/tmp", path), "a symbolic link leads elsewhere"],
    ["a link to nothing", (path) => symlinkSync("/nowhere", path), "a symbolic link leads elsewhere"],
    ["a file", (path) => writeFileSync(path, ""), "it is no folder"],
    [
      "others may write there",
      (path) => {
        mkdirSync(path);
        chmodSync(path, 0o777);
      },
      "its permissions are 0777",
    ],
    [
      "others may read there",
      (path) => {
        mkdirSync(path);
        chmodSync(path, 0o755);
      },
      "its permissions are 0755",
    ],
  ];
  test.each(cases)("%s", (_, plant, why) => {
    mkdirSync(join(project.root, "var"));
    plant(join(project.root, "var/data"));
    const folders = [{ name: "data", path: "var/data", mode: 0o700 }];
    const refused = under({ folders })("echo", "ran");
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error RUN_FOLDER_UNSAFE");
    expect(refused.stderr).toContain(why);
    expect(() => entries()).toThrow(/ENOENT/);
  });

  test("a link above it", () => {
    mkdirSync(join(project.folder, "elsewhere"));
    symlinkSync(join(project.folder, "elsewhere"), join(project.root, "var"));
    for (const path of ["var/data", "var/deep/data", join(project.root, "var/data")]) {
      const refused = under({ folders: [{ name: "data", path, mode: 0o700 }] })("echo", "ran");
      expect(refused).toMatchObject({ status: 10, stdout: "" });
    }
    expect(readdirSync(join(project.folder, "elsewhere"))).toEqual([]);
  });

  test("the group may write where the mode says so", () => {
    mkdirSync(join(project.root, "var"));
    chmodSync(join(project.root, "var"), 0o770);
    expect(under({ folders: [{ name: "data", path: "var", mode: 0o770 }] })("true")).toMatchObject({
      status: 0,
    });
  });
});

const places = cgroupPlaces(cgroupFacts(), ["memory", "pids", "cpu"]);
const controllers = places.flatMap((place) => place.controllers);

function groupsLeft(): string[] {
  return places.flatMap(({ folder }) => readdirSync(folder).filter((name) => name.startsWith("ringfence-")));
}

const lacking = controllers.length === 3 ? undefined : "control groups of memory, pids and cpu to write to";

describeWhereFound("control groups", lacking, () => {
  const hog = ["-e", "const all = []; for (let i = 0; i < 60; i++) all.push(Buffer.alloc(10_000_000, 1));"];

  test("a run that needs more memory is ended and says so", () => {
    const limits = { memoryBytes: 150_000_000, unenforced: "refuse" } as const;
    const ended = under({ limits })(NODE, ...hog);
    expect(ended.status).toBe(124);
    expect(ended.stderr).toContain("error RUN_LIMIT_MEMORY");
    expect(groupsLeft()).toEqual([]);
  });

  test("a command that outlives the process that was ended has its own exit code, and a warning", () => {
    const limits = { memoryBytes: 150_000_000, unenforced: "refuse" } as const;
    const ended = under({ limits })("sh", "-c", '"$@"; echo went on; exit 5', "sh", NODE, ...hog);
    expect(ended).toMatchObject({ status: 5, stdout: "went on\n" });
    expect(ended.stderr).toMatch(/warning RUN_LIMIT_MEMORY: a process of sh/);
  });

  test("no more processes than are allowed", () => {
    const limits = { processes: 3, unenforced: "refuse" } as const;
    const { stdout } = under({ limits }, { runOutput: "scrubbed" })(
      "sh",
      "-c",
      "for i in 1 2 3 4 5; do (sleep 1; echo one) 2>/dev/null & done; wait; true",
    );
    expect(stdout.split("\n").filter((line) => line === "one").length).toBeLessThan(3);
    expect(groupsLeft()).toEqual([]);
  });

  test("the command is in the group, under its quota", () => {
    const limits = { cpus: 0.5, unenforced: "refuse" } as const;
    const { stdout } = under({ limits })("cat", "/proc/self/cgroup");
    expect(stdout).toMatch(/ringfence-\d+-\d+/);
  });

  test("a group that was left behind is removed by the next run", () => {
    for (const { folder } of places) mkdirSync(join(folder, "ringfence-999999-1"), { recursive: true });
    const limits = { memoryBytes: 1e9, processes: 100, cpus: 1, unenforced: "refuse" } as const;
    expect(under({ limits })("true")).toMatchObject({ status: 0, stderr: "" });
    expect(groupsLeft()).toEqual([]);
  });
});

function hasBubblewrap(): boolean {
  try {
    execFileSync("bwrap", ["--ro-bind", "/", "/", "--unshare-pid", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describeWith("a view of its own", hasBubblewrap() ? undefined : "bwrap", () => {
  describe.each([
    ["direct", {}],
    ["scrubbed", { runOutput: "scrubbed" }],
  ] as const)("%s", (_, changes) => {
    const view = { hidden: ["var/production", "secrets/production.yaml", "not-there"], writable: ["cache"] };
    const folders = [{ name: "data", path: "var/development", mode: 0o700 }];
    const plant = () => {
      for (const folder of ["var/production", "secrets", "cache"]) {
        mkdirSync(join(project.root, folder), { recursive: true });
      }
      writeFileSync(join(project.root, "var/production/ledger"), "planted");
      writeFileSync(join(project.root, "secrets/production.yaml"), "planted");
    };
    const sh = (text: string) => {
      plant();
      return under({ view, folders }, changes)("sh", "-c", text);
    };

    test("other environments' files, Ringfence's state and its home are not there", () => {
      const seen = sh(
        `cat var/production/ledger secrets/production.yaml; ls -A var/production .ringfence '${project.home}'; cat .env`,
      );
      expect(seen.stdout).not.toContain("planted");
      expect(seen.stdout).not.toContain("machine.key");
      expect(seen.stdout).not.toContain("cache");
      expect(seen.stdout).toContain("GREETING=hello");
    });

    test("it writes into its folders, what is declared and /tmp, and nowhere else", () => {
      const { stdout, status } = sh(
        'for at in var/development cache /tmp; do echo x >"$at/new" && echo "$at"; done; ' +
          'for at in . secrets var/production .ringfence /usr; do (echo x >"$at/new") 2>/dev/null && echo "WRITTEN $at"; done; true',
      );
      expect({ stdout, status }).toEqual({ stdout: "var/development\ncache\n/tmp\n", status: 0 });
      expect(existsSync(join(project.root, "var/development/new"))).toBe(true);
      expect(existsSync("/tmp/new")).toBe(false);
    });

    test("keys of this user and the repository are not there, nor is the way to the agent", () => {
      const home = join(project.folder, "user");
      const keys = [".ssh/id", ".config/sops/age/keys.txt", ".aws/credentials", ".vault-token"];
      const named = ["identity", "passphrase", "sops"].map((name) => join(project.folder, name));
      const paths = [...keys.map((path) => join(home, path)), ...named, join(project.root, ".git/objects/a")];
      for (const path of paths) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, "planted");
      }
      const variables = {
        HOME: home,
        RINGFENCE_IDENTITY_FILE: named[0]!,
        RINGFENCE_PASSPHRASE_FILE: named[1]!,
        SOPS_AGE_KEY_FILE: named[2]!,
        SSH_AUTH_SOCK: "/run/agent",
      };
      plant();
      const seen = (writable: string[]) => {
        // Below /tmp nothing but the project would be there anyway.
        project.compile({ conditions: { ...USUAL, folders, view: { ...view, writable } }, ...changes });
        const sh = ["sh", "-c", 'cat "$@"; echo "agent $SSH_AUTH_SOCK"', "sh", ...paths];
        return run(["run", "-e", "development", "--", ...sh], variables).stdout;
      };
      expect(seen([project.folder])).toBe("agent \n");
      expect(seen([project.folder, ".git"])).toBe("plantedagent \n");
    });

    test("exit code, arguments, the working folder and no handle of ours", () => {
      expect(sh("exit 9")).toMatchObject({ status: 9 });
      expect(sh("pwd").stdout).toBe(`${project.root}\n`);
      // What the tests themselves were started with is inherited, and nothing else.
      const handles = "ls /proc/self/fd | sort | tr '\\n' ' '";
      expect(sh(handles).stdout).toBe(execFileSync("sh", ["-c", handles], { encoding: "utf8" }));
    });

    test("limits hold there, too", () => {
      plant();
      const limits = { openFiles: 77, timeMs: 60_000, unenforced: "refuse" } as const;
      expect(under({ view, folders, limits }, changes)("sh", "-c", "ulimit -n")).toMatchObject({
        stdout: "77\n",
      });
    });

    test("a run whose time is over is asked, then ended", () => {
      plant();
      const limits = { timeMs: 1_500, unenforced: "refuse" } as const;
      const late = under({ view, folders, limits }, changes)(
        "sh",
        "-c",
        "trap 'echo asked; exit 0' TERM; echo up; sleep 60 & wait",
      );
      expect(late).toMatchObject({ status: 124, stdout: "up\nasked\n" });
    });
  });
});

test("a view of its own without bubblewrap is refused", () => {
  expect(() => findBubblewrap(project.folder)).toThrow(
    expect.objectContaining({ code: "RUN_VIEW_UNAVAILABLE", fix: "apt-get install bubblewrap" }),
  );
});

describeWith("bubblewrap", hasBubblewrap() ? undefined : "bwrap", () => {
  test("is the system's: a program of its name in PATH is not asked", () => {
    const path = script("bwrap", "#!/bin/sh\necho fake; exit 0\n");
    project.compile({ conditions: { ...USUAL, view: { hidden: [], writable: [] } } });
    const ran = run(["run", "-e", "development", "--", "/bin/echo", "ran"], {
      PATH: `${join(path, "..")}:${process.env.PATH}`,
    });
    expect(ran).toMatchObject({ status: 0, stdout: "ran\n" });
  });

  test("that can make no view: nothing is started", () => {
    // So few handles that bwrap can't open what it needs.
    const limits = { openFiles: 5, unenforced: "refuse" } as const;
    const refused = under({ view: { hidden: [], writable: [] }, limits })("/bin/echo", "ran");
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error RUN_VIEW_UNAVAILABLE");
  });
});

describe("output kept in a file", () => {
  const logFile = { path: "logs/{command}.log", rotateBytes: 1_000_000, keep: 3 };

  test("scrubbed, whole lines of both streams, private, beside being shown", () => {
    const kept = under({ logFile }, { runOutput: "direct" })(
      "sh",
      "-c",
      'echo "out $API_TOKEN"; echo err >&2; printf "no end"; echo "$RINGFENCE_LOG_FILE" >/dev/null',
    );
    expect(kept).toMatchObject({ status: 0, stdout: "out [secret]\nno end", stderr: "err\n" });
    const path = join(project.root, "logs/sh.log");
    expect(readFileSync(path, "utf8").split("\n").toSorted()).toEqual(["", "err", "no end", "out [secret]"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("each run appends", () => {
    const echo = under({ logFile });
    echo("echo", "one");
    echo("echo", "two");
    expect(readFileSync(join(project.root, "logs/echo.log"), "utf8")).toBe("one\ntwo\n");
  });

  test("where it can't be written nothing runs", () => {
    writeFileSync(join(project.root, "logs"), "a file");
    const refused = under({ logFile })("echo", "ran");
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error RUN_LOG_UNWRITABLE");
  });

  test("a link above it is refused, and nothing is made where it leads", () => {
    mkdirSync(join(project.folder, "elsewhere"));
    symlinkSync(join(project.folder, "elsewhere"), join(project.root, "logs"));
    const deep = { ...logFile, path: "logs/deep/{command}.log" };
    for (const one of [logFile, deep]) {
      expect(under({ logFile: one })("echo", "ran")).toMatchObject({ status: 10, stdout: "" });
    }
    expect(readdirSync(join(project.folder, "elsewhere"))).toEqual([]);
  });

  test.each([
    ["a link", (path: string) => symlinkSync(join(project.folder, "elsewhere"), path)],
    ["a FIFO", (path: string) => execFileSync("mkfifo", [path])],
  ])("%s in its place is refused", (_, plant) => {
    mkdirSync(join(project.root, "logs"));
    plant(join(project.root, "logs/echo.log"));
    expect(under({ logFile })("echo", "ran")).toMatchObject({ status: 10, stdout: "" });
    expect(existsSync(join(project.folder, "elsewhere"))).toBe(false);
  });
});
