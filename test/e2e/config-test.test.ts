/** Checks, fixes, tests and scans of a configuration in a real project, as CI and people run them. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CheckAllView, CheckView, ConfigFixView } from "../../src/contract/check.ts";
import type { ConfigScanView, ConfigTestView } from "../../src/contract/config-test.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments:
  development:
  staging: { policies: { escalation: [on call, "#platform"] } }
layers: [base.env, "{env}.env?", "{env}.yaml?"]
settings:
  LEVEL: { type: enum, values: [DEBUG, INFO] }
  HOST: {}
  OLD: { replacedBy: NEW }
  NEW: {}
  REFERS: {}
  KEY: { secret: true }
expect:
  staging: { LEVEL: INFO, KEY: { set: true, matches: 'key-.*' } }
`;
const SECRET = "key-0123456789abcdef";

let scene: CliScene;
/** What the project holds before each test, by path. */
let files: Readonly<Record<string, string>>;

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.must(["me", "init", "--name", "ada"]);
  scene.must(["identity", "create", "-e", "staging"]);
  scene.must(["secret", "set", "KEY", "-e", "staging"], SECRET);
  files = {
    "ringfence.yaml": scene.read("ringfence.yaml"),
    "secrets/staging.yaml": scene.read("secrets/staging.yaml"),
    "base.env": "# base\nHOST=db.dev.test\nHOST=db.all.test\n",
    "staging.env": "LEVEL=info\nHOST=db.staging.test\n",
  };
});

beforeEach(() => {
  const kept = ["home", ".ringfence"];
  for (const name of readdirSync(scene.root).filter((one) => !kept.includes(one)))
    rmSync(join(scene.root, name), { recursive: true });
  for (const [path, text] of Object.entries(files)) scene.write(path, text);
});

afterAll(() => scene.remove());

const json = <T>(words: readonly string[]): T => JSON.parse(scene.run([...words, "--json"]).stdout) as T;

describe("config check", () => {
  test("counts by stage, and names the stage of each finding", () => {
    const { findings, stages, fixable, codes } = json<CheckView>(["config", "check", "-e", "staging"]);
    expect(findings.map(({ code, stage }) => [code, stage])).toEqual([
      ["SETTING_DUPLICATE", "structure"],
      ["SETTING_TYPE", "structure"],
    ]);
    expect(stages.structure).toEqual({ errors: 1, warnings: 1, advice: 0 });
    expect(fixable).toBe(2);
    expect(Object.keys(codes)).toEqual(["SETTING_DUPLICATE", "SETTING_TYPE"]);
  });

  test("of all environments ends with the worst, without this shell's variables", () => {
    const all = scene.run(["config", "check", "--all", "--json"], { variables: { LEVEL: "DEBUG" } });
    expect(all.exit).toBe(3);
    const { environments } = JSON.parse(all.stdout) as CheckAllView;
    expect(environments.map(({ environment, stages }) => [environment, stages.structure.errors])).toEqual([
      ["development", 0],
      ["staging", 1],
    ]);
    expect(scene.run(["config", "check", "-e", "staging"], { variables: { LEVEL: "DEBUG" } }).exit).toBe(0);
    expect(scene.run(["config", "check", "--all", "-e", "staging", "--json"]).error?.code).toBe(
      "APP_BAD_INPUT",
    );
  });

  test("of all environments is not content with a secrets file that is refused", () => {
    scene.write("staging.env", "LEVEL=INFO\n");
    scene.write("secrets/staging.yaml", scene.read("secrets/staging.yaml").replace("KEY: ENC", "KEY2: ENC"));
    const { exit, stdout } = scene.run(["config", "check", "--all", "--json"]);
    expect(exit).toBe(12);
    expect((JSON.parse(stdout) as CheckAllView).problems).toMatchObject([{ environment: "staging" }]);
  });

  test("as SARIF is one document, also where errors end it with 3", () => {
    const { exit, stdout } = scene.run(["config", "check", "--all", "--sarif"]);
    expect(exit).toBe(3);
    expect(JSON.parse(stdout).runs).toHaveLength(2);
  });
});

describe("config fix", () => {
  const fix = (...words: string[]) => scene.run(["config", "fix", "-e", "staging", ...words]);

  test("shows what it would do and changes nothing", () => {
    const before = scene.fingerprint();
    expect(fix("--dry-run").stdout).toContain("write INFO for LEVEL in staging.env");
    expect(fix("--json").error?.code).toBe("OPERATION_REFUSED");
    expect(scene.fingerprint()).toBe(before);
  });

  test("mends what is safe, records it, and can be taken back", () => {
    expect(fix("--shared").exit).toBe(0);
    expect(scene.read("base.env")).toBe("# base\nHOST=db.all.test\n");
    expect(scene.read("staging.env")).toBe("LEVEL=INFO\nHOST=db.staging.test\n");
    expect(scene.run(["config", "check", "-e", "staging"]).exit).toBe(0);
    expect(scene.run(["audit", "verify"]).exit).toBe(0);
    const again = json<ConfigFixView>(["config", "fix", "-e", "staging"]);
    expect(again).toMatchObject({ fixed: [], files: [], findings: { before: 0, after: 0 } });
    scene.must(["config", "rollback", "previous", "-e", "development", "--shared", "--reason", "a test"]);
    expect(scene.read("base.env")).toBe("# base\nHOST=db.dev.test\nHOST=db.all.test\n");
  });

  test("leaves a fix that would break something else, and makes the others", () => {
    scene.write("base.env", "HOST=db.all.test\n");
    scene.write("staging.env", `LEVEL=info\nOLD=1\nREFERS=\${OLD}\n`);
    const done = json<ConfigFixView>(["config", "fix", "-e", "staging"]);
    expect(done.fixed).toEqual(["write INFO for LEVEL in staging.env"]);
    expect(done.left).toEqual(["rename OLD to NEW in staging.env"]);
    expect(scene.read("staging.env")).toBe(`LEVEL=INFO\nOLD=1\nREFERS=\${OLD}\n`);
  });

  test("leaves a rename that another environment could not stand", () => {
    scene.write("base.env", "OLD=1\n");
    scene.write("staging.env", "LEVEL=INFO\n");
    scene.write("development.env", `REFERS=\${OLD}\n`);
    expect(json<ConfigFixView>(["config", "fix", "-e", "staging"]).left).toHaveLength(1);
    expect(scene.read("base.env")).toBe("OLD=1\n");
  });

  test("does not touch a file that is no text in UTF-8", () => {
    scene.write("base.env", "HOST=db.all.test\n");
    scene.writeBytes("staging.env", Buffer.from("LEVEL=info\n# \xe9\n", "latin1"));
    expect(json<ConfigFixView>(["config", "fix", "-e", "staging"]).fixed).toEqual([]);
  });
});

describe("config test", () => {
  test("fails on what is not met; opened secrets are held against their form, unseen", () => {
    const { exit, stdout } = scene.run(["config", "test", "--json"]);
    expect(exit).toBe(3);
    expect(stdout).not.toContain(SECRET);
    const view = JSON.parse(stdout) as ConfigTestView;
    expect([view.passed, view.failed, view.unknown, view.ok]).toEqual([1, 1, 0, false]);
    expect(view.environments[1]!.results[0]).toMatchObject({ setting: "LEVEL", valueAt: "staging.env:1:1" });
    scene.write("staging.env", "LEVEL=INFO\n");
    expect(scene.run(["config", "test"]).exit).toBe(0);
    expect(scene.run(["config", "test", "-e", "development"]).exit).toBe(0);
  });

  test("what can't be known is not good: a sealed secret, a refused file, a parity out of reach", () => {
    scene.write("staging.env", "LEVEL=INFO\n");
    expect(scene.run(["config", "test", "--min-parity", "100"]).exit).toBe(3);
    expect(scene.run(["config", "test", "--min-parity", "0"]).exit).toBe(0);
    const sealed = scene.run(["config", "test", "--json"], { variables: { RINGFENCE_HOME: scene.root } });
    expect(sealed.exit).toBe(3);
    expect((JSON.parse(sealed.stdout) as ConfigTestView).unknown).toBe(1);
    scene.write("secrets/staging.yaml", scene.read("secrets/staging.yaml").replace("KEY: ENC", "KEY2: ENC"));
    expect(scene.run(["config", "test"]).exit).toBe(3);
  });

  test("a test that expects nothing, or names a file that is not there, does not pass", () => {
    const none = MANIFEST.replace(/expect:.*/s, "");
    scene.write("ringfence.yaml", none);
    scene.write("secrets/staging.yaml", "");
    expect(scene.run(["config", "test", "-e", "development"]).exit).toBe(3);
    scene.write("ringfence.yaml", `${none}expectFiles: [none.yaml]\n`);
    expect(json<ConfigTestView>(["config", "test"]).findings).toMatchObject([{ code: "EXPECT_FILE" }]);
  });
});

describe("config scan", () => {
  const scan = () => {
    const { exit, stdout } = scene.run(["config", "scan", "--json"]);
    const view = JSON.parse(stdout) as ConfigScanView;
    const found = view.findings.map(({ code, where }) => `${code} ${where}`);
    return { exit, stdout, view, found };
  };

  test("finds a secret in any file as an error, and shows it nowhere", () => {
    scene.write("notes.md", `The key is ${SECRET}.\n`);
    const { exit, stdout, found } = scan();
    expect({ exit, found }).toEqual({ exit: 3, found: ["SCAN_SECRET notes.md:1:12"] });
    expect(stdout).not.toContain(SECRET);
    expect(scene.run(["config", "scan"]).stdout).not.toContain(SECRET);
  });

  test("reads sources, and not what others made or what settings come from", () => {
    const text = 'export const host = "db.staging.test";\n';
    scene.write("src/db.ts", text);
    for (const folder of ["node_modules/x", "dist", "build", "vendor", ".git", "sub/node_modules", "other"])
      scene.write(`${folder}/db.ts`, text);
    scene.write("other/ringfence.yaml", MANIFEST);
    scene.write("package-lock.json", text);
    scene.write("large.ts", text + " ".repeat(1_048_576));
    scene.writeBytes("image.bin", Buffer.from(`\0${text}`));
    const { exit, found, view } = scan();
    expect({ exit, found }).toEqual({ exit: 0, found: ["SCAN_VALUE src/db.ts:1:22"] });
    expect(view.skipped).toBe(2);
  });

  test("says which secrets nobody could look for", () => {
    const { stdout } = scene.run(["config", "scan", "--json"], { variables: { RINGFENCE_HOME: scene.root } });
    expect((JSON.parse(stdout) as ConfigScanView).sealed).toEqual(["KEY of staging"]);
  });
});

test("an expected failure says who is asked next where errors are operational, and nothing where they are detailed", () => {
  scene.write("staging.env", "LEVEL=info\n");
  scene.write("development.env", "LEVEL=info\n");
  const run = (environment: string) => scene.run(["run", "-e", environment, "--", "true"]);
  expect(run("staging").stderr).toMatch(/error CONFIG_INVALID.*escalate {2}on call → #platform\n$/s);
  expect(run("development").stderr).toContain("error CONFIG_INVALID");
  expect(run("development").stderr).not.toContain("escalate");
});
