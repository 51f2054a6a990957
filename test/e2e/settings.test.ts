/** `ringfence/settings` as applications use it: the built library in processes of their own, with and without a run. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const LIBRARY = JSON.stringify(join(root, "dist/settings.js"));

const MANIFEST = `project: shop
environments:
  development: {}
  production: { policies: { secrets: { signed: false } } }
layers: ["config/{env}.yaml"]
settings:
  LIMIT: { type: integer, required: true }
  LIFETIME: { type: duration, default: 15m }
  LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
  HOSTS: { type: list }
  TOKEN: { secret: true, required: true }
  SPARE: { secret: true }
`;

const APP = `
import { inspect } from "node:util";
import { loadSettings } from ${LIBRARY};
try {
  const settings = loadSettings(...JSON.parse(process.argv[2] ?? "[]"));
  console.log(JSON.stringify({ shown: inspect(settings), settings, token: settings.TOKEN.open() }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, fix: error.fix, text: inspect(error) }));
}
`;

interface Loaded {
  readonly code?: string;
  readonly fix?: string;
  readonly text?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

let scene: CliScene;

const DIRECT = () => ({ PATH: process.env.PATH ?? "", HOME: scene.root, RINGFENCE_HOME: scene.home });

function load(
  given: readonly unknown[] = [],
  variables: Readonly<Record<string, string>> = {},
  cwd = scene.root,
): Loaded {
  const app = join(scene.root, "app.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [app, JSON.stringify(given)], {
    cwd,
    env: { ...DIRECT(), ...variables },
    encoding: "utf8",
  });
  return stdout === "" ? { text: stderr } : JSON.parse(stdout);
}

const FILES = { development: "LIMIT: 10\nHOSTS: [a, b]\n", production: "LIMIT: 99\n" };

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "ada"]);
  for (const [environment, text] of Object.entries(FILES)) {
    scene.write(`config/${environment}.yaml`, text);
    scene.must(["identity", "create", "-e", environment]);
    scene.must(["secret", "set", "TOKEN", "-e", environment], `token-of-${environment}`);
  }
  scene.write("app.mjs", APP);
});

beforeEach(() => {
  scene.write("config/development.yaml", FILES.development);
  rmSync(join(scene.root, ".ringfence/cache"), { recursive: true, force: true });
  rmSync(join(scene.root, ".ringfence/spool"), { recursive: true, force: true });
});

afterAll(() => scene.remove());

const EXPECTED = {
  settings: { LIMIT: 10, LIFETIME: 900_000, LEVEL: "INFO", HOSTS: ["a", "b"], TOKEN: "[secret TOKEN]" },
  token: "token-of-development",
};

describe("the declared settings, typed", () => {
  test("of a run, from its variables", () => {
    const words = ["run", "-e", "development", "--", process.execPath, "app.mjs"];
    const first = scene.must(words).stdout;
    expect(JSON.parse(first)).toMatchObject(EXPECTED);
    // From the snapshot that the first one compiled.
    expect(scene.must(words).stdout).toBe(first);
  });

  /** What the application itself left in an environment's spool; the lines of Ringfence's own commands are others. */
  const handed = (environment: string) =>
    scene
      .read(`.ringfence/spool/${environment}.jsonl`)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ command }) => command === "app.mjs");

  test("of a process that Ringfence did not start, from what was compiled; each time is recorded", () => {
    scene.must(["config", "compile", "-e", "development"]);
    for (const given of [[], [{ environment: "development" }], [{ project: scene.root }]])
      expect(load(given)).toMatchObject(EXPECTED);
    expect(handed("development").map(({ method }) => method)).toEqual(["default", "flag", "default"]);
  });

  test("production only when it is named; then the opening is recorded", () => {
    scene.must(["config", "compile", "-e", "production"]);
    const refused = load([], { ENVIRONMENT: "production" });
    expect(refused).toMatchObject({ code: "GUARD_PRODUCTION_NOT_EXPLICIT" });
    expect(handed("production")).toEqual([]);
    expect(load([{ environment: "production" }])).toMatchObject({ token: "token-of-production" });
    expect(handed("production")).toMatchObject([{ method: "flag", secrets: ["TOKEN"] }]);
    expect(scene.read(".ringfence/spool/production.jsonl")).not.toContain("token-of");
  });

  test("without a place for the record production is refused, and development is not", () => {
    for (const name of ["production", "development"]) scene.must(["config", "compile", "-e", name]);
    rmSync(join(scene.root, ".ringfence/spool"), { recursive: true });
    writeFileSync(join(scene.root, ".ringfence/spool"), "a file where the folder belongs");
    expect(load([{ environment: "production" }])).toMatchObject({ code: "SPOOL_UNWRITABLE" });
    expect(load([])).toMatchObject(EXPECTED);
  });
});

describe("in every doubt", () => {
  const compiled = () => void scene.must(["config", "compile", "-e", "development"]);
  test.each<[string, string, () => void, readonly unknown[], Readonly<Record<string, string>>]>([
    ["nothing compiled", "SETTINGS_STALE", () => {}, [], {}],
    [
      "a file has changed since",
      "SETTINGS_STALE",
      () => {
        compiled();
        scene.write("config/development.yaml", "LIMIT: 11\n");
      },
      [],
      {},
    ],
    ["a variable says otherwise", "SETTINGS_OVERRIDDEN", compiled, [], { LIMIT: "12" }],
    ["an unknown environment", "ENV_UNKNOWN", compiled, [{ environment: "stagin" }], {}],
    ["no project there", "SETTINGS_NO_PROJECT", compiled, [{ project: "config" }], {}],
    [
      "another environment than the run's",
      "GUARD_NESTED",
      compiled,
      [{ environment: "development" }],
      { RINGFENCE_ENVIRONMENT: "production" },
    ],
    [
      "a run that told no types",
      "SETTINGS_UNDECLARED",
      compiled,
      [],
      { RINGFENCE_ENVIRONMENT: "development" },
    ],
    [
      "types that are none",
      "SETTINGS_UNDECLARED",
      compiled,
      [],
      { RINGFENCE_ENVIRONMENT: "development", RINGFENCE_SETTINGS: '{"TOKEN":"rune"}', TOKEN: "x" },
    ],
    [
      "types that are no JSON",
      "SETTINGS_UNDECLARED",
      compiled,
      [],
      { RINGFENCE_ENVIRONMENT: "development", RINGFENCE_SETTINGS: "{" },
    ],
    [
      "a variable of a run is gone",
      "SETTINGS_INVALID",
      compiled,
      [],
      { RINGFENCE_ENVIRONMENT: "development", RINGFENCE_SETTINGS: '{"TOKEN":"secret string"}' },
    ],
    [
      "a forged snapshot",
      "SNAPSHOT_FORGED",
      () => {
        compiled();
        const path = join(scene.root, ".ringfence/cache/development.snapshot");
        const bytes = readFileSync(path);
        bytes[40]! ^= 1;
        writeFileSync(path, bytes);
      },
      [],
      {},
    ],
    ["another home, without the key", "SETTINGS_STALE", compiled, [], { RINGFENCE_HOME: "/nonexistent" }],
  ])("%s: %s", (_, code, prepare, given, variables) => {
    prepare();
    const { text = "", ...refused } = load(given, variables);
    expect(refused).toMatchObject({ code, fix: expect.any(String) });
    expect(text).not.toContain("token-of");
  });

  test("outside of any project", () => {
    expect(load([], {}, "/")).toMatchObject({ code: "SETTINGS_NO_PROJECT" });
  });

  test("the fix of a stale snapshot works when pasted", () => {
    const { fix } = load([]);
    const words = fix!.split(" ");
    expect(words[0]).toBe("ringfence");
    scene.must(words.slice(1));
    expect(load([])).toMatchObject(EXPECTED);
  });
});

test("config compile answers findings and inputs, and keeps nothing that is wrong", () => {
  scene.write("config/development.yaml", "LIMIT: many\n");
  const { exit, stdout } = scene.run(["config", "compile", "-e", "development", "--json"]);
  expect(exit).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    environment: "development",
    revision: null,
    inputs: expect.arrayContaining(["ringfence.yaml", "config/development.yaml"]),
    findings: [{ code: "SETTING_TYPE" }],
  });
  expect(existsSync(join(scene.root, ".ringfence/cache/development.snapshot"))).toBe(false);
});

describe("types", () => {
  const CHECKS = `
import { loadSettings, watch, type Secret } from "ringfence/settings";
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};
const settings = loadSettings();
same<typeof settings.LIMIT, number>(true);
same<typeof settings.LIFETIME, number>(true);
same<typeof settings.LEVEL, "DEBUG" | "INFO">(true);
same<typeof settings.HOSTS, readonly string[] | undefined>(true);
same<typeof settings.TOKEN, Secret<string>>(true);
same<typeof settings.SPARE, Secret<string> | undefined>(true);
// @ts-expect-error nothing declares it
settings.LIMT;
// @ts-expect-error they are read only
settings.LIMIT = 5;
loadSettings({ environment: "development" }).LIMIT.toFixed();
watch(({ settings: { LIMIT }, changed }) => void [LIMIT.toFixed(), changed.length]).settings.LIMIT.toFixed();
const named = loadSettings({ PORT: "port" });
same<typeof named.PORT, number>(true);
// @ts-expect-error no such type
loadSettings({ PORT: "prot" });
`;

  test("of the generated declaration are those of the values", () => {
    const folder = join(scene.root, "typed");
    mkdirSync(folder);
    writeFileSync(join(folder, "ringfence-settings.d.ts"), scene.must(["config", "types"]).stdout);
    writeFileSync(join(folder, "app.ts"), CHECKS);
    const options = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2024",
      lib: ["esnext"],
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      paths: { "ringfence/settings": [join(root, "src/settings/index.ts")] },
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["app.ts", "ringfence-settings.d.ts"] }),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
  });
});

describe("the bundle", () => {
  test("has nothing but the library's own rooms", async () => {
    const { metafile } = await build({
      entryPoints: [join(root, "src/settings/index.ts")],
      absWorkingDir: root,
      bundle: true,
      platform: "node",
      format: "esm",
      metafile: true,
      write: false,
    });
    const others = Object.keys(metafile.inputs).filter(
      (path) => !/^src\/(settings|snapshot|base)\//.test(path),
    );
    expect(others).toEqual([]);
  });

  test("of a run loads neither cryptography nor streams, files' promises or child processes", () => {
    const code = `
      const before = new Set(process.moduleLoadList);
      const { loadSettings } = await import(${LIBRARY});
      loadSettings();
      const loaded = process.moduleLoadList.filter((name) => !before.has(name));
      process.stdout.write(loaded.join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      env: {
        RINGFENCE_ENVIRONMENT: "development",
        RINGFENCE_SETTINGS: '{"TOKEN":"secret string"}',
        TOKEN: "x",
      },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).not.toMatch(/NativeModule (crypto|stream|internal\/fs\/promises|child_process|net)\b/);
  });
});
