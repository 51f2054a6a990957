/** Programs of a project through the built command line: nothing runs before it is trusted, and then what it should. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments:
  development: { short: dev }
  staging: {}
layers:
  - .env?
  - { module: "config/config_{short}.ts", only: [development] }
  - { command: [node, scripts/settings.cjs, "{env}"] }
settings:
  LEVEL: { default: INFO }
  POOL_SIZE: { type: integer }
  SEEN: {}
  TOKEN: { secret: true }
services:
  api: { build: { command: [sh, scripts/build.sh], output: out, start: [cat, x] } }
pipeline: { development: {}, staging: { after: development } }
`;

const FILES = {
  "config/config_dev.ts": `import { ran, size } from "../src/size.ts";
ran("module");
export default class DevConfig { level = "DEBUG"; get poolSize(): number { return size } }
`,
  "src/size.ts": `import { writeFileSync } from "node:fs";
export const size = 7;
export const ran = (what: string) => writeFileSync(process.env.MARKERS + "/" + what, "");
`,
  "scripts/settings.cjs": `const { writeFileSync } = require("node:fs");
writeFileSync(process.env.MARKERS + "/command-" + process.argv[2], "");
const names = Object.keys(process.env).filter((name) => /RINGFENCE|TOKEN|OTHER/.test(name));
console.error("not for everybody");
console.log(JSON.stringify({ seen: names.sort().join(" ") + " " + process.env.ENVIRONMENT }));
`,
  "scripts/build.sh": `touch "$HOME/build"; mkdir out; echo built > out/x\n`,
  ".gitignore": "build\nmarkers/\n",
};

let scene: CliScene;
let markers: string;

const MARKED = ["module", "command-development", "command-staging"];
const marked = () => MARKED.filter((name) => existsSync(join(markers, name)));
const run = (words: readonly string[], variables = {}) =>
  scene.run(words, { variables: { MARKERS: markers, ...variables } });
const setting = (name: string, environment = "development", variables = {}) =>
  JSON.parse(run(["config", "show", "-e", environment, "--json"], variables).stdout).settings[name]?.value;
const findings = (environment = "development") =>
  (
    JSON.parse(run(["config", "check", "-e", environment, "--json"]).stdout).findings as {
      code: string;
      why: string;
      where: string;
    }[]
  ).filter(({ code }) => code.startsWith("SETTING_LAYER"));

beforeEach(() => {
  scene = openCliScene(MANIFEST);
  markers = join(scene.root, "markers");
  mkdirSync(markers);
  for (const [path, text] of Object.entries(FILES)) scene.write(path, text);
});

afterEach(() => scene.remove());

describe("before trust", () => {
  test.each([
    [["run", "-e", "development", "--", "true"], 10],
    [["run", "-e", "development", "--dry-run", "--", "true"], 10],
    [["config", "show", "-e", "development"], 0],
    [["config", "explain", "LEVEL", "-e", "development"], 0],
    [["config", "check", "-e", "development"], 3],
    [["config", "diff", "development", "staging"], 0],
    [["config", "matrix"], 0],
    [["env", "compare"], 0],
    [["config", "history", "-e", "development"], 0],
    [["trust"], 10],
    [["trust", "--dry-run"], 0],
    [["trust", "show"], 0],
  ])("%j runs nothing", (words, exit) => {
    expect({ exit: run(words as string[]).exit, marked: marked() }).toEqual({ exit, marked: [] });
  });

  test("no release is built", () => {
    scene.git("init", "-q");
    scene.git("add", "-A");
    scene.git("commit", "-q", "-m", "first");
    const { exit, error } = run(["release", "create", "1.0.0", "--json"]);
    expect({ exit, code: error?.code, fix: error?.fix }).toEqual({
      exit: 10,
      code: "TRUST_REQUIRED",
      fix: expect.stringMatching(/^ringfence trust --commit [0-9a-f]{12} /),
    });
    expect([...marked(), existsSync(join(scene.root, "build"))]).toEqual([false]);
  });

  test("what is known is shown, and that a layer is missing", () => {
    scene.write(".env", "POOL_SIZE=3\n");
    const { stdout, stderr } = run(["config", "show", "-e", "development"]);
    expect(stdout).toMatch(/POOL_SIZE +3 +\.env/);
    expect(stderr).toMatch(/warning ringfence\.yaml:7:5 the layer config\/config_dev\.ts is missing/);
    expect(findings().map(({ code, where }) => [code, where])).toEqual([
      ["SETTING_LAYER_UNTRUSTED", "ringfence.yaml:7:5"],
      ["SETTING_LAYER_UNTRUSTED", "ringfence.yaml:8:5"],
    ]);
  });

  test("a project can't trust itself", () => {
    run(["trust", "--yes"]);
    const record = JSON.parse(run(["trust", "show", "--json"]).stdout).record as string;
    const inside = join(scene.root, "home/trust");
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, record.slice(record.lastIndexOf("/") + 1)), readFileSync(record), {
      mode: 0o600,
    });
    scene.must(["trust", "revoke"]);
    scene.write("ringfence.trust", "all");
    expect(findings()[0]!.code).toBe("SETTING_LAYER_UNTRUSTED");
    const home = { RINGFENCE_HOME: join(scene.root, "home") };
    for (const words of [
      ["trust", "--yes"],
      ["run", "-e", "development", "--", "true"],
    ]) {
      const { exit, error } = run([...words.slice(0, 1), "--json", ...words.slice(1)], home);
      expect({ exit, code: error?.code }).toEqual({ exit: 10, code: "TRUST_HOME_IN_PROJECT" });
    }
    expect(marked()).toEqual([]);
  });

  test.each<[string, (record: string) => void]>([
    ["others may write", (record) => chmodSync(record, 0o666)],
    ["is damaged", (record) => writeFileSync(record, "{")],
  ])("a record that %s does not count, and is forgotten on request", (_what, damage) => {
    scene.must(["trust", "--yes"]);
    damage(JSON.parse(run(["trust", "show", "--json"]).stdout).record);
    const attempt = () => run(["run", "-e", "development", "--json", "--", "true"]);
    expect(attempt()).toMatchObject({ exit: 10, error: { code: "TRUST_RECORD_DAMAGED" } });
    scene.must(["trust", "revoke"]);
    expect(attempt()).toMatchObject({ exit: 10, error: { code: "TRUST_REQUIRED" } });
    expect(marked()).toEqual([]);
  });
});

describe("once trusted", () => {
  beforeEach(() => {
    const { stdout } = scene.must(["trust", "--yes"]);
    expect(stdout).toContain("command node scripts/settings.cjs development");
    expect(marked()).toEqual([]);
  });

  test("the programs give their layers, from where they are", () => {
    const { stdout } = run(["run", "-e", "development", "--", "sh", "-c", "echo $LEVEL $POOL_SIZE"]);
    expect(stdout).toBe("DEBUG 7\n");
    expect(marked()).toEqual(["module", "command-development"]);
  });

  test("a program gets the environment's name, and no way to a key or a secret", () => {
    const secrets = {
      TOKEN: "from outside",
      SOPS_AGE_KEY: "AGE-SECRET-KEY-1",
      OTHER: "kept",
      ENVIRONMENT: "staging",
    };
    expect(setting("SEEN", "development", secrets)).toBe(
      "OTHER RINGFENCE_ENVIRONMENT RINGFENCE_LAYER development",
    );
  });

  test("one that is asked for again by itself is not run without end", () => {
    const asks = { RINGFENCE_LAYER: "node scripts/settings.cjs development" };
    const { stdout } = run(["config", "check", "-e", "development", "--json"], asks);
    expect(JSON.parse(stdout).findings[0].code).toBe("SETTING_LAYER_FAILED");
    expect(marked()).toEqual([]);
  });

  test("a run asks the programs every time", () => {
    for (let time = 0; time < 2; time++) {
      rmSync(join(markers, "module"), { force: true });
      expect(run(["run", "-e", "development", "--", "true"]).exit).toBe(0);
      expect(marked()).toContain("module");
    }
    expect(existsSync(join(scene.root, ".ringfence/cache/development.snapshot"))).toBe(false);
  });

  test.each([
    ["the module", "config/config_dev.ts"],
    ["a file that it imports", "src/size.ts"],
    ["the command's script", "scripts/settings.cjs"],
    ["the packages", "package.json"],
  ])("one byte of %s, and nothing of it runs", (_what, path) => {
    const before = path in FILES ? FILES[path as keyof typeof FILES] : undefined;
    scene.write(path, `${before ?? "{}"}\n`);
    const { exit, error } = run(["run", "-e", "development", "--json", "--", "true"]);
    expect({ exit, code: error?.code, marked: marked() }).toEqual({
      exit: 10,
      code: "TRUST_REQUIRED",
      marked: [],
    });
    expect(error?.why).toContain(`${path} (${before === undefined ? "new" : "changed"})`);
    scene.must(["trust", "--yes"]);
    expect(setting("LEVEL")).toBe("DEBUG");
  });

  const LOADED = "cfg/node_modules/ev/c.cjs";
  test.each<[string, string, string]>([
    ["the command", "scripts/settings.cjs", 'const at = "../cfg/node_modules"; require(at + "/ev/c.cjs");'],
    [
      "the module",
      "config/config_dev.ts",
      'const at = "../cfg/node_modules"; await import(at + "/ev/c.cjs");',
    ],
  ])("%s loads no file of the project unseen, until it is named", (_what, path, load) => {
    const text = FILES[path as keyof typeof FILES];
    scene.write(LOADED, "require('node:fs').writeFileSync(process.env.MARKERS + '/command-staging', '');");
    scene.write(path, `${load}\n${text}`);
    scene.must(["trust", "--yes"]);
    expect(findings()).toEqual([
      expect.objectContaining({
        code: "SETTING_LAYER_FAILED",
        why: expect.stringContaining(`it loads ${LOADED}, which is not part of what was trusted`),
        fix: expect.stringMatching(/^ringfence trust /),
      }),
    ]);
    expect(marked()).not.toContain("command-staging");
    scene.write(path, `${load} // import "../${LOADED}"\n${text}`);
    scene.must(["trust", "--yes"]);
    expect(findings()).toEqual([]);
    expect(marked()).toContain("command-staging");
  });

  test("a project elsewhere is another one", () => {
    const copy = openCliScene(MANIFEST);
    try {
      for (const [path, text] of Object.entries(FILES)) copy.write(path, text);
      const variables = { RINGFENCE_HOME: scene.home, MARKERS: markers };
      const { error } = copy.run(["run", "-e", "development", "--json", "--", "true"], { variables });
      expect({ code: error?.code, marked: marked() }).toEqual({ code: "TRUST_REQUIRED", marked: [] });
    } finally {
      copy.remove();
    }
  });

  test.each([
    ["no JSON", "console.log('s3cret')"],
    ["no object", "console.log('[1]')"],
    ["the same key twice", `console.log('{"a":1,"a":2}')`],
    ["an exit code", "console.error('s3cret'); process.exit(3)"],
  ])("%s from a command is a finding at its place in the manifest", (_name, text) => {
    scene.write("scripts/settings.cjs", text);
    scene.must(["trust", "--yes"]);
    const [finding] = findings("staging");
    expect(finding).toMatchObject({ code: "SETTING_LAYER_FAILED", where: "ringfence.yaml:8:5" });
    expect(JSON.stringify(finding)).not.toContain("s3cret");
    expect(run(["run", "-e", "staging", "--", "true"]).exit).toBe(3);
  });

  test("a module that is not there is a missing file, unless it is optional", () => {
    scene.write("ringfence.yaml", MANIFEST.replace("config/config_{short}.ts", "config/gone_{short}.ts"));
    expect(findings().map(({ code }) => code)).toEqual(["SETTING_LAYER_MISSING"]);
    scene.write(
      "ringfence.yaml",
      MANIFEST.replace('config_{short}.ts", only', 'gone_{short}.ts", optional: true, only'),
    );
    expect(findings()).toEqual([]);
    expect(run(["run", "-e", "development", "--", "true"]).exit).toBe(0);
  });
});

describe("a release", () => {
  const commit = () => {
    scene.git("add", "-A");
    scene.git("commit", "-q", "-m", "next");
  };
  const create = (version: string) => run(["release", "create", version, "--json"]);

  beforeEach(() => {
    scene.git("init", "-q");
    commit();
  });

  test("keeps what the programs gave at its commit; comparing with it runs nothing", () => {
    scene.must(["trust", "--yes"]);
    expect(create("1.0.0").exit).toBe(0);
    expect(marked()).toEqual(MARKED);
    scene.write("src/size.ts", FILES["src/size.ts"].replace("7", "8"));
    const text = run(["config", "diff", "development@1.0.0", "staging@1.0.0", "--json"]).stdout;
    expect(text).toContain('"7"');
    const planned = run(["promote", "1.0.0", "--to", "development", "--dry-run", "--json"]);
    expect(JSON.parse(planned.stdout).gates).toContainEqual(
      expect.objectContaining({ name: "settings", state: "open" }),
    );
  });

  test("of a commit that differs from the work tree needs trust of that commit", () => {
    scene.write("src/size.ts", FILES["src/size.ts"].replace("7", "8"));
    scene.must(["trust", "--yes"]);
    expect(create("1.0.0").error?.code).toBe("TRUST_REQUIRED");
    scene.must(["trust", "--yes", "--commit", "HEAD"]);
    expect(create("1.0.0").exit).toBe(0);
    expect(setting("POOL_SIZE")).toBe(8);
  });

  test.each([
    ["gives nothing", "process.exit(1)", "RELEASE_PROGRAM_FAILED"],
    ["gives a secret", 'console.log(\'{"token":"s3cret"}\')', "RELEASE_PROGRAM_SECRET"],
  ])("is not made where a program %s", (_what, text, code) => {
    scene.write("scripts/settings.cjs", text);
    commit();
    scene.must(["trust", "--yes"]);
    const { error, stderr } = create("1.0.0");
    expect(error?.code).toBe(code);
    expect(stderr).not.toContain("s3cret");
  });
});
