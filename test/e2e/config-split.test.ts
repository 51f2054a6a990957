/** Splitting a URL into settings through the whole system: in every layer or in none, and every value stays. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { ConfigEditView } from "../../src/contract/config-edit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import { ENVIRONMENTS, openScene, type Scene } from "./scene.ts";

const FILES = [
  "config/base.yaml",
  ...ENVIRONMENTS.map((name) => `config/${name}.env`),
  ...ENVIRONMENTS.map((name) => `secrets/${name}.yaml`),
  "ringfence.yaml",
];
const INTO = ["--into", "host=DB_HOST,port=DB_PORT", "user=DB_USER", "path=DB_NAME"];
/** A reference, as a layer writes it. */
const to = (name: string) => `\${${name}}`;
const SPLIT = `${to("DB_USER")}:${to("TOKEN")}@${to("DB_HOST")}:${to("DB_PORT")}/${to("DB_NAME")}`;
const URL = "  DB_URL: { required: [staging, development], sync: pinned }\n  NODE: {}\n";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  declare(URL);
  scene.write(
    "config/base.yaml",
    `# all\nGREETING: hello\ndb:\n  url: "postgres://shop%40x:${to("TOKEN")}@db.test:5432/shop?ssl=on#a" # of all\n`,
  );
  scene.write(
    "config/development.env",
    `GREETING='hi'\nexport DB_URL = pg://me:${to("TOKEN")}@[::1]:5433/a/b # own\n`,
  );
  scene.write(
    "config/staging.env",
    `# nothing\r\nDB_URL="postgres://s:${to("TOKEN")}@${to("NODE")}.test:1/s"\r\nNODE=n1\r\n`,
  );
  scene.write("config/production.env", "");
});
afterEach(() => scene.shutdownAll());

/** Declares settings beside those of the scene. */
function declare(lines: string): void {
  scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace("services:", `${lines}services:`));
}
const texts = () => FILES.map(scene.read);
const split = (...words: readonly string[]) =>
  scene.must<ConfigEditView>(["config", "split", "DB_URL", ...words]);
/** Every environment's values, secrets as well, without those that the split adds. */
const values = () =>
  Promise.all(
    ENVIRONMENTS.map(async (name) => {
      const words = ["config", "export", "-e", name, "--format", "json", "--secrets", "--reason", "a test"];
      const { text } = await scene.must<{ text: string }>(words);
      const all = Object.entries(JSON.parse(text) as Record<string, string>);
      return Object.fromEntries(
        all.filter(([key]) => !/^(DB|WEB)_(HOST|PORT|USER|NAME|SCHEME|QUERY)$/.test(key)),
      );
    }),
  );

async function allIsWell(label: string): Promise<void> {
  expect(await scene.must<OperationView[]>(["operation", "list", "--state", "running"]), label).toEqual([]);
  for (const name of ENVIRONMENTS) {
    const { unrecorded } = await scene.must<ConfigHistoryView>(["config", "history", "-e", name]);
    expect(unrecorded, label).toBeNull();
  }
  expect(await scene.must<AuditVerifyView>(["audit", "verify"]), label).toMatchObject({ valid: true });
}

test("a URL is split in every layer, as it is written there", async () => {
  const before = await values();
  const planned = await scene.must<{ effects: string[] }>([
    "config",
    "split",
    "DB_URL",
    ...INTO,
    "--dry-run",
  ]);
  expect(JSON.stringify(planned)).toContain("split DB_URL at config/base.yaml:4:3");
  expect(JSON.stringify(planned)).toContain("split DB_URL at config/staging.env:2:1");
  const { revisions, files } = await split(...INTO);
  expect(files).toEqual([...FILES.slice(0, 3), "ringfence.yaml"]);
  expect(revisions.map(({ environment }) => environment)).toEqual([...ENVIRONMENTS]);
  expect(texts().slice(0, 4)).toEqual([
    `# all\nGREETING: hello\ndb:\n  url: "postgres://${SPLIT}?ssl=on#a" # of all\n` +
      '  user: "shop%40x"\n  host: db.test\n  port: 5432\n  name: shop\n',
    `GREETING='hi'\nexport DB_URL = pg://${SPLIT} # own\nDB_USER=me\nDB_HOST=[::1]\nDB_PORT=5433\nDB_NAME=a/b\n`,
    `# nothing\r\nDB_URL="postgres://${SPLIT}"\r\nNODE=n1\r\n` +
      `DB_USER=s\r\nDB_HOST=${to("NODE")}.test\r\nDB_PORT=1\r\nDB_NAME=s\r\n`,
    "",
  ]);
  const shared = "required:\n      - staging\n      - development\n    sync: pinned\n";
  expect(scene.read("ringfence.yaml")).toContain(`  DB_PORT:\n    type: port\n    ${shared}`);
  expect(await values()).toEqual(before);
  await allIsWell("split");
});

describe("every value stays", () => {
  const web = (declaration: string) => () => {
    declare(`  WEB_URL: ${declaration}\n`);
    scene.write("config/development.env", `GREETING=x\nWEB_URL='http://dev.test:80/?a=1&b=$2'\n`);
  };
  test.each<[string, () => void, readonly string[], string]>([
    ["a part that no layer names else", web("{}"), ["--into", "host=WEB_HOST"], "WEB_HOST=dev.test"],
    ["the scheme", web("{}"), ["--into", "scheme=WEB_SCHEME"], "WEB_SCHEME=http"],
    ["the query, with a dollar sign", web("{ type: url }"), ["--into", "query=WEB_QUERY"], "a=1&b=$2"],
    [
      "where one environment takes it away",
      () => {
        web("{}")();
        scene.write("config/staging.env", "GREETING=x\nWEB_URL=<unset>\n");
      },
      ["--into", "host=WEB_HOST"],
      "WEB_HOST=dev.test",
    ],
    [
      "a project that declares nothing",
      () => {
        const manifest = scene.read("ringfence.yaml");
        scene.write("ringfence.yaml", manifest.replace(/settings:\n(?: {2}.*\n)*/, ""));
        for (const name of ENVIRONMENTS) scene.write(`config/${name}.env`, "WEB_URL=https://dev.test:80/\n");
      },
      ["--into", "port=WEB_PORT"],
      "WEB_PORT=80",
    ],
    [
      "references of Docker Compose",
      () => {
        const manifest = scene.read("ringfence.yaml");
        const layer = '{ path: "config/{env}.env", format: dotenv, dialect: compose }';
        scene.write("ringfence.yaml", manifest.replace('"config/{env}.env"', layer));
        declare("  WEB_URL: {}\n");
        scene.write("config/development.env", "NODE=n2\nWEB_URL=http://$NODE.test:80/\n");
        for (const name of ["staging", "production"]) scene.write(`config/${name}.env`, "");
      },
      ["--into", "host=WEB_HOST"],
      "WEB_HOST=",
    ],
  ])("%s", async (_what, arrange, words, line) => {
    arrange();
    const before = await values();
    await scene.must(["config", "split", "WEB_URL", ...words]);
    expect(scene.read("config/development.env")).toContain(line);
    expect(await values()).toEqual(before);
    await allIsWell("kept");
  });
});

describe("refused, and nothing is written", () => {
  const layer = (text: string) => () => scene.write("config/development.env", text);
  test.each<[string, () => void, readonly string[], string]>([
    ["nobody knows it", () => {}, ["DB_ULR", "--into", "host=DB_HOST"], "CONFIG_UNKNOWN_KEY"],
    ["no layer sets it", () => declare("  IDLE: {}\n"), ["IDLE", "--into", "host=A"], "CONFIG_UNKNOWN_KEY"],
    ["it stands in the manifest alone", () => {}, ["LIMIT", "--into", "host=DB_HOST"], "CONFIG_UNSPLITTABLE"],
    ["no such part", () => {}, ["DB_URL", "--into", "hostname=DB_HOST"], "APP_BAD_INPUT"],
    ["no name", () => {}, ["DB_URL", "--into", "host"], "APP_BAD_INPUT"],
    ["a bad name", () => {}, ["DB_URL", "--into", "host=DB-HOST"], "APP_BAD_INPUT"],
    ["its own name", () => {}, ["DB_URL", "--into", "host=DB_URL"], "APP_BAD_INPUT"],
    ["one name twice", () => {}, ["DB_URL", "--into", "host=A,port=A"], "APP_BAD_INPUT"],
    ["a name that is there", () => {}, ["DB_URL", "--into", "host=GREETING"], "APP_SETTING_EXISTS"],
    ["the name of a secret", () => {}, ["DB_URL", "--into", "host=TOKEN"], "APP_SETTING_EXISTS"],
    ["a password", () => {}, ["DB_URL", "--into", "password=DB_PASSWORD"], "APP_SETTING_SECRET"],
    ["a secret", () => {}, ["TOKEN", "--into", "host=DB_HOST"], "APP_SETTING_SECRET"],
    [
      "a password in plain",
      layer("DB_URL=pg://me:hunter2@h:1/x\n"),
      ["DB_URL", "--into", "host=DB_HOST"],
      "APP_SETTING_SECRET",
    ],
    ["no URL", layer("DB_URL=me.test\n"), ["DB_URL", "--into", "host=DB_HOST"], "CONFIG_UNSPLITTABLE"],
    ["no port", layer("DB_URL=pg://me.test/\n"), ["DB_URL", "--into", "port=DB_PORT"], "CONFIG_UNSPLITTABLE"],
    [
      "a default",
      () => declare("  WEB_URL: { default: http://a }\n"),
      ["WEB_URL", "--into", "host=A"],
      "CONFIG_UNSPLITTABLE",
    ],
    [
      "a value that reads the new name",
      layer(`GREETING=${to("DB_HOST:-nobody")}\n`),
      ["DB_URL", "--into", "host=DB_HOST"],
      "APP_VALUES_CHANGE",
    ],
    [
      "a layer below that is final",
      () => {
        const manifest = scene.read("ringfence.yaml");
        const final = "{ path: config/base.yaml, final: [DB_URL] }";
        scene.write("ringfence.yaml", manifest.replace("config/base.yaml", final));
      },
      ["DB_URL", "--into", "host=DB_HOST"],
      "APP_VALUES_CHANGE",
    ],
  ])("%s", async (_what, arrange, words, code) => {
    arrange();
    const before = texts();
    const { error } = await scene.command(["config", "split", ...words]);
    expect(error?.code).toBe(code);
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(texts()).toEqual(before);
  });
});

test("killed at any commit it is carried on or taken back", { timeout: 300_000 }, async () => {
  const words = (part: string) => ["config", "split", "DB_URL", "--into", part];
  const before = texts();
  const shown = await values();
  const { commits } = (await scene.spawn(words("host=DB_HOST")).ended)!;
  const after = texts();
  const restore = () => FILES.forEach((path, index) => void scene.write(path, before[index]!));
  const seen = { on: 0, back: 0 };
  for (let commit = 2; commit < commits; commit += 2) {
    restore();
    const label = `killed after commit ${commit}`;
    const halt = { signal: "SIGKILL", commit, when: "after" } as const;
    const died = await scene.spawn(words("host=DB_HOST"), { leaseMs: 3_600_000, halt }).ended;
    expect(died, label).toBeUndefined();
    const [interrupted] = await scene.must<OperationView[]>(["operation", "list", "--state", "running"]);
    const isBack = commit % 4 === 0;
    const { error } = await scene.command([
      "operation",
      "resume",
      interrupted!.id,
      ...(isBack ? ["--undo"] : []),
    ]);
    const isPast = error?.code === "OPERATION_PAST_PIVOT";
    if (isPast) await scene.must(["operation", "resume", interrupted!.id]);
    seen[isBack && !isPast ? "back" : "on"] += 1;
    expect(texts(), label).toEqual(isBack && !isPast ? before : after);
    expect(await values(), label).toEqual(shown);
  }
  expect(Object.values(seen).every((times) => times > 0)).toBe(true);
});
