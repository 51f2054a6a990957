/**
 * Revoking a person: out of every file, everything encrypted anew, what they could read listed until it is rotated.
 * Whatever the instant at which it is killed, it is carried on or taken back.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { RecipientsView, RevocationView } from "../../src/contract/secrets.ts";
import { createIdentity, openSecrets } from "../../src/secrets/index.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { openScene, type Scene } from "./scene.ts";

const TIMEOUT_MS = 300_000;
const LEASE_MS = 3_600_000;
const WORDS = ["secret", "revoke", "eve", "--reason", "she left"];
const FILES = ["secrets/development.yaml", "secrets/staging.yaml", "secrets/production.yaml"] as const;

let scene: Scene;
let eve: { readonly identity: string; readonly recipient: string };
beforeEach(async () => {
  scene = await openScene();
  eve = await createIdentity();
  const manifest = scene
    .read("ringfence.yaml")
    .replace(
      /^ {2}approver: \{ (key: "[^"]+") \}$/m,
      `  approver: { $1, roles: [owner] } # the other one\n  eve: { key: "ed25519:${"A".repeat(43)}=", roles: [owner], recipient: ${eve.recipient} }`,
    )
    .replace(/(development:[^[]*\[)/, "$1person:eve, ")
    .replace(/(production:[^[]*\[)/, "$1role:owner, ");
  scene.write("ringfence.yaml", manifest);
  for (const name of ["development", "production"])
    await scene.must(["secret", "recipients", "apply", "-e", name]);
  scene.commit("eve is here");
});
afterEach(() => scene.shutdownAll());

const running = () => scene.must<OperationView[]>(["operation", "list", "--state", "running"]);
const holders = async (environment: string) =>
  (await scene.must<RecipientsView>(["secret", "recipients", "list", "-e", environment])).holders;

function opensFor(identity: string, file: string, environment: string): boolean {
  try {
    openSecrets(scene.read(file), {
      file,
      expect: { project: "scene", environment },
      identities: [identity],
    });
    return true;
  } catch {
    return false;
  }
}

const isIn = () => FILES.map((file) => opensFor(eve.identity, file, /\/(\w+)/.exec(file)![1]!));

test(
  "she is out of every file, and what she could read is listed until it is rotated",
  async () => {
    expect(isIn()).toEqual([true, false, true]);
    expect((await holders("production")).map(({ name, state }) => `${name} ${state}`)).toContain("eve in");
    const planned = await scene.must<OperationView>([...WORDS, "--dry-run"]);
    expect(planned.state).toBe("planned");
    expect(isIn()).toEqual([true, false, true]);

    await scene.must(["secret", "set", "TOKEN", "-e", "development"], { input: "second token" });
    scene.commit("second");
    const revoked = await scene.must<RevocationView>(WORDS);
    expect(isIn()).toEqual([false, false, false]);
    expect(revoked.secrets.map(({ environment, name, state }) => `${environment} ${name} ${state}`)).toEqual([
      "development TOKEN same",
      "production TOKEN same",
    ]);
    expect(revoked.history).toMatchObject([{ environment: "development", earlier: ["TOKEN"], sealed: 0 }]);
    const manifest = scene.read("ringfence.yaml");
    expect(manifest).toMatch(/^ {2}eve: \{ key: "ed25519:A+=" \}$/m);
    expect(manifest).toContain("# the other one");
    expect(manifest).not.toContain("person:eve");
    expect(manifest).not.toContain("role:owner");

    await scene.must(["secret", "set", "TOKEN", "-e", "production"], { input: "another token" });
    const left = await scene.command(["secret", "revoked"]);
    expect(left.exit).toBe(3);
    expect((left.answer as RevocationView[])[0]!.secrets).toMatchObject([
      { environment: "development", state: "same" },
    ]);
    await scene.must(["secret", "set", "TOKEN", "-e", "development"], { input: "another token as well" });
    expect(await scene.must(["secret", "revoked"])).toEqual([]);
  },
  TIMEOUT_MS,
);

test("what other stores keep for her environments is listed with where it is kept", async () => {
  const reference = "vault://kv/shop#greeting";
  scene.write("config/production.env", `UPSTREAM='${reference}'\n`);
  const manifest = scene.read("ringfence.yaml");
  const declared = "$&  UPSTREAM: { secret: true, doc: the mailer }\n";
  scene.write("ringfence.yaml", manifest.replace(/^ {2}GREETING: .*\n/m, declared));
  const { secrets } = await scene.must<RevocationView>(WORDS);
  expect(secrets).toContainEqual({
    environment: "production",
    name: "UPSTREAM",
    doc: "the mailer",
    reference,
    state: "elsewhere",
  });
  for (const name of ["development", "production"])
    await scene.must(["secret", "set", "TOKEN", "-e", name], { input: `another token of ${name}` });
  expect(await scene.must(["secret", "revoked"]), "its store alone can tell").toEqual([]);
});

test("with --remove she is no person of the project any more", async () => {
  await scene.must([...WORDS, "--remove"]);
  expect(scene.read("ringfence.yaml")).not.toContain("eve:");
  const { error } = await scene.command(["secret", "revoke", "eve"]);
  expect(error).toMatchObject({ code: "APP_BAD_INPUT" });
});

test("nobody revokes themselves, and who can't open every file revokes nobody", async () => {
  expect((await scene.command(["secret", "revoke", "author"])).error).toMatchObject({
    code: "APP_BAD_INPUT",
  });
  const before = FILES.map((file) => scene.read(file));
  rmSync(identityPath(scene.home, "scene", "production"));
  expect((await scene.command(WORDS)).error).toMatchObject({ code: "SECRETS_NO_IDENTITY" });
  expect(FILES.map((file) => scene.read(file))).toEqual(before);
});

test("a person opens with an identity of their own, and only what is theirs", async () => {
  for (const name of ["development", "staging", "production"])
    rmSync(identityPath(scene.home, "scene", name));
  const file = join(scene.home, "people", "eve.identity");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${eve.identity}\n`, { mode: 0o600 });
  const got = await scene.must<{ value: string }>(["secret", "get", "TOKEN", "-e", "development"]);
  expect(got.value).toBe("first token of development");
  const { error } = await scene.command(["secret", "get", "TOKEN", "-e", "staging"]);
  expect(error).toMatchObject({ code: "SECRETS_NO_IDENTITY" });
  expect(error!.why).toContain(file);
});

test("killed anywhere it is carried on or taken back", { timeout: TIMEOUT_MS }, async () => {
  const ended = await scene.spawn(WORDS).ended;
  expect(ended).toMatchObject({ exit: 0, code: null });
  const { commits } = ended!;
  expect(commits).toBeGreaterThan(9);
  const seen = { on: 0, back: 0, done: 0, never: 0 };
  for (let round = 1; round <= commits; round++) {
    // Let in again: the manifest as it was, the files encrypted to her as well.
    const recipients = scene.read("ringfence.yaml");
    scene.write(
      "ringfence.yaml",
      recipients
        .replace(
          /^ {2}eve: \{ (key: "[^"]+") \}$/m,
          `  eve: { $1, roles: [owner], recipient: ${eve.recipient} }`,
        )
        .replace(/(development:[^[]*\[)/, "$1person:eve, ")
        .replace(/(production:[^[]*\[)/, "$1role:owner, "),
    );
    for (const name of ["development", "production"])
      await scene.must(["secret", "recipients", "apply", "-e", name]);
    const before = scene.read("ringfence.yaml");
    const commit = round;
    const when = round % 2 && round < commits ? "before" : "after";
    const halt = { signal: "SIGKILL", commit, when } as const;
    const label = `killed ${halt.when} commit ${commit}`;
    expect(await scene.spawn(WORDS, { leaseMs: LEASE_MS, halt }).ended, label).toBeUndefined();
    const [interrupted] = await running();
    if (!interrupted) {
      const isDone = commit === commits;
      expect(isIn(), label).toEqual([!isDone, false, !isDone]);
      seen[isDone ? "done" : "never"] += 1;
      if (!isDone) await scene.must(WORDS);
    } else {
      const back = round % 4 < 2;
      const { error } = await scene.command([
        ...["operation", "resume", interrupted.id],
        ...(back ? ["--undo"] : []),
      ]);
      const isPast = error?.code === "OPERATION_PAST_PIVOT";
      if (isPast) await scene.must(["operation", "resume", interrupted.id]);
      const isBack = back && !isPast;
      expect(isIn(), label).toEqual([isBack, false, isBack]);
      if (isBack) expect(scene.read("ringfence.yaml"), label).toBe(before);
      seen[isBack ? "back" : "on"] += 1;
      if (isBack) await scene.must(WORDS);
    }
    expect(isIn(), label).toEqual([false, false, false]);
    expect(await running(), label).toEqual([]);
    expect(await scene.must<AuditVerifyView>(["audit", "verify"]), label).toMatchObject({ valid: true });
  }
  expect(Object.values(seen).every((times) => times > 0)).toBe(true);
});
