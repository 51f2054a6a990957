/** The built command line at a terminal, in a pipe, interrupted and on another host: what only a real process shows. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWith } from "../components.ts";
import { eventually } from "../contracts/target.ts";
import { expectRefusal } from "./bad-scene.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

// The build waits until it is told, so that it can be interrupted.
const BUILD = `touch building; while [ ! -e "$HOME/go" ]; do sleep 0.02; done; mkdir out; echo built > out/x`;

const MANIFEST = `project: shop
environments:
  development: { hosts: [dev-*] }
  production: { hosts: [prod-*] }
layers: [ ".env?" ]
settings:
  LEVEL: { default: info }
  TOKEN: { secret: true }
services:
  api:
    build: { command: [sh, -c, '${BUILD.replace("touch building", 'touch "$HOME/building"')}'], output: out, start: [cat, x] }
pipeline: { development: {}, production: { after: development } }
`;

let scene: CliScene;

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.write(".gitignore", "home/\ngo\nbuilding\n");
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "author"]);
  for (const environment of ["development", "production"])
    scene.must(["identity", "create", "-e", environment]);
  scene.must(["secret", "set", "TOKEN", "-e", "development"], "first-token");
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", "first");
  scene.must(["trust", "--yes"]);
});

afterAll(() => scene.remove());

describe("help", () => {
  test.each([[[]], [["config"]], [["--json"]]])(
    "%j is a usage error: help, or an error as JSON, on standard error",
    (words) => {
      const ran = scene.run(words);
      expect({ exit: ran.exit, stdout: ran.stdout }).toEqual({ exit: 2, stdout: "" });
      if (words.length > 0 && words[0] === "--json") expect(ran.error?.code).toBe("CLI_USAGE");
      else expect(ran.stderr).toMatch(/^Usage: ringfence/);
    },
  );

  test.each([
    [["--help"], /Exit codes:/],
    [["help"], /Exit codes:/],
    [["help", "config"], /Usage: ringfence config /],
    [["help", "config", "show"], /Usage: ringfence config show/],
    [["config", "show", "--help"], /Usage: ringfence config show/],
    [["run", "--help"], /Usage: ringfence run /],
    [["help", "run"], /Usage: ringfence run /],
    [["completion", "bash"], /complete .*ringfence/],
  ])("%j is answered", (words, says) => {
    const ran = scene.run(words);
    expect({ exit: ran.exit, stderr: ran.stderr }).toEqual({ exit: 0, stderr: "" });
    expect(ran.stdout).toMatch(says);
  });

  test.each([
    [["config", "shwo", "--json"], "ringfence config show --json"],
    [["help", "confg", "--json"], "ringfence help config --json"],
    [["which", "--enviroment", "production", "--json"], "ringfence which --environment production --json"],
  ])("%j is one JSON error, whose fix is the line put right", (words, fix) => {
    const ran = scene.run(words);
    expectRefusal(ran, "CLI_USAGE", 2);
    expect({ stdout: ran.stdout, lines: ran.stderr.trim().split("\n").length, fix: ran.error?.fix }).toEqual({
      stdout: "",
      lines: 1,
      fix,
    });
  });
});

test("what stands behind -- is not for us: --json there makes no JSON", () => {
  const ran = scene.run(["run", "-e", "nowhere", "--", "true", "--json"]);
  expect(ran.exit).toBe(2);
  expect(ran.stderr).toMatch(/^error ENV_UNKNOWN/);
});

test.each([
  [["secret", "set", "TOKEN"], "ringfence secret set TOKEN --json -e production"],
  [["release", "lift", "1.0.0", "--reason", "two words"], undefined],
  [["env", "stop"], "ringfence env stop --json -e production"],
])("the fix of a guard is the refused command itself: %j", (words, fix) => {
  const ran = scene.run([...words, "--json"], { variables: { ENVIRONMENT: "production" }, input: "x" });
  if (fix) expect(ran.error).toMatchObject({ code: "GUARD_PRODUCTION_NOT_EXPLICIT", fix });
  else expect(ran.error?.code).not.toBe("GUARD_PRODUCTION_NOT_EXPLICIT");
});

test("a reader that is gone is no failure, and nothing is said of it", async () => {
  for (const words of [["audit", "log"], ["audit", "log", "--json"], ["--help"]]) {
    const child = start(words);
    child.stdout!.destroy();
    let stderr = "";
    child.stderr!.on("data", (chunk) => {
      stderr += chunk;
    });
    const [exit] = await once(child, "close");
    expect({ words, exit, stderr }).toEqual({ words, exit: 0, stderr: "" });
  }
});

function start(words: readonly string[], detached = false): ChildProcess {
  const env = { PATH: process.env.PATH ?? "", HOME: scene.root, RINGFENCE_HOME: scene.home };
  return spawn(process.execPath, [ENTRY, ...words], { cwd: scene.root, env, detached });
}

test("Ctrl-C leaves the operation to be resumed, and says how", async () => {
  const child = start(["release", "create", "1.0.0", "--json"], true);
  let stderr = "";
  child.stderr!.on("data", (chunk) => {
    stderr += chunk;
  });
  await eventually(() => existsSync(join(scene.root, "building")), "the build runs");
  // As a terminal does it: to the whole group.
  process.kill(-child.pid!, "SIGINT");
  const [exit] = await once(child, "close");
  const { error } = JSON.parse(stderr);
  expect({ exit, code: error.code }).toEqual({ exit: 130, code: "CLI_INTERRUPTED" });
  const resume = error.fix.split("\n")[0].split(" ");
  expect(resume.slice(0, 3)).toEqual(["ringfence", "operation", "resume"]);
  scene.write("go", "");
  scene.must(resume.slice(1));
  expect(JSON.parse(scene.must(["release", "list", "--json"]).stdout)).toMatchObject([{ version: "1.0.0" }]);
  scene.must(["audit", "verify"]);
});

// util-linux; its -e passes on the exit code.
const missingScript =
  spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0
    ? undefined
    : "script (apt-get install -y bsdutils)";

describeWith("at a terminal", missingScript, () => {
  interface Terminal {
    readonly shown: () => string;
    type(text: string): void;
    readonly ended: Promise<number | null>;
  }

  function atTerminal(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Terminal {
    const line = [process.execPath, ENTRY, ...words].map((word) => `'${word}'`).join(" ");
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: scene.root,
      RINGFENCE_HOME: scene.home,
      TERM: "xterm",
      ...variables,
    };
    const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: scene.root, env });
    let shown = "";
    child.stdout.on("data", (chunk) => {
      shown += chunk;
    });
    return {
      shown: () => shown,
      type: (text) => void child.stdin.write(text),
      ended: once(child, "close").then(([code]) => code),
    };
  }

  test.each([
    [{}, true],
    [{ NO_COLOR: "1" }, false],
  ])("with %j, colours: %s", async (variables, coloured) => {
    const terminal = atTerminal(["env", "list"], variables as Record<string, string>);
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain("development");
    expect(terminal.shown().includes("\u001b[")).toBe(coloured);
    expect(scene.run(["env", "list"]).stdout).not.toContain("\u001b[");
  });

  test("a secret is typed unseen, with its corrections", async () => {
    const terminal = atTerminal(["secret", "set", "TOKEN", "-e", "development"]);
    await eventually(() => terminal.shown().includes("not shown"), "it asks");
    terminal.type("tipped-unseeN\u007fn\r");
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).not.toContain("unsee");
    expect(scene.must(["secret", "get", "TOKEN", "-e", "development"]).stdout).toBe("tipped-unseen\n");
  });

  test("what trust would run is shown, and only a yes is one", async () => {
    scene.must(["trust", "revoke"]);
    const state = () => JSON.parse(scene.must(["trust", "show", "--json"]).stdout).programs[0].state;
    for (const [typed, exit, then] of [
      ["n\r", 10, "never"],
      ["\r", 10, "never"],
      ["\u0004", 10, "never"],
      ["yes\r", 0, "trusted"],
    ] as const) {
      const terminal = atTerminal(["trust"]);
      await eventually(() => terminal.shown().includes("[y/N]"), "it asks");
      expect(terminal.shown()).toContain("build api: sh -c");
      terminal.type(typed);
      expect({ exit: await terminal.ended, state: state() }).toEqual({ exit, state: then });
    }
  });

  test("Ctrl-C at the prompt changes nothing", async () => {
    const before = scene.fingerprint();
    const terminal = atTerminal(["secret", "set", "TOKEN", "-e", "development"]);
    await eventually(() => terminal.shown().includes("not shown"), "it asks");
    terminal.type("half\u0003");
    expect(await terminal.ended).toBe(130);
    expect(terminal.shown()).not.toContain("half");
    expect(scene.fingerprint()).toBe(before);
  });
});

// A right rather than a component: where it is missing nobody can install it.
const canRename = spawnSync("unshare", ["-u", "hostname", "prod-1"]).status === 0;

describe.skipIf(!canRename)(
  "on a host whose name belongs to production (needs: unshare -u, hostname)",
  () => {
    const onHost = (words: readonly string[]) => {
      const line = [
        "-u",
        "sh",
        "-c",
        'hostname prod-1 && exec "$@"',
        "sh",
        process.execPath,
        ENTRY,
        ...words,
      ];
      const env = { PATH: process.env.PATH ?? "", HOME: scene.root, RINGFENCE_HOME: scene.home };
      return spawnSync("unshare", line, { cwd: scene.root, env, encoding: "utf8", input: "" });
    };

    test("production is detected; development is refused unless forced with a reason", () => {
      expect(onHost(["which"]).stdout).toMatch(/^production/);
      const refused = onHost(["run", "--json", "-e", "development", "--", "echo", "two words"]);
      expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 10, stdout: "" });
      const { error } = JSON.parse(refused.stderr);
      expect(error).toMatchObject({
        code: "GUARD_WRONG_HOST",
        fix: `ringfence run -e development --force "<reason>" -- echo 'two words'`,
      });
      const forced = onHost(["run", "-e", "development", "--force", "a drill", "--", "echo", "ran"]);
      expect({ status: forced.status, stdout: forced.stdout }).toEqual({ status: 0, stdout: "ran\n" });
      expect(forced.stderr).toMatch(/warning GUARD_WRONG_HOST.*a drill/);
      expect(scene.must(["audit", "log"]).stdout).toMatch(/run.injected.*a drill/);
    });
  },
);
