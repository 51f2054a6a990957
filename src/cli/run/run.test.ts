import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { highestRevision, raiseRevision } from "../../snapshot/home.ts";
import { snapshotPath } from "../../snapshot/snapshot.ts";
import { readSpool, SPOOL_START, spoolPath } from "../../snapshot/spool.ts";
import { bundleHot, createTestProject, type TestProject } from "./project.fixture.ts";

let bundle: string;
let entry: string;
let project: TestProject;

beforeAll(async () => {
  bundle = mkdtempSync(join(tmpdir(), "ringfence-hot-"));
  entry = await bundleHot(bundle);
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
beforeEach(() => {
  project = createTestProject();
});
afterEach(() => project.remove());

type Variables = Record<string, string>;

function variablesOf(extra: Variables): Variables {
  return { PATH: process.env.PATH!, RINGFENCE_HOME: project.home, ...extra };
}

function run(
  words: readonly string[],
  extra: Variables = {},
  options: { cwd?: string; input?: string } = {},
) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [entry, ...words], {
    cwd: options.cwd ?? project.root,
    env: variablesOf(extra),
    encoding: "utf8",
    ...(options.input !== undefined && { input: options.input }),
  });
  return { status, signal, stdout, stderr };
}

function start(words: readonly string[], extra: Variables = {}): ChildProcess {
  return spawn(process.execPath, [entry, ...words], { cwd: project.root, env: variablesOf(extra) });
}

async function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout!.once("data", (chunk) => resolve(String(chunk))));
}

async function endOf(child: ChildProcess): Promise<{ status: number | null; signal: string | null }> {
  return new Promise((resolve) => child.once("close", (status, signal) => resolve({ status, signal })));
}

function entries(environment = "development") {
  return readSpool(readFileSync(spoolPath(project.root, environment), "utf8"), SPOOL_START);
}

function script(name: string, text: string, mode = 0o755): string {
  const path = join(project.folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const STAGING = { environment: "staging", kind: "staging", runOutput: "scrubbed" } as const;
const PRODUCTION = {
  environment: "production",
  kind: "production",
  production: true,
  runOutput: "scrubbed",
  recordRequired: true,
} as const;
const outputs = [
  ["direct", "development", {}],
  ["scrubbed", "staging", STAGING],
] as const;

describe.each(outputs)("%s", (_, environment, changes) => {
  beforeEach(() => {
    project.compile(changes);
  });
  const sh = (text: string, ...words: string[]) =>
    run(["run", "-e", environment, "--", "sh", "-c", text, ...words]);

  test.each([0, 1, 3, 10, 127, 255])("exit code %i", (code) => {
    expect(sh(`exit ${code}`)).toMatchObject({ status: code, signal: null, stderr: "" });
  });

  test.each(["SIGTERM", "SIGKILL", "SIGINT", "SIGPIPE", "SIGABRT", "SIGUSR1"])(
    "a child that ends by %s",
    (signal) => {
      expect(sh(`kill -${signal.slice(3)} $$`)).toMatchObject({ status: null, signal });
    },
  );

  test("settings, the environment's name, and no way to keys", () => {
    const { stdout } = run(["run", `-e${environment}`, "--", "env"], {
      SOPS_AGE_KEY_FILE: "/keys",
      KEPT: "yes",
      ENVIRONMENT: environment,
    });
    const lines = stdout.split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "GREETING=hello",
        `ENVIRONMENT=${environment}`,
        `RINGFENCE_ENVIRONMENT=${environment}`,
      ]),
    );
    expect(lines).toContain("KEPT=yes");
    expect(stdout).not.toMatch(/RINGFENCE_HOME|SOPS_AGE/);
  });

  test("arguments arrive as they are", () => {
    const words = ["a b", "", "*", "$HOME", '"', "'", "ö\n", "--", "-e", "x"];
    const { stdout } = run(["run", "-e", environment, "--", "printf", "<%s>", ...words]);
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(""));
  });

  test("the working folder is the caller's, also below the root", () => {
    const below = join(project.root, "a", "b");
    mkdirSync(below, { recursive: true });
    expect(run(["run", "-e", environment, "--", "pwd"], {}, { cwd: below }).stdout).toBe(`${below}\n`);
  });

  test("standard input reaches the child", () => {
    expect(run(["run", "-e", environment, "cat"], {}, { input: "through" }).stdout).toBe("through");
  });

  test("standard output and standard error stay apart", () => {
    expect(sh("echo out; echo err >&2")).toMatchObject({ stdout: "out\n", stderr: "err\n" });
  });

  test("SIGPIPE and SIGXFSZ have their defaults again", () => {
    const ignored = /SigIgn:\s*(\w+)/.exec(sh("cat /proc/$$/status").stdout)?.[1];
    expect(Number.parseInt(ignored!, 16)).toBe(0);
    expect(sh("yes | head -1")).toMatchObject({ stdout: "y\n", stderr: "", status: 0 });
  });

  function inShell(pipeline: string, ...words: string[]) {
    const all = ["-c", pipeline, process.execPath, entry, "run", "-e", environment, "--", ...words];
    const { stdout, status } = spawnSync("bash", all, {
      cwd: project.root,
      env: variablesOf({}),
      encoding: "utf8",
    });
    return { stdout, status };
  }

  test("the child's output can be opened by its name", () => {
    const text = "echo out > /dev/stdout; echo err > /dev/stderr";
    expect(inShell('("$0" "$@" | cat) 2>&1 | sort', "sh", "-c", text).stdout).toBe("err\nout\n");
  });

  test("a reader that goes away ends the child", () => {
    const result = inShell('"$0" "$@" | head -1; exit "$PIPESTATUS"', "yes");
    expect(result).toEqual({ stdout: "y\n", status: 128 + 13 });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const)(
    "%s reaches the child",
    async (signal) => {
      const text = `trap 'echo caught; exit 42' ${signal.slice(3)}; echo ready; while :; do sleep 0.02; done`;
      const child = start(["run", "-e", environment, "--", "sh", "-c", text]);
      const ended = endOf(child);
      let output = await firstOutput(child);
      child.stdout!.on("data", (chunk) => {
        output += chunk;
      });
      child.kill(signal);
      expect(await ended).toEqual({ status: 42, signal: null });
      expect(output).toBe("ready\ncaught\n");
    },
  );

  describe("the command", () => {
    test("is searched in PATH, folders and files without permission are passed over", () => {
      const first = join(project.folder, "first");
      const second = join(project.folder, "second");
      mkdirSync(join(first, "folder-tool"), { recursive: true });
      mkdirSync(second);
      for (const [path, mode] of [
        [join(first, "tool"), 0o644],
        [join(second, "tool"), 0o755],
        [join(second, "folder-tool"), 0o755],
      ] as const) {
        writeFileSync(path, `#!/bin/sh\necho ${path}\n`);
        chmodSync(path, mode);
      }
      const PATH = [first, second, process.env.PATH].join(delimiter);
      for (const name of ["tool", "folder-tool"]) {
        expect(run(["run", "-e", environment, name], { PATH }).stdout).toBe(`${join(second, name)}\n`);
      }
      chmodSync(join(second, "tool"), 0o644);
      expect(run(["run", "-e", environment, "tool"], { PATH })).toMatchObject({ status: 126 });
    });

    test("that is not there: 127; nothing is recorded", () => {
      const { status, stderr } = run(["run", "-e", environment, "--", "no-such-command"]);
      expect(status).toBe(127);
      expect(stderr).toContain("error RUN_COMMAND_NOT_FOUND: no-such-command: command not found");
      expect(() => entries(environment)).toThrow("ENOENT");
    });

    const cases: [string, () => string, number, string][] = [
      ["a missing file", () => join(project.folder, "none"), 127, "RUN_COMMAND_NOT_FOUND"],
      ["a folder", () => project.root, 126, "RUN_COMMAND_NOT_EXECUTABLE"],
      ["no permission", () => script("plain", "#!/bin/sh\n", 0o644), 126, "RUN_COMMAND_NOT_EXECUTABLE"],
      [
        "a missing interpreter",
        () => script("lost", "#!/no/such/interpreter\n"),
        127,
        "RUN_COMMAND_NOT_FOUND",
      ],
    ];
    test.each(cases)("%s", (_name, path, status, code) => {
      const result = run(["run", "-e", environment, "--", path()]);
      expect(result).toMatchObject({ status, stdout: "" });
      expect(result.stderr).toContain(`error ${code}`);
      expect(result.stderr).not.toContain("    at ");
    });

    test("a cut-off binary does not abort us", () => {
      const path = script("cut", "");
      writeFileSync(path, readFileSync(process.execPath).subarray(0, 100));
      const { status, signal, stderr } = run(["run", "-e", environment, "--", path]);
      expect({ status, signal }).not.toMatchObject({ signal: "SIGABRT" });
      expect(status).not.toBe(0);
      expect(stderr).not.toContain("Native stack trace");
    });

    test("a script without a first line is the shell's, as execvp does it", () => {
      const path = script("bare", 'echo "$GREETING $1 $0"\n');
      expect(run(["run", "-e", environment, "--", path, "x y"]).stdout).toBe(`hello x y ${path}\n`);
    });

    test("a script whose interpreter is a script", () => {
      const inner = script("inner", '#!/bin/sh\necho inner "$2"\n');
      const outer = script("outer", `#!${inner}\n`);
      expect(run(["run", "-e", environment, "--", outer, "word"]).stdout).toBe("inner word\n");
    });

    test("arguments beyond what can be passed on", () => {
      const long = "x".repeat(100_000);
      expect(
        run(["run", "-e", environment, "--", "sh", "-c", 'printf %s "$1$2" | wc -c', "sh", long, long])
          .stdout,
      ).toBe("200000\n");
      // One string of 128 KiB is too long for Linux; only a file's content can bring it here.
      project.compile({ ...changes, variables: { HUGE: "x".repeat(200_000) }, secretNames: [] });
      const { status, stderr } = run(["run", "-e", environment, "--", "true"]);
      expect(status).toBe(126);
      expect(stderr).toContain("RUN_ARGUMENTS_TOO_LONG");
    });
  });

  test("a value that no process can have", () => {
    project.compile({ ...changes, variables: { BAD: "a\0b" }, secretNames: ["BAD"] });
    const { status, stderr } = run(["run", "-e", environment, "true"]);
    expect(status).toBe(3);
    expect(stderr).toContain("RUN_VARIABLE_UNFIT: BAD");
  });
});

describe("scrubbed output", () => {
  test("hides secrets on both streams, also cut over two writes; the child sees no terminal", () => {
    project.compile({ ...STAGING, variables: { API_TOKEN: "t0ken-of-staging" } });
    const text =
      'echo "$API_TOKEN"; echo "$API_TOKEN" >&2; printf %s "$API_TOKEN" | base64; ' +
      "printf t0ken-; sleep 0.1; echo of-staging; test -t 1 || echo piped";
    const { stdout, stderr } = run(["run", "-e", "staging", "--", "sh", "-c", text]);
    expect(stdout).toMatch(/^\[secret\]\n\[secret\].{0,3}\n\[secret\]\npiped\n$/);
    expect(stderr).toBe("[secret]\n");
  });

  test("is the rule under CI, and for production whatever its policy says", () => {
    project.compile();
    const echo = (environment: string, extra: Variables = {}) =>
      run(["run", "-e", environment, "--", "sh", "-c", 'echo "$API_TOKEN"'], extra).stdout;
    expect(echo("development")).toBe("t0ken-of-development\n");
    expect(echo("development", { CI: "true" })).toBe("[secret]\n");
    expect(echo("development", { CI: "false" })).toBe("t0ken-of-development\n");
    project.compile({ ...PRODUCTION, runOutput: "direct" });
    expect(echo("production")).toBe("[secret]\n");
  });

  test("megabytes pass unchanged to a slow reader", () => {
    project.compile(STAGING);
    const node = "const b=Buffer.alloc(3e6);for(let i=0;i<b.length;i++)b[i]=i*7;process.stdout.write(b)";
    const result = spawnSync(
      "bash",
      [
        "-c",
        '"$0" "$@" | (sleep 0.3; md5sum)',
        process.execPath,
        entry,
        "run",
        "-e",
        "staging",
        "--",
        "node",
        "-e",
        node,
      ],
      { cwd: project.root, env: variablesOf({}), encoding: "utf8" },
    );
    const expected = spawnSync("bash", ["-c", 'node -e "$0" | md5sum', node], { encoding: "utf8" });
    expect(result.stdout).toBe(expected.stdout);
  });

  test("a signal is forwarded while the reader stalls", async () => {
    project.compile(STAGING);
    const text =
      "trap 'exit 9' TERM; echo ready; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done";
    const child = start(["run", "-e", "staging", "--", "sh", "-c", text]);
    const ended = endOf(child);
    await firstOutput(child);
    child.stdout!.pause();
    child.kill("SIGTERM");
    child.stdout!.resume();
    expect(await ended).toEqual({ status: 9, signal: null });
  });
});

describe("the record", () => {
  test("each run is one chained line without arguments or values", () => {
    project.compile();
    run(["run", "-e", "development", "--", "echo", "argument-that-may-be-secret"]);
    run(["run", "true"]);
    const { entries: found, broken } = entries();
    expect(broken).toBeUndefined();
    expect(found).toMatchObject([
      {
        seq: 1,
        prev: SPOOL_START,
        environment: "development",
        command: "echo",
        arguments: 1,
        method: "flag",
        secrets: ["API_TOKEN"],
      },
      { seq: 2, command: "true", arguments: 0, method: "default" },
    ]);
    const text = readFileSync(spoolPath(project.root, "development"), "utf8");
    expect(text).not.toMatch(/argument-that|t0ken/);
  });

  test("without it no production run; elsewhere a warning", () => {
    mkdirSync(join(project.root, ".ringfence"));
    writeFileSync(join(project.root, ".ringfence", "spool"), "a file where the folder belongs");
    project.compile(PRODUCTION);
    const refused = run(["run", "-e", "production", "--", "echo", "ran"]);
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error SPOOL_UNWRITABLE");
    project.compile();
    const warned = run(["run", "--", "echo", "ran"]);
    expect(warned).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(warned.stderr.match(/^warning SPOOL_UNWRITABLE/gm)).toHaveLength(1);
  });
});

describe("guards", () => {
  test("production by a variable alone is refused, by the flag it runs", () => {
    project.compile(PRODUCTION);
    const refused = run(["run", "--", "echo", "ran"], { ENVIRONMENT: "production" });
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error GUARD_PRODUCTION_NOT_EXPLICIT");
    expect(run(["run", "-e", "production", "--", "echo", "ran"])).toMatchObject({
      status: 0,
      stdout: "ran\n",
    });
  });

  test("another environment's host is refused; forced it warns and is recorded", () => {
    const { detection } = project.snapshot();
    const here = detection.environments.map((one) =>
      one.name === "staging" ? { ...one, hosts: ["*"] } : one,
    );
    project.compile({ detection: { ...detection, environments: here } });
    const refused = run(["run", "-e", "development", "--", "echo", "ran"]);
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error GUARD_WRONG_HOST");
    const forced = run(["run", "-e", "development", "--force", "staging is down", "--", "echo", "ran"]);
    expect(forced).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(forced.stderr).toMatch(/^warning GUARD_WRONG_HOST: .*forced: staging is down/);
    expect(entries().entries).toMatchObject([{ force: "staging is down" }]);
  });

  test("a run inside another environment's run is refused, inside its own it runs", () => {
    project.compile({ ...STAGING, variables: { GREETING: "another", API_TOKEN: "t0ken-of-staging" } });
    project.compile();
    const nested = (inner: string) =>
      run(
        ["run", "-e", "development", "--", process.execPath, entry, "run", "-e", inner, "--", "echo", "ran"],
        {
          XDG_CONFIG_HOME: join(project.folder, "config"),
        },
      );
    // The child gets no RINGFENCE_HOME; its default place is the same here.
    mkdirSync(join(project.folder, "config"));
    spawnSync("cp", ["-rp", project.home, join(project.folder, "config", "ringfence")]);
    expect(nested("development")).toMatchObject({ status: 0, stdout: "ran\n" });
    const refused = nested("staging");
    expect(refused).toMatchObject({ status: 10, stdout: "" });
    expect(refused.stderr).toContain("error GUARD_NESTED");
  });
});

describe("trust in the snapshot", () => {
  const attempt = (extra: Variables = {}) => run(["run", "-e", "development", "--", "echo", "ran"], extra);

  test("any changed byte, at the beginning, in the middle, at the end", () => {
    project.compile();
    const path = snapshotPath(project.root, "development");
    const bytes = readFileSync(path);
    for (const at of [0, 12, 28, bytes.length >> 1, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      expect(attempt(), `byte ${at}`).toMatchObject({ status: 12, stdout: "" });
    }
    writeFileSync(path, "");
    expect(attempt()).toMatchObject({ status: 12 });
    expect(attempt().stderr).toContain("error SNAPSHOT_FORGED");
  });

  test("another environment's snapshot in its place", () => {
    project.compile();
    project.compile(STAGING);
    writeFileSync(
      snapshotPath(project.root, "development"),
      readFileSync(snapshotPath(project.root, "staging")),
    );
    expect(attempt()).toMatchObject({ status: 12, stdout: "" });
  });

  test("older secrets than were seen", () => {
    project.compile({ secretsRevision: 3 });
    raiseRevision(project.home, "shop", "development", 3);
    expect(attempt()).toMatchObject({ status: 0 });
    raiseRevision(project.home, "shop", "development", 4);
    raiseRevision(project.home, "shop", "development", 2);
    expect(highestRevision(project.home, "shop", "development")).toBe(4);
    const { status, stderr } = attempt();
    expect(status).toBe(12);
    expect(stderr).toContain("error SNAPSHOT_REPLAYED");
  });

  test("a key that others can read", () => {
    project.compile();
    chmodSync(join(project.home, "machine.key"), 0o644);
    const { status, stderr } = attempt();
    expect(status).toBe(12);
    expect(stderr).toContain("error SNAPSHOT_KEY_UNUSABLE");
  });

  const doubts: [string, () => Variables | undefined][] = [
    ["no snapshot", () => rmSync(snapshotPath(project.root, "development")) as undefined],
    ["no index", () => rmSync(join(project.root, ".ringfence", "cache", "index.json")) as undefined],
    ["a changed input", () => writeFileSync(join(project.root, ".env"), "GREETING=other\n") as undefined],
    [
      "a changed input of the same size",
      () => writeFileSync(join(project.root, ".env"), "GREETING=hallo\n") as undefined,
    ],
    ["an input that was missing", () => writeFileSync(join(project.root, ".env.local"), "") as undefined],
    ["an input that is gone", () => rmSync(join(project.root, ".env")) as undefined],
    [
      "a changed manifest",
      () => writeFileSync(join(project.root, "ringfence.yaml"), "project: shop2\n") as undefined,
    ],
    ["another program's snapshot", () => void project.compile({ program: "0.0.1" })],
    ["another format", () => void project.compile({ format: 2 as 1 })],
    ["a declared key with another value", () => ({ GREETING: "other" })],
    ["a declared key that has no value", () => ({ OPTIONAL: "set" })],
    ["no key", () => rmSync(join(project.home, "machine.key")) as undefined],
    [
      "an identity since then",
      () => {
        mkdirSync(join(project.home, "identities", "shop"), { recursive: true });
        writeFileSync(join(project.home, "identities", "shop", "development.txt"), "AGE-SECRET-KEY-1\n", {
          mode: 0o600,
        });
        return undefined;
      },
    ],
  ];
  test.each(doubts)("%s: the slow path decides", (_, doubt) => {
    project.compile();
    expect(attempt()).toMatchObject({ status: 0, stdout: "ran\n" });
    const extra = doubt() ?? {};
    expect(attempt(extra)).toMatchObject({
      status: 7,
      stdout: 'slow ["run","-e","development","--","echo","ran"]\n',
    });
  });

  test("a rewritten input of the same content, and a declared key of the same value, need no slow path", () => {
    project.compile();
    writeFileSync(join(project.root, ".env"), "GREETING=hello\n");
    expect(attempt({ GREETING: "hello", ENVIRONMENT: "staging" })).toMatchObject({
      status: 0,
      stdout: "ran\n",
    });
  });

  test("an index that lies about the detection is found out", () => {
    const { detection } = project.compile({ ...STAGING });
    const path = join(project.root, ".ringfence", "cache", "index.json");
    const index = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...index, rule: { ...detection, fallback: "staging" } }));
    const { status, stderr } = run(["run", "--", "echo", "ran"]);
    expect(status).toBe(10);
    expect(stderr).toContain("error RUN_ENVIRONMENT_CHANGED");
  });
});

test.each([
  [["which"]],
  [["--help"]],
  [[]],
  [["run", "--help"]],
  [["run", "--dry-run", "--", "true"]],
  [["--json", "run", "true"]],
  [["run", "--unknown", "true"]],
  [["run"]],
  [["run", "-e", "nowhere", "true"]],
  [["run", "--project", "nowhere", "true"]],
])("%j is the slow path's", (words) => {
  project.compile();
  expect(run(words)).toMatchObject({ status: 7, stdout: `slow ${JSON.stringify(words)}\n` });
});

test("--project runs from anywhere, in the caller's folder", () => {
  project.compile();
  const words = ["--project", project.root, "run", "--", "sh", "-c", 'echo "$GREETING $PWD"'];
  expect(run(words, {}, { cwd: project.folder }).stdout).toBe(`hello ${project.folder}\n`);
});

test("a working folder that was removed leads to the slow path, not to a crash", () => {
  project.compile();
  const result = spawnSync(
    "sh",
    ["-c", 'mkdir gone && cd gone && rmdir ../gone && "$0" "$@"', process.execPath, entry, "run", "true"],
    {
      cwd: project.folder,
      env: variablesOf({}),
      encoding: "utf8",
    },
  );
  expect(result.stdout).toBe('slow ["run","true"]\n');
});

test("an older Node is told in one line what is needed", () => {
  const pretend = join(project.folder, "pretend.cjs");
  writeFileSync(pretend, 'Object.defineProperty(process.versions, "node", { value: "24.14.9" });');
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", pretend, entry, "which"], {
    encoding: "utf8",
  });
  expect({ status, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({
    status: 2,
    stdout: "",
    lines: 1,
  });
  expect(stderr).toMatch(/^ringfence needs Node 24\.15 or later; this is Node 24\.14\.9 /);
  const source = readFileSync(new URL("../ringfence.cjs", import.meta.url), "utf8");
  expect(source).not.toMatch(/\b(const|let|class|import|async)\b|=>|`/);
});
