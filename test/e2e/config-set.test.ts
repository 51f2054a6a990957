/** Setting and unsetting plain settings through the whole system: which file is written, and what is refused. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConfigEditView } from "../../src/contract/config-edit.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import type { Explanation } from "../../src/model/setting.ts";
import { openScene, type Scene } from "./scene.ts";

const FILE = "config/development.env";
const BASE = "config/base.yaml";
const E = ["-e", "development"];

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.shutdownAll());

const set = (...words: string[]) => scene.must<ConfigEditView>(["config", "set", ...words, ...E]);
const unset = (...words: string[]) => scene.must<ConfigEditView>(["config", "unset", ...words, ...E]);
const explain = (name: string) => scene.must<Explanation>(["config", "explain", name, ...E]);
const layers = (text: string) =>
  scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace(/^layers: .*$/m, `layers: ${text}`));

/** The code of the refusal; no file has changed. */
async function refused(words: readonly string[]) {
  const paths = [FILE, BASE, "ringfence.yaml", "config/staging.env"].filter((path) =>
    existsSync(join(scene.root, path)),
  );
  const before = paths.map(scene.read);
  const { error, exit } = await scene.command(words);
  expect(paths.map(scene.read)).toEqual(before);
  return { code: error?.code, exit };
}

describe("set", () => {
  test("writes the line of the setting and no other, and records a revision", async () => {
    scene.write(FILE, "# mine\nexport GREETING='hello'  # polite\r\n\nLIMIT=3");
    const answer = await set("LIMIT", "20");
    expect(scene.read(FILE)).toBe("# mine\nexport GREETING='hello'  # polite\r\n\nLIMIT=20");
    expect(answer).toMatchObject({ files: [FILE], notes: [] });
    const { unrecorded, revisions } = await scene.must<ConfigHistoryView>(["config", "history", ...E]);
    expect(unrecorded).toBeNull();
    expect(revisions.slice(0, 2)).toMatchObject([
      { digest: answer.revisions[0]!.revision, reason: "config set LIMIT", changed: { keys: ["LIMIT"] } },
      { source: "files" },
    ]);
  });

  test("a second time there is nothing to do", async () => {
    await set("LIMIT", "20");
    const before = scene.read(FILE);
    expect(await set("LIMIT=20")).toMatchObject({ files: [], revisions: [] });
    expect(scene.read(FILE)).toBe(before);
  });

  test.each([
    ["config/{env}.yaml", "config/development.yaml", "limit: 20\n"],
    ["config/{env}.json", "config/development.json", '{\n  "limit": 20\n}\n'],
    ["deep/er/{env}.env", "deep/er/development.env", "LIMIT=20\n"],
  ])("a missing file of its own is made: %s", async (template, path, text) => {
    layers(`[config/base.yaml, "config/{env}.env", "${template}?"]`);
    await set("LIMIT", "20");
    expect(scene.read(path)).toBe(text);
    expect((await explain("LIMIT")).value).toBe(20);
  });

  test("references are kept, unless the value is literal", async () => {
    await set("GREETING", "limit $" + "{LIMIT}");
    expect((await explain("GREETING")).value).toBe("limit 10");
    await set("GREETING", "limit $" + "{LIMIT}", "--literal");
    expect((await explain("GREETING")).value).toBe("limit $" + "{LIMIT}");
  });

  test("a shared layer is written when it is named, and the others get a revision", async () => {
    const { answer } = await scene.command([
      "config",
      "set",
      "LIMIT",
      "7",
      ...E,
      "--layer",
      BASE,
      "--dry-run",
    ]);
    expect(JSON.stringify(answer)).toContain("change staging as well");
    const { revisions } = await set("LIMIT", "7", "--layer", BASE);
    expect(scene.read(BASE)).toBe("GREETING: hello\nLIMIT: 7\n");
    expect(revisions.map(({ environment }) => environment)).toEqual(["development", "staging", "production"]);
  });

  test("what a later layer overrides is said", async () => {
    const { notes } = await set("GREETING", "hi", "--layer", BASE);
    expect(notes).toEqual([expect.stringContaining(`${FILE}:1`)]);
  });

  test("an error that was there before does not stand in the way", async () => {
    scene.write(FILE, "GREETING=a\nLIMIT=none\n");
    await set("GREETING", "b");
    expect(scene.read(FILE)).toBe("GREETING=b\nLIMIT=none\n");
  });

  test.each([
    [["TOKEN", "x"], "APP_SETTING_SECRET", 2],
    [["LIMT", "x"], "CONFIG_UNKNOWN_KEY", 2],
    [["LIMIT"], "APP_BAD_INPUT", 2],
    [["LIMIT", "none"], "OPERATION_REFUSED", 10],
    [["LIMIT", "0", "--layer", BASE], "OPERATION_REFUSED", 10],
    [["LIMIT", "5", "--layer", "config/none.env"], "APP_LAYER_UNKNOWN", 2],
    [["GREETING", "$" + "{NOBODY}"], "OPERATION_REFUSED", 10],
  ])("%j is refused, and nothing is written", async (words, code, exit) => {
    expect(await refused(["config", "set", ...words, ...E])).toEqual({ code, exit });
  });

  test.each([
    ["the whole", "TOKEN_VALUE", "'$" + "{TOKEN}'"],
    ["inside another", "https://x:TOKEN_VALUE@y", "'https://x:$" + "{TOKEN}@y'"],
    ["encoded", Buffer.from("TOKEN_VALUE").toString("base64"), "'$" + "{NAME}'"],
  ])("the value of a known secret is refused, and stands nowhere: %s", async (_what, value, reference) => {
    await scene.must(["secret", "set", "TOKEN", ...E], { input: "TOKEN_VALUE" });
    const before = await scene.must(["operation", "list"]);
    const text = scene.read(FILE);
    const { error } = await scene.command(["config", "set", "GREETING", value, ...E]);
    expect(error?.code).toBe("APP_SETTING_SECRET");
    expect(error?.fix).toBe(`ringfence config set GREETING ${reference} -e development`);
    expect(JSON.stringify(error)).not.toContain(value);
    expect(scene.read(FILE)).toBe(text);
    expect(await scene.must(["operation", "list"])).toEqual(before);
  });

  test("a shared layer gets no secret of another environment either", async () => {
    await scene.must(["secret", "set", "TOKEN", "-e", "staging"], { input: "another-token" });
    const words = ["config", "set", "GREETING", "another-token", ...E, "--layer", BASE];
    expect(await refused(words)).toEqual({ code: "APP_SETTING_SECRET", exit: 2 });
  });

  test("what is final below is refused", async () => {
    layers('[{ path: config/base.yaml, final: true }, "config/{env}.env"]');
    scene.write(FILE, "LIMIT=3\n");
    expect(await refused(["config", "set", "GREETING", "x", ...E])).toMatchObject({
      code: "APP_LAYER_UNKNOWN",
    });
  });

  test("a project that declares nothing may set anything", async () => {
    scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace(/settings:\n( {2}.*\n)+/, ""));
    scene.write("config/base.yaml", "port: 80\nfeatures: [a]\n");
    await set("PORT", "81", "--layer", BASE);
    await set("FEATURES", "b,c", "--layer", BASE);
    await set("NEW_ONE", "81", "--layer", BASE);
    expect(scene.read(BASE)).toBe('port: 81\nfeatures: [b, c]\nnew_one: "81"\n');
  });
});

describe("unset", () => {
  test("takes the line out, and says what counts then", async () => {
    scene.write(FILE, "# first\nGREETING=hello\n# about it\nLIMIT=3\n");
    const { notes } = await unset("GREETING");
    expect(scene.read(FILE)).toBe("# first\n# about it\nLIMIT=3\n");
    expect(notes).toEqual([expect.stringContaining(`${BASE}:1`)]);
  });

  test("only a layer that is named loses what others share", async () => {
    expect(await refused(["config", "unset", "LIMIT", ...E])).toEqual({
      code: "APP_SETTING_ABSENT",
      exit: 2,
    });
    scene.write(BASE, "GREETING: hello # to all\nlimit: 5\n");
    const { error } = await scene.command(["config", "unset", "LIMIT", ...E]);
    expect(error).toMatchObject({
      code: "APP_SETTING_ABSENT",
      fix: `ringfence config unset LIMIT ${E.join(" ")} --layer ${BASE}`,
    });
    await unset("LIMIT", "--layer", BASE);
    expect(scene.read(BASE)).toBe("GREETING: hello # to all\n");
  });

  test("what is required and set nowhere else stays", async () => {
    scene.write(BASE, "LIMIT: 5\n");
    expect(await refused(["config", "unset", "GREETING", ...E])).toEqual({
      code: "OPERATION_REFUSED",
      exit: 10,
    });
  });
});
