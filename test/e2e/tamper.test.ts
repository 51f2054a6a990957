/** Whoever may write the store, or the spool of `run`, can change the record, but not unseen. */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { leafHash } from "../../src/audit/index.ts";
import { createKeyPair } from "../../src/base/ed25519.ts";
import type { AuditLogView, AuditVerifyView } from "../../src/contract/audit.ts";
import { appendSpool, spoolPath } from "../../src/snapshot/spool.ts";
import { openScene, type Scene } from "./scene.ts";

let scene: Scene;
let store: string;
let checkpoint: string;
let pristine: string;
/** What each test begins with. */
const kept = () => [join(scene.root, ".ringfence"), scene.home];

beforeAll(async () => {
  scene = await openScene();
  store = join(scene.root, ".ringfence", "store.db");
  checkpoint = join(scene.home, globSync("checkpoints/*.txt", { cwd: scene.home })[0]!);
  pristine = join(dirname(scene.root), "pristine");
  for (const [at, folder] of kept().entries())
    cpSync(folder, join(pristine, String(at)), { recursive: true });
});
afterAll(() => scene?.shutdownAll());
beforeEach(() => {
  for (const [at, folder] of kept().entries()) {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(pristine, String(at)), folder, { recursive: true });
  }
});

/** Changes the store's file past its triggers. */
function alter(change: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(store);
  for (const table of ["events", "nodes"])
    database.exec(`drop trigger ${table}_no_update; drop trigger ${table}_no_delete`);
  change(database);
  database.close();
}

/** Exchanges a text by one of the same length wherever it stands in the store's file. */
function exchange(text: string, other: string): void {
  const bytes = readFileSync(store);
  let found = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1), found++)
    bytes.write(other, at);
  expect(found).toBeGreaterThan(0);
  writeFileSync(store, bytes);
}

function cutTail(events: number): void {
  alter((database) => {
    const { size } = database.prepare("select count(*) as size from events").get() as { size: number };
    database.exec(`delete from events where idx >= ${size - events}`);
    database.exec(`delete from nodes where (idx + 1) * (1 << level) > ${size - events}`);
  });
}

function inject(command: string): void {
  const injection = { environment: "development", command, arguments: 0, secrets: ["TOKEN"] };
  appendSpool(scene.root, { ...injection, revision: "sha256:00", method: "flag" });
}

async function verify(): Promise<{ exit: number; codes: string[]; verdict: AuditVerifyView }> {
  const { answer, exit } = await scene.command(["audit", "verify"]);
  const verdict = answer as AuditVerifyView;
  return { exit, verdict, codes: [...new Set(verdict.problems.map(({ code }) => code))].sort() };
}

const secretSet = () => scene.command(["secret", "set", "TOKEN", "-e", "development"], { input: "next" });

test("untouched, it verifies, and goes on doing so", async () => {
  expect(await verify()).toMatchObject({ exit: 0, codes: [], verdict: { valid: true } });
  inject("npm");
  expect((await secretSet()).error).toBeUndefined();
  expect(await verify()).toMatchObject({ exit: 0, codes: [], verdict: { valid: true } });
  const { events } = await scene.must<AuditLogView>(["audit", "log"]);
  expect(events.filter(({ action }) => action === "run.injected")).toMatchObject([{ subject: "npm" }]);
  expect(events.at(-1)).toMatchObject({ action: "secrets.opened", actor: "author", subject: "secret set" });
});

test("a head that is signed late does not take the place of a newer one", async () => {
  const words = ["secret", "set", "TOKEN", "-e", "development"];
  const commits = (await scene.spawn(words, { input: "one" }).ended)!.commits;
  const halt = { signal: "SIGSTOP", commit: commits, when: "after" } as const;
  const late = scene.spawn(words, { input: "two", halt });
  await late.asleep();
  await scene.must(["secret", "set", "TOKEN", "-e", "staging"], { input: "three" });
  await late.wake();
  expect(await late.ended).toMatchObject({ exit: 0 });
  const { verdict } = await verify();
  expect(verdict).toMatchObject({ valid: true, checkpoint: verdict.size });
});

/**
 * What is done to the record, what is said of it, and what becomes of the next operation: refused, or added
 * without hiding what was altered. Only the signer's own folder can make a new beginning.
 */
type Next = "is refused" | "hides nothing" | "begins anew";

const CASES: readonly [string, () => void, readonly string[], Next][] = [
  [
    "a byte of the events is flipped",
    () => exchange('"action":"operation.succeeded"', '"action":"operation.succeedeD"'),
    ["AUDIT_LEAF_MISMATCH", "AUDIT_NODE_MISMATCH", "AUDIT_ROOT_MISMATCH"],
    "hides nothing",
  ],
  [
    "an event is rewritten together with its hash",
    () =>
      alter((database) => {
        const { body } = database.prepare("select body from events where idx = 2").get() as { body: string };
        const forged = body.replace('"author"', '"nobody"');
        expect(forged).not.toBe(body);
        database.prepare("update events set body = ?, leaf = ? where idx = 2").run(forged, leafHash(forged));
      }),
    ["AUDIT_NODE_MISMATCH", "AUDIT_ROOT_MISMATCH"],
    "hides nothing",
  ],
  ["the tail is cut", () => cutTail(3), ["AUDIT_TAIL_CUT"], "is refused"],
  [
    "an event is taken out of the middle",
    () => alter((database) => database.exec("delete from events where idx = 5")),
    ["AUDIT_INDEX_GAP"],
    "hides nothing",
  ],
  [
    "the store is replaced by an empty one",
    () => rmSync(store),
    ["AUDIT_STORE_REPLACED", "AUDIT_TAIL_CUT"],
    "is refused",
  ],
  ["the checkpoint is deleted", () => rmSync(checkpoint), ["AUDIT_CHECKPOINT_MISSING"], "begins anew"],
];

describe.each(CASES)("%s", (_name, tamper, codes, next) => {
  beforeEach(() => tamper());

  test("it is seen", async () => {
    expect(await verify()).toMatchObject({ exit: 1, codes, verdict: { valid: false } });
    expect(await verify()).toMatchObject({ exit: 1, codes });
  });

  test("it is seen also where an injection waits to be taken over", async () => {
    inject("npm");
    expect(await verify()).toMatchObject({ exit: 1, codes });
    expect(readFileSync(spoolPath(scene.root, "development"), "utf8")).toContain('"npm"');
  });

  test(`a new operation ${next}`, async () => {
    const { error, exit } = await secretSet();
    const refused = { exit: 1, code: "AUDIT_LOG_INVALID" };
    expect({ exit, code: error?.code }).toEqual(
      next === "is refused" ? refused : { exit: 0, code: undefined },
    );
    const after = await verify();
    if (next === "begins anew") expect(after).toMatchObject({ exit: 0, codes: [] });
    else expect(after).toMatchObject({ exit: 1, codes: expect.arrayContaining([codes[0]]) });
  });
});

test("a checkpoint of another key is refused, for whatever the record says", async () => {
  const key = join(scene.home, "checkpoints", "key.pem");
  writeFileSync(key, createKeyPair().privatePem, { mode: 0o600 });
  const { error, exit } = await scene.command(["audit", "verify"]);
  expect({ exit, code: error?.code }).toEqual({ exit: 1, code: "AUDIT_CHECKPOINT_INVALID" });
  expect((await secretSet()).error?.code).toBe("AUDIT_CHECKPOINT_INVALID");
});

describe("the spool of run", () => {
  const path = () => spoolPath(scene.root, "development");
  const lines = () => readFileSync(path(), "utf8").trimEnd().split("\n");
  const rewrite = (changed: readonly string[]) => writeFileSync(path(), `${changed.join("\n")}\n`);
  beforeEach(async () => {
    mkdirSync(dirname(path()), { recursive: true });
    // What the scene itself opened is in the record before.
    await scene.must(["audit", "log"]);
    for (const command of ["first", "second", "third"]) inject(command);
  });

  test.each<[string, (lines: string[]) => string[], number]>([
    ["a line is altered", ([first, ...rest]) => [first!.replace("first", "other"), ...rest], 2],
    ["a line is removed", ([first, , third]) => [first!, third!], 2],
    ["lines change places", ([first, second, third]) => [first!, third!, second!], 2],
    ["a line is no entry", ([first, , third]) => [first!, "{}", third!], 2],
    ["the first line is removed", ([, ...rest]) => rest, 1],
  ])("%s: it is seen, recorded, and the file kept", async (_name, change, line) => {
    rewrite(change(lines()));
    const altered = readFileSync(path(), "utf8");
    const seen = await verify();
    expect(seen).toMatchObject({ exit: 1, codes: ["AUDIT_SPOOL_BROKEN"] });
    expect(seen.verdict.problems[0]?.what).toContain(`line ${line} of the spool`);
    const { events } = await scene.must<AuditLogView>(["audit", "log"]);
    expect(events.at(-1)).toMatchObject({ action: "spool.broken", result: "failed" });
    const [broken] = globSync("*.broken", { cwd: dirname(path()) });
    expect(readFileSync(join(dirname(path()), broken!), "utf8")).toBe(altered);
  });
});
