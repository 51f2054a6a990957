/** An environment's identity that is sealed for people, handed out for a time, taken away, and looked at by another. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock-system/index.ts";
import { compileRun } from "../../src/app/run.ts";
import type { AuditLogView } from "../../src/contract/audit.ts";
import type { GlassClosed, GlassOpened, GlassOpening } from "../../src/contract/break-glass.ts";
import type { SecretAccess } from "../../src/contract/secret-access.ts";
import type { RecipientsView, RevocationView } from "../../src/contract/secrets.ts";
import type { Store } from "../../src/ports/store/store.ts";
import { createIdentity, lockIdentities } from "../../src/secrets/index.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { snapshotPath } from "../../src/snapshot/snapshot.ts";
import { runWords } from "./command.ts";
import { openScene, type Scene } from "./scene.ts";

const MINUTE = 60_000;
const GET = ["secret", "get", "TOKEN", "-e", "development"];
const OPEN = ["break-glass", "open", "-e", "development", "--reason", "the shop is down"];

let scene: Scene;
let own: string;
let held: string;
/** What the commands take for the time. */
let now: number;

const at = (words: readonly string[], as = "author") =>
  scene.command([...words, "--as", as], { options: { clock: { ...systemClock, now: () => now } } });

async function must<T>(words: readonly string[], as?: string): Promise<T> {
  const { answer, error } = await at(words, as);
  if (error) throw error;
  return answer as T;
}

const codeOf = async (words: readonly string[], as?: string) => (await at(words, as)).error?.code ?? "ok";

beforeEach(async () => {
  scene = await openScene();
  now = Date.now();
  own = identityPath(scene.home, "scene", "development");
  held = join(scene.home, "break-glass/scene/development.sealed");
  for (const name of ["author", "approver"]) {
    const { text, recipient } = await createIdentity();
    writeFileSync(join(scene.home, "people", `${name}.identity`), text, { mode: 0o600 });
    const manifest = scene.read("ringfence.yaml");
    scene.write("ringfence.yaml", manifest.replace(`  ${name}: {`, `  ${name}: { recipient: ${recipient},`));
  }
  await must(["break-glass", "seal", "-e", "development", "--to", "person:author"]);
  renameSync(own, `${own}.away`);
});
afterEach(() => scene.shutdownAll());

test("who was named gets it, for the time that was said, and every use is marked", async () => {
  expect(await codeOf(GET)).toBe("SECRETS_NO_IDENTITY");
  const { operation, until } = await must<GlassOpened>([...OPEN, "--for", "30m"]);
  expect(Date.parse(until)).toBe(now + 30 * MINUTE);
  now += 29 * MINUTE;
  expect(await codeOf(GET)).toBe("ok");
  now += MINUTE;
  expect([existsSync(held), await codeOf(GET), existsSync(held)]).toEqual([
    true,
    "SECRETS_NO_IDENTITY",
    false,
  ]);
  const { events } = await must<AuditLogView>(["audit", "log"]);
  const marked = events.filter(({ details }) => (details as { handedOut?: string })?.handedOut === operation);
  expect(marked).toMatchObject([
    {
      action: "secrets.opened",
      actor: "author",
      subject: "secret get",
      details: { identity: "break-glass" },
    },
  ]);
});

describe("nobody gets it", () => {
  test.each<[string, readonly string[], string, string]>([
    ["who was not named", OPEN, "approver", "SECRET_BREAK_GLASS_SHUT"],
    ["without a reason", OPEN.slice(0, 4), "author", "APP_BAD_INPUT"],
    ["for longer than the policy says", [...OPEN, "--for", "5h"], "author", "APP_BAD_INPUT"],
    ["for no time", [...OPEN, "--for", "0s"], "author", "APP_BAD_INPUT"],
    ["for what is no time", [...OPEN, "--for", "soon"], "author", "APP_BAD_INPUT"],
    ["of an environment whose identity is here", OPEN.with(3, "staging"), "author", "APP_BAD_INPUT"],
  ])("%s", async (_name, words, as, code) => {
    expect(await codeOf(words, as)).toBe(code);
    expect([existsSync(held), await codeOf(GET)]).toEqual([false, "SECRETS_NO_IDENTITY"]);
  });

  test("who has it, where none is sealed, and without an identity to open it with", async () => {
    renameSync(`${own}.away`, own);
    expect(await codeOf(OPEN)).toBe("APP_BAD_INPUT");
    rmSync(own);
    rmSync(identityPath(scene.home, "scene", "staging"));
    expect(await codeOf(OPEN.with(3, "staging"))).toBe("SECRET_BREAK_GLASS_SHUT");
    rmSync(join(scene.home, "people/author.identity"));
    expect(await codeOf(OPEN)).toBe("SECRET_BREAK_GLASS_SHUT");
  });

  test("when the environment has another identity by now, or the copy was damaged", async () => {
    const path = "secrets/development.break-glass.age";
    const sealed = scene.read(path);
    scene.write(path, sealed.replace(/\n.{8}/, "\nAAAAAAAA"));
    expect(await codeOf(OPEN)).toBe("SECRETS_BAD_IDENTITY");
    scene.write(path, sealed);
    const { recipient } = await createIdentity();
    const manifest = scene.read("ringfence.yaml");
    scene.write("ringfence.yaml", manifest.replace(/(development:[^[]*\[)[^\]]*/, `$1${recipient}`));
    expect(await codeOf(OPEN)).toBe("SECRET_BREAK_GLASS_SHUT");
  });
});

test.each([
  ["before it was opened", -1],
  ["before the latest use", 20 * MINUTE - 1],
])("a clock that is set back to %s ends it", async (_name, later) => {
  const opened = now;
  await must(OPEN);
  now = opened + 20 * MINUTE;
  expect(await codeOf(GET)).toBe("ok");
  now = opened + later;
  expect([await codeOf(GET), existsSync(held)]).toEqual(["SECRETS_NO_IDENTITY", false]);
});

test("what it lies in gives nothing without this machine's key, and nothing when it was altered", async () => {
  await must(OPEN);
  const identity = /AGE-SECRET-KEY-\S+/.exec(readFileSync(`${own}.away`, "utf8"))![0];
  const texts = readdirSync(dirname(held)).map((file) => readFileSync(join(dirname(held), file), "utf8"));
  const plain = texts.flatMap((text) => [text, Buffer.from(text, "base64").toString("latin1")]);
  expect(plain.some((text) => text.includes(identity))).toBe(false);
  const kept = readFileSync(held);
  renameSync(held, held.replace("development", "staging"));
  expect(await codeOf(GET)).toBe("SECRETS_NO_IDENTITY");
  kept[20] = kept[20]! === 65 ? 66 : 65;
  writeFileSync(held, kept, { mode: 0o600 });
  expect([await codeOf(GET), existsSync(held)]).toEqual(["SECRETS_NO_IDENTITY", false]);
});

const compiled = (variables: Readonly<Record<string, string>> = {}) =>
  compileRun({
    folder: scene.root,
    environment: "development",
    force: undefined,
    variables: { ...scene.variables, ...variables },
    warn: () => {},
  });
const isKept = () => existsSync(snapshotPath(scene.root, "development"));

test("a run under it leaves no snapshot, and is marked", async () => {
  now = Date.now();
  const { operation } = await must<GlassOpened>(OPEN);
  const { snapshot } = await compiled();
  expect(snapshot.variables.TOKEN).toBe("first token of development");
  expect(isKept()).toBe(false);
  const [opening] = await must<GlassOpening[]>(["break-glass", "list"]);
  expect(opening).toMatchObject({ operation, state: "open", secrets: ["TOKEN"] });
  rmSync(held);
  await expect(compiled()).rejects.toMatchObject({ code: "SECRETS_NO_IDENTITY" });
});

describe("beside an identity of before, which opens nothing, no run leaves a snapshot", () => {
  beforeEach(async () => {
    now = Date.now();
    writeFileSync(own, (await createIdentity()).text, { mode: 0o600 });
  });

  test("of what was handed out", async () => {
    await must(OPEN);
    expect([(await compiled()).snapshot.variables.TOKEN, isKept()]).toEqual([
      "first token of development",
      false,
    ]);
    await must(["break-glass", "close", "-e", "development"]);
    await expect(compiled()).rejects.toMatchObject({ code: "SECRETS_NO_IDENTITY" });
  });

  test("of what a variable opened", async () => {
    const variables = { RINGFENCE_IDENTITY: readFileSync(`${own}.away`, "utf8") };
    expect([(await compiled(variables)).snapshot.variables.TOKEN, isKept()]).toEqual([
      "first token of development",
      false,
    ]);
    await expect(compiled()).rejects.toMatchObject({ code: "SECRETS_NO_IDENTITY" });
  });
});

test.each([
  ["its close", () => must(["break-glass", "close", "-e", "development"])],
  [
    "its time",
    async () => {
      now += 60 * MINUTE;
      await codeOf(GET);
    },
  ],
])("with %s goes what was compiled", async (_name, end) => {
  await must(OPEN);
  mkdirSync(dirname(snapshotPath(scene.root, "development")), { recursive: true });
  writeFileSync(snapshotPath(scene.root, "development"), "sealed by an earlier version");
  await end();
  expect(isKept()).toBe(false);
});

test("after it was closed, somebody else reviews it; until then the list exits 3", async () => {
  const { operation } = await must<GlassOpened>(OPEN);
  await must(GET);
  const review = ["break-glass", "review", operation, "--reason", "the incident's notes are complete"];
  expect(await codeOf(review, "approver")).toBe("APP_BAD_INPUT");
  expect((await at(["break-glass", "list"])).exit).toBe(0);
  const closed = await must<GlassClosed>(["break-glass", "close", "-e", "development"]);
  expect(closed).toMatchObject({ opening: operation, secrets: ["TOKEN"] });
  expect([existsSync(held), await codeOf(GET)]).toEqual([false, "SECRETS_NO_IDENTITY"]);
  expect(await at(["break-glass", "list"])).toMatchObject({
    exit: 3,
    answer: [{ operation, state: "over", closed: { by: "author" }, review: null, secrets: ["TOKEN"] }],
  });
  expect(await codeOf(review)).toBe("ACCESS_DENIED");
  expect(await codeOf(review.slice(0, 3), "approver")).toBe("APP_BAD_INPUT");
  await must(review, "approver");
  expect(await codeOf(review, "approver")).toBe("APP_BAD_INPUT");
  expect(await at(["break-glass", "list"])).toMatchObject({ exit: 0, answer: [] });
  expect(await must(["break-glass", "list", "--all"])).toMatchObject([{ review: { by: "approver" } }]);
});

test("who opened it can't review it under another name", async () => {
  const { operation } = await must<GlassOpened>(OPEN);
  await must(["break-glass", "close", "-e", "development"]);
  const manifest = scene.read("ringfence.yaml");
  scene.write("ringfence.yaml", manifest.replace(/^ {2}author: /m, "  renamed: "));
  renameSync(join(scene.home, "people/author.key"), join(scene.home, "people/renamed.key"));
  expect(await codeOf(["break-glass", "review", operation, "--reason", "fine"], "renamed")).toBe(
    "ACCESS_DENIED",
  );
});

test("a copy that is put back after the end gives nothing", async () => {
  await must(OPEN);
  const first = readFileSync(held);
  await must(["break-glass", "close", "-e", "development"]);
  writeFileSync(held, first, { mode: 0o600 });
  expect([await codeOf(GET), existsSync(held)]).toEqual(["SECRETS_NO_IDENTITY", false]);
  await must([...OPEN, "--for", "1m"]);
  const second = readFileSync(held);
  const opened = now;
  now += MINUTE;
  expect(await codeOf(GET)).toBe("SECRETS_NO_IDENTITY");
  now = opened;
  for (const copy of [first, second]) {
    writeFileSync(held, copy, { mode: 0o600 });
    expect([await codeOf(GET), existsSync(held)]).toEqual(["SECRETS_NO_IDENTITY", false]);
  }
  await must(OPEN);
  expect(await codeOf(GET)).toBe("ok");
});

test("an identity that opens nothing any more is in nobody's way", async () => {
  writeFileSync(own, (await createIdentity()).text, { mode: 0o600 });
  await must(OPEN);
  expect(await codeOf(GET)).toBe("ok");
});

test("one whose time is over waits for its review as well", async () => {
  const { operation } = await must<GlassOpened>([...OPEN, "--for", "1m"]);
  now += MINUTE;
  expect(await at(["break-glass", "list"])).toMatchObject({ exit: 3, answer: [{ operation, closed: null }] });
  await must(["break-glass", "review", operation, "--reason", "nothing was opened"], "approver");
});

test("one whose process died before it could say so is known all the same, and reviewed", async () => {
  /** Nothing reaches the store once the identity is there. */
  const dying = (store: Store): Store => ({
    id: store.id,
    read: (work) => store.read(work),
    transaction: (work) => (existsSync(held) ? Promise.reject(new Error("died")) : store.transaction(work)),
    close: () => store.close(),
  });
  const options = { clock: { ...systemClock, now: () => now }, wrapStore: dying };
  await scene.command([...OPEN, "--as", "author"], { options }).catch(() => undefined);
  expect([existsSync(held), await codeOf(GET)]).toEqual([true, "ok"]);
  const [opening] = await must<GlassOpening[]>(["break-glass", "list"]);
  const until = new Date(now + 60 * MINUTE).toISOString();
  expect(opening).toMatchObject({ person: "author", state: "open", until, secrets: ["TOKEN"] });
  const review = ["break-glass", "review", opening!.operation, "--reason", "looked at"];
  const { error } = await at(review, "approver");
  expect(error).toMatchObject({
    code: "APP_BAD_INPUT",
    fix: expect.stringMatching(/^# author .*close -e development/),
  });
  now += 60 * MINUTE;
  expect((await at(["break-glass", "list"])).exit).toBe(3);
  await must(review, "approver");
  expect((await at(["break-glass", "list"])).exit).toBe(0);
});

test("a production kind asks another person before", async () => {
  await must(["break-glass", "seal", "-e", "production", "--to", "author,person:approver"]);
  rmSync(identityPath(scene.home, "scene", "production"));
  const open = OPEN.with(3, "production");
  const { answer, error } = await at(open);
  expect(error?.code).toBe("OPERATION_WAITING");
  const { id } = answer as { id: string };
  expect(await at(["secret", "get", "TOKEN", "-e", "production"])).toMatchObject({
    error: { code: "SECRETS_NO_IDENTITY" },
  });
  expect(await must(["break-glass", "list"])).toEqual([]);
  await must(["approve", id], "approver");
  now += MINUTE;
  const opened = await must<GlassOpened>(open);
  expect(opened).toMatchObject({ operation: id, until: new Date(now + 60 * MINUTE).toISOString() });
  await must(["secret", "get", "TOKEN", "-e", "production"]);
});

test("a personal identity under a passphrase opens it with that", async () => {
  const personal = join(scene.home, "people/author.identity");
  writeFileSync(personal, await lockIdentities(readFileSync(personal, "utf8"), "three words long"));
  expect(await codeOf(OPEN)).toBe("SECRETS_IDENTITY_LOCKED");
  const variables = { ...scene.variables, RINGFENCE_PASSPHRASE: "three words long" };
  expect((await runWords(OPEN, { folder: scene.root, variables })).error).toBeUndefined();
  expect(existsSync(held)).toBe(true);
});

test("that one is sealed is shown among who has access; only where the identity is it can be sealed", async () => {
  const access = await must<SecretAccess[]>(["secret", "access"]);
  expect(access.map(({ breakGlass }) => breakGlass)).toEqual([
    "secrets/development.break-glass.age",
    null,
    null,
  ]);
  const seal = ["break-glass", "seal", "-e", "development", "--to"];
  expect(await codeOf([...seal, "author"])).toBe("SECRET_BREAK_GLASS_SHUT");
  renameSync(`${own}.away`, own);
  expect(await codeOf([...seal, "nobody"])).toBe("APP_BAD_INPUT");
  expect(await codeOf([...seal, ","])).toBe("APP_BAD_INPUT");
});

describe("who was named and is revoked", () => {
  const REVOKE = ["secret", "revoke", "author", "--reason", "left the team"];
  const open = async (words = ["secret", "revoked"]) => (await at(words, "approver")).exit;

  beforeEach(() => {
    renameSync(`${own}.away`, own);
  });

  test("could read the secrets, and still can until the environment has another identity", async () => {
    const sealed = readFileSync(join(scene.root, "secrets/development.break-glass.age"));
    const recipient = (
      await must<RecipientsView>(["secret", "recipients", "list", "-e", "development"])
    ).holders
      .filter(({ name }) => name.startsWith("age1"))
      .map((one) => one.recipient);
    const revoked = await must<RevocationView>(REVOKE, "approver");
    expect(revoked.secrets).toMatchObject([{ environment: "development", name: "TOKEN", state: "same" }]);
    expect(revoked.sealed).toMatchObject([{ environment: "development", identities: recipient }]);
    const { exit } = await scene.command(
      ["secret", "set", "TOKEN", "-e", "development", "--as", "approver"],
      {
        input: "another token",
      },
    );
    expect([exit, await open()]).toEqual([0, 3]);
    expect(sealed.length).toBeGreaterThan(0);
    const manifest = scene.read("ringfence.yaml");
    const next = await createIdentity();
    scene.write("ringfence.yaml", manifest.replaceAll(recipient[0]!, next.recipient));
    expect(await open()).toBe(0);
  });

  test("who was not named has none, unless nobody knows for whom a copy was sealed", async () => {
    const other = REVOKE.with(2, "approver");
    const plan = async () => JSON.stringify(await must([...other, "--dry-run"]));
    expect(await plan()).not.toContain("break-glass.age");
    scene.write("secrets/development.break-glass.age", "a copy that came from elsewhere");
    expect(await plan()).toContain("break-glass.age");
  });
});
