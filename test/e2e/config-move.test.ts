/** Moving a setting between layers through the whole system: every environment keeps its values. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConfigEditView } from "../../src/contract/config-edit.ts";
import { ENVIRONMENTS, openScene, type Scene } from "./scene.ts";

const BASE = "config/base.yaml";
const OWN = "config/{env}.env";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  for (const name of ENVIRONMENTS)
    scene.write(`config/${name}.env`, `# of ${name}\nGREETING=hello ${name}\nLIMIT=20 # items\n`);
});
afterEach(() => scene.shutdownAll());

const texts = () => [BASE, ...ENVIRONMENTS.map((name) => `config/${name}.env`)].map(scene.read);
const limits = () =>
  Promise.all(
    ENVIRONMENTS.map(async (name) => {
      const shown = await scene.must<{ value: unknown }>(["config", "explain", "LIMIT", "-e", name]);
      return shown.value;
    }),
  );

test("what all environments say goes to a shared layer, and back to each", async () => {
  const answer = await scene.must<ConfigEditView>(["config", "move", "LIMIT", "--to", BASE]);
  expect(texts()).toEqual([
    "GREETING: hello\nLIMIT: 20\n",
    ...ENVIRONMENTS.map((name) => `# of ${name}\nGREETING=hello ${name}\n`),
  ]);
  expect(answer.revisions.map(({ environment }) => environment)).toEqual([...ENVIRONMENTS]);
  expect(await limits()).toEqual([20, 20, 20]);
  await scene.must(["config", "move", "LIMIT", "--to", OWN]);
  expect(texts()).toEqual([
    "GREETING: hello\n",
    ...ENVIRONMENTS.map((name) => `# of ${name}\nGREETING=hello ${name}\nLIMIT=20\n`),
  ]);
  expect(await limits()).toEqual([20, 20, 20]);
});

test("the value of a secret is moved into no other file, where it would stay in plain", async () => {
  scene.write(BASE, "GREETING: first token of staging\n");
  for (const name of ENVIRONMENTS) scene.write(`config/${name}.env`, "LIMIT=20\n");
  const before = texts();
  const { error } = await scene.command(["config", "move", "GREETING", "--to", OWN]);
  expect(error?.code).toBe("APP_SETTING_SECRET");
  expect(texts()).toEqual(before);
});

test.each<[string, () => void, readonly string[], string]>([
  [
    "they don't agree",
    () => scene.write("config/staging.env", "GREETING=x\nLIMIT=21\n"),
    ["LIMIT", "--to", BASE],
    "APP_VALUES_CHANGE",
  ],
  [
    "one does not have it",
    () => scene.write("config/staging.env", "GREETING=x\n"),
    ["LIMIT", "--to", BASE],
    "APP_VALUES_CHANGE",
  ],
  ["no such layer", () => {}, ["GREETING", "--to", "config/none.env"], "APP_LAYER_UNKNOWN"],
  ["nobody has it", () => {}, ["LIMT", "--to", BASE], "CONFIG_UNKNOWN_KEY"],
  [
    "it is there already",
    () => scene.write(BASE, "GREETING: a\n"),
    ["GREETING", "--to", BASE],
    "APP_VALUES_CHANGE",
  ],
])("refused, and nothing is written: %s", async (_what, arrange, words, code) => {
  arrange();
  const before = texts();
  const { error } = await scene.command(["config", "move", ...words]);
  expect(error?.code).toBe(code);
  expect(texts()).toEqual(before);
});
