/** `secret scan` and its hook, as the built command line in a real repository. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SecretScanView } from "../../src/contract/secret-scan.ts";
import { GIT_IDENTITY } from "../git.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments: { development: , production: }
settings:
  PASSWORD: { secret: true }
  PIN: { secret: true }
`;
const FORMER = "Former.value+4711";
const VALUE = 'Zx9$kf/Qm2"Lx7Rt5';
/** Put together here, so that a scan of this repository finds none. */
const TOKEN = ["ghp_", "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb3d"].join("");

let scene: CliScene;
let putBack: () => void;
beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.git("init", "--quiet", "--initial-branch=main");
  scene.write(".gitignore", ".ringfence/\nout/\n");
  putBack = scene.keep();
});
beforeEach(() => putBack());
afterAll(() => scene?.remove());

function commit(message = "change"): void {
  scene.git("add", "--all");
  scene.git("commit", "--quiet", "--allow-empty", "--message", message);
}

const openedSecrets = new Map<string, () => void>();

/** To begin with: an identity, a former value that was committed, and the value. Made once, then put back. */
function openSecrets(environment = "development"): void {
  const opened = openedSecrets.get(environment);
  if (opened) {
    opened();
    return;
  }
  scene.must(["me", "init", "--name", "ada"]);
  scene.must(["identity", "create", "-e", environment]);
  scene.must(["secret", "set", "PASSWORD", "-e", environment], FORMER);
  commit();
  scene.must(["secret", "set", "PASSWORD", "-e", environment], VALUE);
  openedSecrets.set(environment, scene.keep());
}

function scan(...words: string[]): { exit: number | null; view: SecretScanView; found: string[] } {
  const { exit, stdout, stderr } = scene.run(["secret", "scan", ...words, "--json"]);
  for (const text of [VALUE, FORMER, TOKEN]) expect(`${stdout}${stderr}`).not.toContain(text);
  const view = JSON.parse(stdout) as SecretScanView;
  return {
    exit,
    view,
    found: view.findings.map(({ code, where, severity }) => `${severity} ${code} ${where}`),
  };
}

describe("planted", () => {
  test("in files: tracked, new, binary, whatever the encoding; not in ignored or encrypted ones", () => {
    openSecrets();
    scene.write("src/a.ts", `const a = "${Buffer.from(VALUE).toString("base64")}";\n`);
    scene.write("src/b.json", JSON.stringify({ b: VALUE }));
    scene.write("c.txt", `one\n  ${FORMER}\n`);
    scene.write("out/d.txt", VALUE);
    scene.writeBytes("e.bin", Buffer.concat([Buffer.from([0, 1]), Buffer.from(VALUE)]));
    scene.write("f.txt", TOKEN);
    const { exit, found, view } = scan();
    expect(found).toEqual([
      "warning LEAK_VALUE c.txt:2:3",
      "error LEAK_VALUE e.bin:1:3",
      "error LEAK_SHAPE f.txt:1:1",
      "error LEAK_VALUE src/a.ts:1:12",
      "error LEAK_VALUE src/b.json:1:7",
    ]);
    expect(exit).toBe(3);
    expect(view.known).toEqual({ current: 1, former: 1 });
    expect(view.findings[0]).toMatchObject({
      setting: "PASSWORD",
      why: expect.stringContaining("former value"),
    });
  });

  test("in what is staged: also where the file says otherwise now; forms only where they are new", () => {
    openSecrets();
    scene.write("old.txt", TOKEN);
    commit();
    scene.write("old.txt", `${TOKEN}\nmore\n`);
    scene.write("a.txt", VALUE);
    scene.git("add", "--all");
    scene.write("a.txt", "gone again");
    scene.write("b.txt", VALUE);
    expect(scan("--staged")).toMatchObject({ exit: 3, found: ["error LEAK_VALUE a.txt:1:1"] });
  });

  test("in the history: removed files and messages, each once, with the commit", () => {
    openSecrets();
    scene.write("a.txt", `x ${VALUE}`);
    commit(`with ${TOKEN} in it`);
    scene.write("a.txt", `changed\n${VALUE}`);
    commit();
    scene.git("rm", "--quiet", "a.txt");
    commit();
    expect(scan().exit).toBe(0);
    const { exit, found, view } = scan("--history");
    expect(found).toEqual([
      "error LEAK_VALUE a.txt:1:3",
      expect.stringMatching(/LEAK_SHAPE commit [0-9a-f]{12}$/),
    ]);
    expect(view.findings[0]!.why).toMatch(/first in commit [0-9a-f]{12}$/);
    expect(exit).toBe(3);
    expect(scan("--range", "HEAD~1..HEAD")).toMatchObject({ exit: 0, found: [] });
  });

  test("in what was built: files, source maps, archives in archives; a bomb is named", () => {
    openSecrets();
    scene.write("out/app.js.map", JSON.stringify({ sourcesContent: [`const a = '${VALUE}'`] }));
    const inner = zipSync({ "lib/b.js": strToU8(`"${TOKEN}"`) });
    scene.writeBytes("out/app.zip", zipSync({ "inner.jar": inner, "c.js": strToU8("nothing") }));
    scene.writeBytes("out/bomb.gz", gzipSync(Buffer.alloc(140 * 1024 * 1024)));
    const { exit, found } = scan("--output", "out");
    expect(found).toEqual([
      expect.stringMatching(/^error LEAK_VALUE out\/app\.js\.map:1:\d+$/),
      "error LEAK_SHAPE out/app.zip!inner.jar!lib/b.js:1:2",
      "warning LEAK_UNREAD out/bomb.gz",
    ]);
    expect(exit).toBe(3);
  });
});

test("what can't be opened here is unknown, and said; strictly it is a finding", () => {
  openSecrets("production");
  scene.must(["secret", "set", "PIN", "-e", "production"], "1234");
  expect(scan()).toMatchObject({ exit: 0, view: { tooCommon: ["PIN of production"], sealed: [] } });
  const away = { variables: { RINGFENCE_HOME: join(scene.root, "out/nobody") } };
  const { exit, stdout } = scene.run(["secret", "scan"], away);
  expect({ exit, says: stdout.includes("PASSWORD of production") }).toEqual({ exit: 0, says: true });
  expect(scene.run(["secret", "scan", "--strict"], away).exit).toBe(3);
});

test("a folder without a manifest is scanned for forms alone", () => {
  scene.write("ringfence.yaml", "");
  scene.git("rm", "--quiet", "--cached", "--ignore-unmatch", "ringfence.yaml");
  const folder = join(scene.root, "out");
  scene.write("out/package.json", "{}");
  scene.write("out/node_modules/x.txt", TOKEN);
  scene.write("out/a.txt", TOKEN);
  scene.git("init", "--quiet", "out");
  spawnSync("rm", [
    "-rf",
    join(folder, ".git"),
    join(scene.root, "ringfence.yaml"),
    join(scene.root, ".git"),
  ]);
  const { exit, stdout } = scene.run(["secret", "scan", "--json"], { cwd: folder });
  expect(exit).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ manifest: false, findings: [{ where: "a.txt:1:1" }] });
});

describe("the baseline", () => {
  test("is written from what was found, lets it through with its reason, and nothing else", () => {
    scene.write("a.txt", `${TOKEN}\n`);
    const { exit, stdout } = scene.run(["secret", "scan", "--accept", "made up: it's for a test"]);
    expect(exit).toBe(0);
    scene.write("secrets-baseline.yaml", stdout);
    expect(scan()).toMatchObject({ exit: 0, view: { accepted: [{ reason: "made up: it's for a test" }] } });
    scene.write("b.txt", `${TOKEN}\n`);
    expect(scan()).toMatchObject({ exit: 3, found: ["error LEAK_SHAPE b.txt:1:1"] });
    const more = scene.run(["secret", "scan", "--accept", "also"]).stdout;
    scene.write("secrets-baseline.yaml", `${stdout}${more}`);
    expect(scan().exit).toBe(0);
    commit();
    expect(scan("--history")).toMatchObject({ exit: 0, found: [] });
  });

  test("never lets a known value through; says what it no longer finds, and what is wrong with it", () => {
    openSecrets();
    scene.write("a.txt", VALUE);
    expect(scene.must(["secret", "scan", "--accept", "no"]).stdout).not.toContain("a.txt");
    const salt = `salt: "${"0".repeat(32)}"\naccepted:\n`;
    scene.write(
      "secrets-baseline.yaml",
      `${salt}  - rule: x\n    path: a.txt\n    digest: "00"\n    reason: gone\n`,
    );
    commit();
    expect(scan("--history").found).toContain("advice LEAK_BASELINE_UNUSED secrets-baseline.yaml:3:5");
    scene.write("secrets-baseline.yaml", `${salt}  - rule: x\n    path: a.txt\n    digest: "00"\n`);
    expect(scan().found).toContain("error LEAK_BASELINE_INVALID secrets-baseline.yaml:3:5");
  });
});

test.each([[["--staged", "--history"]], [["--output", "out", "--staged"]], [["--accept", " "]]])(
  "%j is refused",
  (words) => {
    expect(scene.run(["secret", "scan", ...words, "--json"])).toMatchObject({
      exit: 2,
      error: { code: "APP_BAD_INPUT" },
    });
  },
);

test("a range that names nothing, and an output that is not there", () => {
  commit();
  expect(scene.run(["secret", "scan", "--range", "x..y", "--json"]).error?.code).toBe(
    "SOURCE_UNKNOWN_REVISION",
  );
  expect(scene.run(["secret", "scan", "--output", "dist", "--json"]).error?.code).toBe("APP_UNREADABLE");
});

test("an output is looked through by way of its links; one without a file is refused", () => {
  scene.write("out/a.txt", TOKEN);
  scene.write("built/only/.gitkeep", "");
  symlinkSync("out", join(scene.root, "dist"));
  symlinkSync("out/a.txt", join(scene.root, "one.txt"));
  symlinkSync("../out/a.txt", join(scene.root, "built/a.txt"));
  expect(scan("--output", "dist", "--output", "one.txt", "--output", "built")).toMatchObject({
    exit: 3,
    found: [
      "warning LEAK_UNREAD built/a.txt",
      "error LEAK_SHAPE dist/a.txt:1:1",
      "error LEAK_SHAPE one.txt:1:1",
    ],
  });
  scene.write("built/.git/config", "");
  spawnSync("rm", ["-r", join(scene.root, "built/only")]);
  expect(scene.run(["secret", "scan", "--output", "built", "--json"])).toMatchObject({
    exit: 2,
    error: { code: "APP_BAD_INPUT" },
  });
});

test("SARIF names rule and place, and no text", () => {
  scene.write("a.txt", TOKEN);
  const { exit, stdout } = scene.run(["secret", "scan", "--sarif"]);
  expect(exit).toBe(3);
  expect(stdout).not.toContain(TOKEN);
  const [run] = JSON.parse(stdout).runs;
  expect(run).toMatchObject({
    automationDetails: { id: "ringfence/secret-scan/files/" },
    results: [{ ruleId: "LEAK_SHAPE", level: "error" }],
  });
});

describe("the hook", () => {
  const hook = () => join(scene.root, ".git/hooks/pre-commit");
  function tryCommit(...words: string[]) {
    const bin = join(scene.root, "out/bin");
    const { PATH = "" } = process.env;
    const env = { PATH: `${bin}:${PATH}`, HOME: scene.root, RINGFENCE_HOME: scene.home };
    return spawnSync("git", [...GIT_IDENTITY, "commit", "--quiet", "-m", "x", ...words], {
      cwd: scene.root,
      env,
      encoding: "utf8",
    });
  }
  beforeEach(() => {
    openSecrets();
    scene.write(
      "out/bin/ringfence",
      `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(ENTRY)} "$@"\n`,
    );
    chmodSync(join(scene.root, "out/bin/ringfence"), 0o755);
    symlinkSync(process.execPath, join(scene.root, "out/bin/node"));
    commit();
  });

  test("refuses a commit with a planted secret and lets a clean one pass", () => {
    scene.must(["secret", "hook", "install"]);
    scene.write("a.txt", VALUE);
    scene.git("add", "a.txt");
    const refused = tryCommit();
    expect(refused.status).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain("LEAK_VALUE");
    expect(refused.stdout + refused.stderr).not.toContain(VALUE);
    scene.write("a.txt", "clean");
    expect(tryCommit("--all").status).toBe(0);
    scene.write("a.txt", VALUE);
    expect(tryCommit("a.txt").status).not.toBe(0);
  });

  test("is installed once, refuses where Ringfence is missing, and is taken away", () => {
    scene.must(["secret", "hook", "install"]);
    const text = readFileSync(hook(), "utf8");
    const again = JSON.parse(scene.must(["secret", "hook", "install", "--json"]).stdout);
    expect([again.state, readFileSync(hook(), "utf8")]).toEqual(["unchanged", text]);
    spawnSync("rm", [join(scene.root, "out/bin/ringfence")]);
    expect(tryCommit("--allow-empty").stderr).toContain("nothing was committed");
    scene.must(["secret", "hook", "remove"]);
    expect(existsSync(hook())).toBe(false);
    expect(tryCommit("--allow-empty").status).toBe(0);
    expect(JSON.parse(scene.must(["secret", "hook", "remove", "--json"]).stdout).state).toBe("unchanged");
  });

  test("runs a former hook first, and puts it back", () => {
    const former = "#!/bin/sh\n[ ! -e stop ] || exit 7\n";
    writeFileSync(hook(), former, { mode: 0o755 });
    scene.must(["secret", "hook", "install"]);
    expect(tryCommit("--allow-empty").status).toBe(0);
    scene.write("stop", "");
    expect(tryCommit("--allow-empty").status).not.toBe(0);
    scene.must(["secret", "hook", "remove"]);
    expect(readFileSync(hook(), "utf8")).toBe(former);
  });

  test("scans every project of the repository that installed it, until each takes itself out", () => {
    const former = "#!/bin/sh\n";
    writeFileSync(hook(), former, { mode: 0o755 });
    const inPlace = (...words: string[]) => JSON.parse(scene.must([...words, "--json"]).stdout);
    const inOther = (...words: string[]) =>
      JSON.parse(scene.run([...words, "--json"], { cwd: join(scene.root, "other one") }).stdout);
    scene.write("other one/ringfence.yaml", "project: other\nenvironments: { development: }\n");
    commit();
    inPlace("secret", "hook", "install");
    inOther("secret", "hook", "install");
    const text = readFileSync(hook(), "utf8");
    expect(inPlace("secret", "hook", "install").state).toBe("unchanged");
    expect(readFileSync(hook(), "utf8")).toBe(text);
    const refusals = () =>
      ["a.txt", "other one/b.txt"].map((path) => {
        scene.write(path, path === "a.txt" ? VALUE : TOKEN);
        scene.git("add", path);
        const { status } = tryCommit();
        scene.git("reset", "--quiet", "--hard");
        return status !== 0;
      });
    expect(refusals()).toEqual([true, true]);
    expect(inPlace("secret", "hook", "remove").former).toBe(null);
    expect(inPlace("secret", "hook", "remove").state).toBe("unchanged");
    expect(refusals()).toEqual([false, true]);
    expect(inOther("secret", "hook", "remove").state).toBe("removed");
    expect(readFileSync(hook(), "utf8")).toBe(former);
  });

  test("lies where core.hooksPath says; not outside of the repository, nor where another tool writes hooks", () => {
    scene.git("config", "core.hooksPath", "my hooks");
    scene.must(["secret", "hook", "install"]);
    expect(existsSync(join(scene.root, "my hooks/pre-commit"))).toBe(true);
    scene.git("config", "core.hooksPath", scene.home);
    const refused = () => scene.run(["secret", "hook", "install", "--json"]).error?.code;
    expect(refused()).toBe("SECRET_HOOK_ELSEWHERE");
    scene.git("config", "--unset", "core.hooksPath");
    scene.write("lefthook.yml", "");
    expect(refused()).toBe("SECRET_HOOK_ELSEWHERE");
  });
});
