/** Synchronising environments through the whole system: what flows, what stays, and what is refused. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ConfigSyncView } from "../../src/contract/config-edit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import { openScene, type Scene } from "./scene.ts";

const FROM = "config/development.env";
const TO = "config/staging.env";
const SYNC = ["config", "sync", "development", "staging"];

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.shutdownAll());

const sync = (...more: string[]) => scene.must<ConfigSyncView>([...SYNC, ...more]);
const fateOf = ({ settings }: ConfigSyncView) =>
  Object.fromEntries(settings.map(({ name, fate }) => [name, fate]));

test("plain settings flow with their references, secrets stay, and the target's file keeps its comments", async () => {
  scene.write(FROM, "# ours\nGREETING=up to $" + "{LIMIT} # with a reference\nLIMIT=20\n");
  scene.write(TO, "# theirs\nexport GREETING='hello staging'  # a greeting\n");
  const before = scene.read("secrets/staging.yaml");
  const answer = await sync("--reason", "a test");
  expect(scene.read(TO)).toBe("# theirs\nexport GREETING=up to $" + "{LIMIT}  # a greeting\nLIMIT=20\n");
  expect(scene.read("secrets/staging.yaml")).toBe(before);
  expect(fateOf(answer)).toEqual({ GREETING: "write", LIMIT: "write", TOKEN: "sensitive" });
  const { unrecorded, revisions } = await scene.must<ConfigHistoryView>([
    "config",
    "history",
    "-e",
    "staging",
  ]);
  expect(unrecorded).toBeNull();
  expect(revisions[0]).toMatchObject({ reason: "a test", changed: { keys: ["GREETING", "LIMIT"] } });
  expect(revisions[1]).toMatchObject({ source: "files" });
});

test("a second time there is nothing to do; then a change in the source flows", async () => {
  await sync();
  const before = scene.read(TO);
  expect(await sync()).toMatchObject({ files: [], revisions: [] });
  expect(scene.read(TO)).toBe(before);
  await scene.must(["config", "set", "GREETING", "third", "-e", "development"]);
  await sync();
  expect(scene.read(TO)).toBe("GREETING=third\n");
});

test("what was changed in the target since is a conflict until somebody decides", async () => {
  await sync();
  await scene.must(["config", "set", "GREETING", "mine", "-e", "staging"]);
  await scene.must(["config", "set", "LIMIT", "7", "-e", "development"]);
  const { error, exit } = await scene.command(SYNC);
  expect({ code: error?.code, exit }).toEqual({ code: "OPERATION_REFUSED", exit: 10 });
  expect(scene.read(TO)).toBe("GREETING=mine\n");
  expect(fateOf(await sync("--ours", "GREETING"))).toMatchObject({ GREETING: "kept", LIMIT: "write" });
  expect(scene.read(TO)).toBe("GREETING=mine\nLIMIT=7\n");
  expect(fateOf(await sync())).toMatchObject({ GREETING: "kept", LIMIT: "same" });
  await scene.must(["config", "set", "GREETING", "other", "-e", "staging"]);
  await sync("--theirs", "GREETING");
  expect(scene.read(TO)).toBe("GREETING=hello development\nLIMIT=7\n");
});

test("the other way round, what was changed since is a conflict as well", async () => {
  await sync();
  await scene.must(["config", "set", "GREETING", "later", "-e", "development"]);
  const back = ["config", "sync", "staging", "development"];
  const { error } = await scene.command(back);
  expect(error?.code).toBe("OPERATION_REFUSED");
  expect(scene.read(FROM)).toContain("GREETING=later");
  await scene.must([...back, "--theirs", "GREETING"]);
  expect(scene.read(FROM)).toContain("GREETING=hello development");
  await scene.must(["config", "set", "GREETING", "last", "-e", "development"]);
  expect(fateOf(await sync())).toMatchObject({ GREETING: "write" });
});

const KEY = "AKIAIOSFODNN7EXAMPL2";

test("credentials and names of the environment stay, and a credential's value is not shown", async () => {
  const declared = "  STRIPE: {}\n  DB_PASSWORD: {}\n  NODE_ENV: {}\n  AWS_ID: { sync: flow }\n  TOKEN:";
  scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace("  TOKEN:", declared));
  scene.write(
    FROM,
    `GREETING=x\nSTRIPE=${KEY}\nDB_PASSWORD=Tr0ub4dor\nNODE_ENV=development\nAWS_ID=${KEY}\n`,
  );
  const { answer } = await scene.command([...SYNC, "--dry-run"]);
  const { effects } = (answer as OperationView).plan;
  expect(effects).toContain(`write ${TO}: GREETING hello staging → x; AWS_ID added (not shown)`);
  expect(JSON.stringify(answer)).not.toMatch(/AKIA|Tr0ub/);
  expect(fateOf(await sync())).toEqual({
    GREETING: "write",
    LIMIT: "same",
    STRIPE: "sensitive",
    DB_PASSWORD: "sensitive",
    NODE_ENV: "pinned",
    AWS_ID: "write",
    TOKEN: "sensitive",
  });
  expect(scene.read(TO)).toBe(`GREETING=x\nAWS_ID=${KEY}\n`);
});

test("a dry run shows all of it and changes nothing", async () => {
  const before = scene.read(TO);
  const { answer } = await scene.command([...SYNC, "--dry-run"]);
  expect((answer as OperationView).plan.effects).toEqual([
    `write ${TO}: GREETING hello staging → hello development`,
    "leave as they are, sensitive: TOKEN",
  ]);
  expect(scene.read(TO)).toBe(before);
});

test.each([
  ["an error afterwards", () => scene.write(FROM, "GREETING=x\nLIMIT=none\n"), SYNC, "OPERATION_REFUSED"],
  ["a name that the source lacks", () => {}, [...SYNC, "--ours", "GREETNG"], "APP_BAD_INPUT"],
  ["another such name", () => {}, [...SYNC, "--theirs", "NOBODY"], "APP_BAD_INPUT"],
  ["both ways", () => {}, [...SYNC, "--theirs", "GREETING", "--ours", "GREETING"], "APP_BAD_INPUT"],
  [
    "a secret's value in a plain setting",
    () => scene.write(FROM, "GREETING=first token of development\n"),
    SYNC,
    "APP_SETTING_SECRET",
  ],
  ["itself", () => {}, ["config", "sync", "staging", "staging"], "APP_BAD_INPUT"],
  ["nobody", () => {}, ["config", "sync", "stagin", "staging"], "ENV_UNKNOWN"],
  ["no target: the default is the source", () => {}, ["config", "sync", "development"], "APP_BAD_INPUT"],
])("refused, and nothing is written: %s", async (_what, arrange, words, code) => {
  arrange();
  const before = [scene.read(FROM), scene.read(TO), scene.read("config/production.env")];
  const { error } = await scene.command(words);
  expect(error?.code).toBe(code);
  expect([scene.read(FROM), scene.read(TO), scene.read("config/production.env")]).toEqual(before);
});

test("a new secret is never copied: it is said what has to be set", async () => {
  scene.write(
    "ringfence.yaml",
    scene.read("ringfence.yaml").replace("  TOKEN:", "  PIN: { secret: true }\n  TOKEN:"),
  );
  await scene.must(["secret", "set", "PIN", "-e", "development"], { input: "planted-value" });
  const { notes } = await sync();
  expect(notes).toEqual(["to be set: ringfence secret set PIN -e staging"]);
  const { answer } = await scene.command(["operation", "list", "--limit", "3"]);
  expect(JSON.stringify(answer)).not.toContain("planted-value");
});
