/** Revisions of a configuration through the whole system: what is recorded by whom, and going back to any of it. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SettingsDiffView } from "../../src/contract/comparison.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { ConfigHistoryView, ConfigRecordView, ConfigRollbackView } from "../../src/contract/revision.ts";
import { runWords } from "./command.ts";
import { openScene, type Scene } from "./scene.ts";

const FILE = "config/development.env";
const BASE = "config/base.yaml";
const E = ["-e", "development"];

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.shutdownAll());

const history = (environment = "development") =>
  scene.must<ConfigHistoryView>(["config", "history", "-e", environment]);
const record = (reason: string, environment = "development") =>
  scene.must<ConfigRecordView>(["config", "record", "-e", environment, "--reason", reason]);
const rollback = (revision: string, ...more: string[]) => [
  "config",
  "rollback",
  revision,
  ...E,
  "--reason",
  "it was better",
  ...more,
];
const refusal = async (words: readonly string[]) => {
  const { error, exit } = await scene.command(words);
  return { code: error?.code, exit };
};

/** Records some texts of the file, one revision each. */
async function recorded(...texts: string[]): Promise<ConfigRecordView["revision"][]> {
  const digests: ConfigRecordView["revision"][] = [];
  for (const [at, text] of texts.entries()) {
    scene.write(FILE, text);
    digests.push((await record(`text ${at}`)).revision);
  }
  return digests;
}

describe("history", () => {
  test("begins with the first change by an operation, and with what was found before it", async () => {
    const { unrecorded, revisions } = await history();
    expect(unrecorded).toBeNull();
    expect(revisions).toMatchObject([
      {
        author: "author",
        reason: "secret set TOKEN",
        source: "operation",
        changed: { secrets: true, keys: [] },
      },
      { author: "unknown", source: "files", parent: null, changed: { keys: ["GREETING"], secrets: false } },
    ]);
    expect(revisions[0]!.parent).toBe(revisions[1]!.digest);
  });

  test("shows what is not recorded on top, and records it with a reason", async () => {
    scene.write(FILE, "# more\nGREETING=hello you\nLIMIT=3\n");
    const before = await history();
    expect(before.unrecorded).toMatchObject({ changed: { keys: ["GREETING", "LIMIT"], files: [FILE] } });
    const { revision, recorded: isNew, operation } = await record("a friendlier one");
    expect(isNew).toBe(true);
    const after = await history();
    expect(after).toMatchObject({ unrecorded: null, revisions: { length: before.revisions.length + 1 } });
    expect(after.revisions[0]).toMatchObject({
      digest: revision,
      author: "author",
      reason: "a friendlier one",
      operation,
      changed: { keys: ["GREETING", "LIMIT"], secrets: false, schema: false },
    });
    expect(await record("again")).toMatchObject({ revision, recorded: false });
    expect(await history()).toEqual(after);
  });

  test("a shared file makes a revision in each environment; a declaration makes one too", async () => {
    scene.write(BASE, "GREETING: hi\n");
    scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace("default: 10", "default: 11"));
    for (const name of ["development", "staging"]) {
      expect((await history(name)).unrecorded).toMatchObject({
        changed: { keys: ["GREETING"], schema: true, files: [BASE] },
      });
    }
  });

  test("a revision can be compared with another, with now, and with another environment", async () => {
    const [first, second] = await recorded("GREETING=one\n", "GREETING=two\n");
    scene.write(FILE, "GREETING=three\n");
    const changes = async (a: string, b: string) => {
      const diff = await scene.must<SettingsDiffView>(["config", "diff", a, b]);
      return diff.changes.filter(({ key }) => key === "GREETING").map((change) => [change.a, change.b]);
    };
    const digits = (digest = "") => `development@${digest.slice("sha256:".length, "sha256:".length + 12)}`;
    expect(await changes(digits(first), digits(second))).toEqual([["one", "two"]]);
    expect(await changes("development@previous", "development")).toEqual([["two", "three"]]);
    expect(await changes(digits(first), "staging")).toHaveLength(1);
    expect(await refusal(["config", "diff", "development@0123456789", "development"])).toEqual({
      code: "APP_REVISION_UNKNOWN",
      exit: 2,
    });
  });

  test("limits what it shows, and the last one shown still says what it changed", async () => {
    await recorded("GREETING=a\n", "GREETING=b\n", "GREETING=b\n# text only\n");
    const { revisions } = await scene.must<ConfigHistoryView>(["config", "history", ...E, "--limit", "2"]);
    expect(revisions.map(({ reason, changed }) => [reason, changed.keys])).toEqual([
      ["text 2", []],
      ["text 1", ["GREETING"]],
    ]);
  });

  test("a reason is needed", async () => {
    expect(await refusal(["config", "record", ...E])).toEqual({ code: "APP_BAD_INPUT", exit: 2 });
    expect(await refusal(["config", "rollback", "previous", ...E])).toEqual({
      code: "APP_BAD_INPUT",
      exit: 2,
    });
  });
});

describe("a rollback", () => {
  test("brings the bytes back, keeps what was there, and says who changed it outside", async () => {
    const first = "\ufeffGREETING=hello  # one\r\n\r\nLIMIT = 5";
    const [target] = await recorded(first);
    scene.commit("first");
    scene.write(FILE, "GREETING=oops\n");
    scene.commit("by hand");
    const answer = await scene.must<ConfigRollbackView>(rollback(target!));
    expect(answer).toMatchObject({ target, revision: target, files: [FILE], others: [] });
    expect(scene.read(FILE)).toBe(first);
    const { unrecorded, revisions } = await history();
    expect(unrecorded).toBeNull();
    expect(revisions.slice(0, 3)).toMatchObject([
      { digest: target, author: "author", reason: "it was better", source: "operation" },
      { author: "test", reason: "changed outside Ringfence", source: "files" },
      { digest: target, reason: "text 0" },
    ]);
    await scene.must(rollback("previous"));
    expect(scene.read(FILE)).toBe("GREETING=oops\n");
  });

  test("byte for byte, whatever stood in the file, to any revision", async () => {
    const line = fc.constantFrom("LIMIT=1", "LIMIT = 20", "# ü €", "", "\t", "A\\\\B=1", "LIMIT='3'");
    const text = fc
      .tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
      .map(
        ([lines, end, last]) =>
          ["GREETING=x", ...lines.filter((l) => l !== "A\\\\B=1")].join(end) + (last ? end : ""),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(text, { minLength: 2, maxLength: 4 }),
        fc.nat(),
        async (texts, pick) => {
          const digests = await recorded(...texts);
          const at = pick % (texts.length - 1);
          await scene.must(rollback(digests[at]!.slice(7, 30)));
          expect(scene.read(FILE)).toBe(texts[at]);
          expect((await history()).revisions[0]!.digest).toBe(digests[at]);
        },
      ),
      { numRuns: 6 },
    );
  });

  test("also where it is no UTF-8; through a link, with the permissions that the file has", async () => {
    const real = join(scene.root, "config/really.env");
    const odd = Buffer.from([...Buffer.from("GREETING=a\n# "), 0xff, 0xc3, 0x0a]);
    writeFileSync(real, odd);
    chmodSync(real, 0o600);
    rmSync(join(scene.root, FILE));
    symlinkSync("really.env", join(scene.root, FILE));
    await record("odd bytes");
    scene.write(FILE, "GREETING=b\n");
    await scene.must(rollback("previous"));
    expect(readFileSync(real)).toEqual(odd);
    expect(lstatSync(join(scene.root, FILE)).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });

  test("makes and removes a file; where it is needed and was not there, it is refused", async () => {
    rmSync(join(scene.root, FILE));
    const { revision } = await record("without the file");
    scene.write(FILE, "GREETING=b\n");
    expect(await refusal(rollback(revision))).toEqual({ code: "OPERATION_REFUSED", exit: 10 });
    expect(scene.read(FILE)).toBe("GREETING=b\n");
    scene.write("ringfence.yaml", scene.read("ringfence.yaml").replace("{env}.env", "{env}.env?"));
    await scene.must(rollback(revision));
    expect(existsSync(join(scene.root, FILE))).toBe(false);
    await scene.must(rollback("previous"));
    expect(scene.read(FILE)).toBe("GREETING=b\n");
  });

  test("does not write through a link that leads out of the project", async () => {
    const away = mkdtempSync(join(tmpdir(), "ringfence-away-"));
    try {
      await recorded("GREETING=a\n");
      writeFileSync(join(away, "other"), "GREETING=b\n");
      rmSync(join(scene.root, FILE));
      symlinkSync(join(away, "other"), join(scene.root, FILE));
      expect(await refusal(rollback("previous"))).toEqual({ code: "APP_UNREADABLE", exit: 1 });
      expect(scene.read(FILE)).toBe("GREETING=b\n");
    } finally {
      rmSync(away, { recursive: true });
    }
  });

  test("leaves secrets as they are, also when they have changed", async () => {
    const [target] = await recorded("GREETING=a\n", "GREETING=b\n");
    await scene.must(["secret", "set", "TOKEN", ...E], { input: "rotated" });
    const { plan } = await scene.must<OperationView>(rollback(target!, "--dry-run"));
    expect(plan.effects).toContain("leave secrets/development.yaml as it is: secrets are never rolled back");
    expect(await scene.must(rollback(target!))).toMatchObject({ target });
    expect(await scene.must(["secret", "get", "TOKEN", ...E])).toMatchObject({ value: "rotated" });
    expect(scene.read(FILE)).toBe("GREETING=a\n");
    expect((await history()).revisions[0]!.digest).not.toBe(target);
  });

  test("a dry run shows each key and changes nothing", async () => {
    const [target] = await recorded("GREETING=a\nLIMIT=1\n", "GREETING=b\nTOKEN=\n");
    scene.write(FILE, "GREETING=c\nOTHER=secret once\n");
    const before = await history();
    const { plan, state } = await scene.must<OperationView>(rollback(target!, "--dry-run"));
    expect(state).toBe("planned");
    expect(plan.effects).toContain(`write ${FILE}: GREETING c → a; LIMIT added (1); OTHER removed`);
    expect(scene.read(FILE)).toBe("GREETING=c\nOTHER=secret once\n");
    expect(await history()).toEqual(before);
  });

  test("shows no secret, also where one stood in a layer in plain", async () => {
    const token = "first token of development";
    const [target] = await recorded(`GREETING=${token}\nTOKEN=${token}\nLIMIT=2\n`, "GREETING=b\n");
    const shown = JSON.stringify(await scene.must(rollback(target!, "--dry-run")));
    expect(shown).toContain("GREETING b → [secret]; TOKEN added; LIMIT added (2)");
    expect(shown).not.toContain(token);
  });

  test("of production needs no second person, but one with a key", async () => {
    await record("as it is", "production");
    const text = scene.read("config/production.env");
    scene.write("config/production.env", "GREETING=broken\n");
    const words = ["config", "rollback", "previous", "-e", "production", "--reason", "it is down"];
    const { PATH = "", RINGFENCE_HOME = "" } = scene.variables;
    const nobody = { folder: scene.root, variables: { PATH, RINGFENCE_HOME: `${RINGFENCE_HOME}-of-nobody` } };
    expect((await runWords(words, nobody)).error?.code).toBe("ACCESS_DENIED");
    expect(scene.read("config/production.env")).toBe("GREETING=broken\n");
    await scene.must(words);
    expect(scene.read("config/production.env")).toBe(text);
  });

  test.each([
    ["update texts set bytes = x'41'", "altered"],
    ["delete from texts", "lost"],
  ])("whose text was %s in the store is refused", async (statement) => {
    const [target] = await recorded("GREETING=a\n", "GREETING=b\n");
    const database = new DatabaseSync(join(scene.root, ".ringfence/store.db"));
    database.exec(`drop trigger texts_no_update; drop trigger texts_no_delete; ${statement}`);
    database.close();
    expect(await refusal(rollback(target!))).toEqual({ code: "APP_REVISION_DAMAGED", exit: 1 });
    expect(scene.read(FILE)).toBe("GREETING=b\n");
  });

  test("a file that others have as well is written only where that is said, and they get revisions", async () => {
    const greeting = scene.read(BASE);
    await record("as it is", "staging");
    scene.write(BASE, "GREETING: hi\nLIMIT: 7\n");
    expect(await refusal(rollback("previous"))).toEqual({ code: "OPERATION_REFUSED", exit: 10 });
    expect(scene.read(BASE)).toBe("GREETING: hi\nLIMIT: 7\n");
    const answer = await scene.must<ConfigRollbackView>(rollback("previous", "--shared"));
    expect(answer.others.map(({ environment }) => environment)).toEqual(["staging", "production"]);
    expect(scene.read(BASE)).toBe(greeting);
    for (const name of ["development", "staging", "production"]) {
      const { unrecorded, revisions } = await history(name);
      expect(unrecorded).toBeNull();
      expect(revisions.slice(0, 2)).toMatchObject([
        { reason: "it was better", author: "author", changed: { keys: ["GREETING", "LIMIT"] } },
        { reason: "changed outside Ringfence", changed: { keys: ["GREETING", "LIMIT"] } },
      ]);
    }
  });

  test("is refused where it would break another environment, not where that is broken already", async () => {
    scene.write("config/staging.env", "");
    scene.write(BASE, "LIMIT: 8\n");
    await record("staging has no greeting of its own");
    scene.write(BASE, "GREETING: hi\n");
    const { error } = await scene.command(rollback("previous", "--shared"));
    expect(error).toMatchObject({
      code: "OPERATION_REFUSED",
      details: { gates: [{ name: "settings of staging", state: "shut" }] },
    });
    expect(scene.read(BASE)).toBe("GREETING: hi\n");
    scene.write("config/staging.env", "LIMIT=none\nGREETING=x\n");
    await scene.must(rollback("previous", "--shared"));
    expect(scene.read(BASE)).toBe("LIMIT: 8\n");
  });

  test.each([
    ["nothing like it", "0000000", "APP_REVISION_UNKNOWN"],
    ["no digest", "previos", "APP_REVISION_UNKNOWN"],
    ["a pattern", "%", "APP_REVISION_UNKNOWN"],
  ])("of %s is refused with its code", async (_, word, code) => {
    expect(await refusal(rollback(word))).toEqual({ code, exit: 2 });
  });

  test("to what is there already, or to nothing, is refused", async () => {
    expect(await refusal(rollback("previous"))).toEqual({ code: "APP_NOTHING_TO_ROLL_BACK", exit: 1 });
    const [target] = await recorded("GREETING=a\n");
    expect(await refusal(rollback(target!))).toEqual({ code: "APP_REVISION_PRESENT", exit: 1 });
  });

  test("with digits that several revisions begin with is refused, and names them", async () => {
    const digests = await recorded(...Array.from({ length: 18 }, (_, at) => `GREETING=${at}\n`));
    const firsts = digests.map((digest) => digest[7]!);
    const twice = firsts.find((digit, at) => firsts.indexOf(digit) !== at)!;
    expect(await refusal(rollback(twice))).toEqual({ code: "APP_REVISION_AMBIGUOUS", exit: 2 });
  });
});
