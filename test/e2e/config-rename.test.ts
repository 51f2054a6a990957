/** Renaming a setting through the whole system: everywhere or nowhere, and every value stays. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { ConfigEditView } from "../../src/contract/config-edit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { ENVIRONMENTS, openScene, type Scene } from "./scene.ts";

const LIMIT = "$" + "{LIMIT}";
const QUOTA = "$" + "{QUOTA}";
const LAYERS = ["config/base.yaml", ...ENVIRONMENTS.map((name) => `config/${name}.env`)];
const SECRETS = ENVIRONMENTS.map((name) => `secrets/${name}.yaml`);

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  scene.write(
    "config/base.yaml",
    `# all\nGREETING: hello\nlimit: 20 # LIMIT of all\nnote: "at most ${LIMIT}"\n`,
  );
  scene.write("config/development.env", `GREETING='up to \\$${LIMIT}'\nexport LIMIT = 30\n`);
  scene.write("config/staging.env", `# nothing\r\nGREETING="${LIMIT} items" # of them\r\n`);
  const manifest = scene.read("ringfence.yaml");
  const rules = `  NOTE: {}\nrules:\n  - require: LIMIT > 1\nbyDesign:\n  LIMIT: "it differs"\n  LIM*: "so it does"\n`;
  scene.write("ringfence.yaml", manifest.replace("services:", `${rules}services:`));
});
afterEach(() => scene.shutdownAll());

const texts = () => [...LAYERS, ...SECRETS, "ringfence.yaml"].map(scene.read);
const plain = () => [...LAYERS, "ringfence.yaml"].map(scene.read);
const rename = (from: string, to: string) => scene.must<ConfigEditView>(["config", "rename", from, to]);
const values = (environment: string) =>
  scene.must<unknown>(["config", "show", "-e", environment]).then((shown) => JSON.stringify(shown));
const secret = async (name: string) =>
  scene.must<{ value: string }>(["secret", "get", name, "-e", "staging", "--reason", "a test"]);

/** Every environment's files are its latest revision, nothing is unfinished, and the record is whole. */
async function allIsWell(label: string): Promise<void> {
  expect(await scene.must<OperationView[]>(["operation", "list", "--state", "running"]), label).toEqual([]);
  for (const name of ENVIRONMENTS) {
    const { unrecorded } = await scene.must<ConfigHistoryView>(["config", "history", "-e", name]);
    expect(unrecorded, label).toBeNull();
    await values(name);
  }
  expect(await scene.must<AuditVerifyView>(["audit", "verify"]), label).toMatchObject({ valid: true });
}

test("a plain setting is renamed everywhere, and back again byte for byte", async () => {
  const before = plain();
  const shown = await Promise.all(ENVIRONMENTS.map(values));
  const { notes, revisions } = await rename("LIMIT", "QUOTA");
  expect(scene.read("config/base.yaml")).toBe(
    `# all\nGREETING: hello\nquota: 20 # LIMIT of all\nnote: "at most ${QUOTA}"\n`,
  );
  expect(scene.read("config/development.env")).toBe(`GREETING='up to \\$${LIMIT}'\nexport QUOTA = 30\n`);
  expect(scene.read("config/staging.env")).toBe(`# nothing\r\nGREETING="${QUOTA} items" # of them\r\n`);
  expect(scene.read("ringfence.yaml")).toContain(`  QUOTA: { type: integer, min: 1, default: 10 }`);
  expect(scene.read("ringfence.yaml")).toContain("- require: QUOTA > 1");
  expect(revisions.map(({ environment }) => environment)).toEqual([...ENVIRONMENTS]);
  expect(notes).toEqual([
    expect.stringContaining("config/base.yaml still names LIMIT in line 3"),
    expect.stringContaining("config/development.env"),
    expect.stringContaining("byDesign LIM*"),
  ]);
  await allIsWell("there");
  await rename("QUOTA", "LIMIT");
  expect(plain()).toEqual(before);
  expect(await Promise.all(ENVIRONMENTS.map(values))).toEqual(shown);
});

test("a secret is renamed in every secrets file, and keeps its value", async () => {
  await rename("TOKEN", "ACCESS_TOKEN");
  expect(await secret("ACCESS_TOKEN")).toMatchObject({ value: "first token of staging" });
  for (const path of SECRETS) expect(scene.read(path)).not.toMatch(/^TOKEN:/m);
  await allIsWell("a secret");
});

test("the value of a secret becomes no name", async () => {
  await scene.must(["secret", "set", "TOKEN", "-e", "staging"], { input: "SECRET_WORD_1" });
  const { error } = await scene.command(["config", "rename", "LIMIT", "SECRET_WORD_1"]);
  expect(error?.code).toBe("APP_SETTING_SECRET");
});

describe("refused, and nothing is written", () => {
  test.each<[string, () => void, string, string, string]>([
    ["nobody knows it", () => {}, "LIMTI", "QUOTA", "CONFIG_UNKNOWN_KEY"],
    ["the new name is there", () => {}, "LIMIT", "GREETING", "APP_SETTING_EXISTS"],
    ["the new name is none", () => {}, "LIMIT", "A-B", "APP_BAD_INPUT"],
    ["it names the environment", () => {}, "ENVIRONMENT", "STAGE", "APP_BAD_INPUT"],
    [
      "secrets that can't be opened here",
      () => rmSync(identityPath(scene.home, "scene", "production")),
      "TOKEN",
      "ACCESS_TOKEN",
      "SECRETS_NO_IDENTITY",
    ],
    [
      "a rule speaks of it in a way that only a person understands",
      () => {
        const manifest = scene.read("ringfence.yaml");
        scene.write("ringfence.yaml", manifest.replace("LIMIT > 1", `'"LIMIT" != string(LIMIT)'`));
      },
      "LIMIT",
      "QUOTA",
      "APP_VALUES_CHANGE",
    ],
  ])("%s", async (_what, arrange, from, to, code) => {
    arrange();
    const before = texts();
    const { error } = await scene.command(["config", "rename", from, to]);
    expect(error?.code).toBe(code);
    expect(texts()).toEqual(before);
  });
});

test("killed at any commit it is carried on or taken back", { timeout: 300_000 }, async () => {
  const words = (from: string, to: string) => ["config", "rename", from, to];
  const ended = await scene.spawn(words("TOKEN", "TOKEN_0")).ended;
  expect(ended).toMatchObject({ exit: 0, code: null });
  let name = "TOKEN_0";
  const seen = { on: 0, back: 0 };
  for (let commit = 2; commit < ended!.commits; commit += 2) {
    const label = `killed after commit ${commit}`;
    const to = `TOKEN_${commit}`;
    const halt = { signal: "SIGKILL", commit, when: "after" } as const;
    expect(await scene.spawn(words(name, to), { leaseMs: 3_600_000, halt }).ended, label).toBeUndefined();
    const [interrupted] = await scene.must<OperationView[]>(["operation", "list", "--state", "running"]);
    const isBack = commit % 4 === 0;
    const undo = isBack ? ["--undo"] : [];
    const { error } = await scene.command(["operation", "resume", interrupted!.id, ...undo]);
    const isPast = error?.code === "OPERATION_PAST_PIVOT";
    if (isPast) await scene.must(["operation", "resume", interrupted!.id]);
    if (!isBack || isPast) name = to;
    seen[isBack && !isPast ? "back" : "on"] += 1;
    expect(await secret(name), label).toMatchObject({ value: "first token of staging" });
    expect(scene.read("ringfence.yaml"), label).toContain(`  ${name}: { secret: true`);
    if (!isBack || isPast) await allIsWell(label);
  }
  expect(Object.values(seen).every((times) => times > 0)).toBe(true);
});
