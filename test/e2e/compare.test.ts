/** Comparisons in a real project: what is left out of them, and what a secrets file that can't be trusted does. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EnvironmentComparisonView, SettingsMatrixView } from "../../src/contract/comparison.ts";
import type { SettingsDiff } from "../../src/model/comparison.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments: { development: , staging: }
layers: [base.yaml, "{env}.yaml?"]
settings:
  LIMIT: { type: integer }
  KEY: { secret: true }
  ENVIRONMENT: { type: string }
services:
  api: { entry: src/api.ts, health: { live: /healthz, ready: /readyz } }
pipeline: { development: , staging: { after: development } }
`;

let scene: CliScene;

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.write(".gitignore", "home/\n");
  scene.write("base.yaml", "LIMIT: 10\n");
  scene.write("src/api.ts", "export {};\n");
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "ada"]);
  for (const environment of ["development", "staging"]) {
    scene.must(["identity", "create", "-e", environment]);
    scene.must(["secret", "set", "KEY", "-e", environment], "PlantedShared");
  }
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", "first");
  scene.must(["release", "create", "1.0.0"]);
});

afterAll(() => scene.remove());

const json = <T>(words: readonly string[], variables: Record<string, string> = {}): T =>
  JSON.parse(scene.run([...words, "--json"], { variables }).stdout) as T;
const changed = ({ changes }: SettingsDiff) => changes.map(({ key, byDesign }) => ({ key, byDesign }));

test("the same secret under two identities is equal, and the naming variable differs by design", () => {
  expect(changed(json(["config", "diff", "development", "staging"]))).toEqual([
    { key: "ENVIRONMENT", byDesign: true },
  ]);
  expect(scene.run(["config", "diff", "development", "staging", "--exit-code"]).exit).toBe(0);
});

test("this shell's variables are of no environment", () => {
  scene.write("staging.yaml", "LIMIT: 20\n");
  const words = ["config", "diff", "development", "staging"];
  const keys = json<SettingsDiff>(words, { LIMIT: "99" }).changes.map(({ key, a, b }) => [key, a, b]);
  expect(keys).toContainEqual(["LIMIT", 10, 20]);
  expect(scene.run(words).exit).toBe(0);
  expect(scene.run([...words, "--exit-code"]).exit).toBe(3);
});

test("an environment now and its release; and one with itself", () => {
  expect(changed(json(["config", "diff", "staging@1.0.0", "staging"]))).toEqual([
    { key: "LIMIT", byDesign: false },
  ]);
  expect(changed(json(["config", "diff", "staging@1.0.0", "staging@1.0.0"]))).toEqual([]);
});

test.each([
  [["stagin", "development"], "ENV_UNKNOWN"],
  [["staging", "developmen@1.0.0"], "ENV_UNKNOWN"],
  [["staging", "staging@1.0.9"], "APP_RELEASE_UNKNOWN"],
  [["staging", "staging@"], "APP_BAD_INPUT"],
])("%o: %s", (sides, code) => {
  expect(scene.run(["config", "diff", ...sides, "--json"]).error?.code).toBe(code);
});

test("secrets that can't be trusted are unknown in the matrix, and end a difference", () => {
  const path = "secrets/staging.yaml";
  const whole = scene.read(path);
  scene.write(path, whole.replace(/data:\S{4}/, "data:AAAA"));
  const { rows, problems } = json<SettingsMatrixView>(["config", "matrix"]);
  const groups = Object.values(rows.find(({ key }) => key === "KEY")!.cells).map(({ group }) => group);
  expect(groups).toEqual(["A", "?"]);
  expect(problems.map(({ environment, code }) => [environment, code.split("_")[0]])).toEqual([
    ["staging", "SECRETS"],
  ]);
  const compared = json<EnvironmentComparisonView>(["env", "compare"]);
  const secrets = compared.rows.find(({ field }) => field === "secrets")!;
  expect(Object.values(secrets.cells).map(({ known }) => known)).toEqual([true, false]);
  expect(secrets.differs).toBe(true);
  expect(scene.run(["config", "diff", "development", "staging"]).exit).toBe(12);
  scene.write(path, whole);
});
