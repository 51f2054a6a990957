/** The record of who opened which secrets, the report that is made of it, and who could open them without Ringfence. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditLogView } from "../../src/contract/audit.ts";
import type { SecretAccess } from "../../src/contract/secret-access.ts";
import type { SecretReport } from "../../src/contract/secret-report.ts";
import { createIdentity } from "../../src/secrets/index.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { spoolFolder, spoolPath } from "../../src/snapshot/spool.ts";
import { runWords } from "./command.ts";
import { openScene, type Scene } from "./scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  // What the scene itself opened is in the record before.
  await scene.must(["audit", "log"]);
});
afterEach(() => scene.shutdownAll());

/** What waits in an environment's spool: `command identity secrets`. */
function noted(environment: string): string[] {
  const path = spoolPath(scene.root, environment);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const { event, command, identity, secrets, person } = JSON.parse(line);
    return `${event} ${command} ${identity} ${secrets} ${person}`;
  });
}

describe("what opens secrets is recorded", () => {
  test.each<[readonly string[], string, readonly string[]]>([
    [["config", "show"], "development", ["development"]],
    [["config", "check"], "production", ["production"]],
    [["config", "explain", "TOKEN"], "staging", ["staging"]],
    [["config", "compile"], "production", ["production"]],
    [["config", "diff", "development", "staging"], "", ["development", "staging"]],
    [["config", "matrix"], "", ["development", "staging", "production"]],
    [["isolation"], "", ["development", "staging", "production"]],
  ])("%j in %s: once for each environment", async (words, environment, opened) => {
    const { error } = await scene.command(environment ? [...words, "-e", environment] : words);
    expect(error).toBeUndefined();
    const command = words.filter((word) => /^[a-z]+$/.test(word)).slice(0, words[0] === "isolation" ? 1 : 2);
    for (const name of ["development", "staging", "production"]) {
      const line = `opened ${command.join(" ")} environment TOKEN author`;
      expect([name, noted(name)]).toEqual([name, opened.includes(name) ? [line] : []]);
    }
  });

  test.each([
    ["env", "list"],
    ["secret", "access"],
    ["secret", "list"],
    ["secret", "recipients", "list"],
    ["config", "docs"],
    ["which"],
  ])("%s %s opens nothing", async (...words) => {
    expect((await scene.command(words)).error).toBeUndefined();
    expect(noted("development")).toEqual([]);
  });

  test("before what it was for", async () => {
    await scene.must(["secret", "get", "TOKEN", "-e", "production"]);
    const { events } = await scene.must<AuditLogView>(["audit", "log", "--limit", "2"]);
    expect(events).toMatchObject([
      { action: "secrets.opened", actor: "author", subject: "secret get", details: { secrets: ["TOKEN"] } },
      { action: "secret.read", actor: "author", subject: "TOKEN" },
    ]);
  });

  test("with a personal identity, and with one of a variable", async () => {
    const { text, recipient } = await createIdentity();
    const own = identityPath(scene.home, "scene", "development");
    scene.write(
      "ringfence.yaml",
      scene
        .read("ringfence.yaml")
        .replace(/^ {2}author: \{/m, `  author: { recipient: ${recipient},`)
        .replace(/(development:[^[]*\[)/, "$1person:author, "),
    );
    await scene.must(["secret", "recipients", "apply", "-e", "development"]);
    await scene.must(["audit", "log"]);
    const personal = join(scene.home, "people", "author.identity");
    writeFileSync(personal, text, { mode: 0o600 });
    rmSync(own);
    await scene.must(["secret", "get", "TOKEN", "-e", "development"]);
    const elsewhere = join(dirname(scene.root), "key.txt");
    renameSync(personal, elsewhere);
    const variables = { ...scene.variables, RINGFENCE_IDENTITY_FILE: elsewhere };
    await runWords(["secret", "get", "TOKEN", "-e", "development"], { folder: scene.root, variables });
    const { events } = await scene.must<AuditLogView>(["audit", "log"]);
    const opened = events.filter(
      ({ action, subject }) => action === "secrets.opened" && subject === "secret get",
    );
    expect(opened.map(({ details }) => (details as { identity: string }).identity)).toEqual([
      "personal",
      "variable",
    ]);
  });
});

describe("without a place for the record", () => {
  beforeEach(() => {
    rmSync(spoolFolder(scene.root), { recursive: true });
    writeFileSync(spoolFolder(scene.root), "a file where the folder belongs");
  });

  test("nothing of production is opened", async () => {
    const { answer, error } = await scene.command(["config", "show", "-e", "production"]);
    expect({ answer, code: error?.code }).toEqual({ answer: undefined, code: "SPOOL_UNWRITABLE" });
  });

  test("development is, with a warning", async () => {
    const { error } = await scene.command(["config", "show", "-e", "development"]);
    expect(error).toBeUndefined();
  });
});

test("a query makes no store for it", async () => {
  rmSync(join(scene.root, ".ringfence"), { recursive: true });
  await scene.must(["config", "show", "-e", "production"]);
  expect(noted("production")).toHaveLength(1);
  expect(existsSync(join(scene.root, ".ringfence/store.db"))).toBe(false);
});

test("the report counts what the record and the spools say", async () => {
  await scene.must(["secret", "get", "TOKEN", "-e", "production"]);
  await scene.must(["config", "show", "-e", "development"]);
  const report = await scene.must<SecretReport>(["secret", "report", "--by", "secret"]);
  const rows = report.uses.map(({ name, environments, revealed }) => `${name} ${environments} ${revealed}`);
  expect(rows).toEqual(["TOKEN development 0", "TOKEN production 1", "TOKEN staging 0"]);
  const people = await scene.must<SecretReport>(["secret", "report", "-e", "production", "--since", "1d"]);
  expect(people.uses).toMatchObject([{ name: "author", environments: ["production"], people: ["author"] }]);
  expect(people.uses[0]?.commands).toContain("secret get");
  expect(people.unusual).toMatchObject([{ who: "author", environment: "production", first: "person" }]);
  const { error } = await scene.command(["secret", "report", "--since", "soon"]);
  expect(error).toMatchObject({ code: "APP_BAD_INPUT" });
});

describe("who can open them without Ringfence", () => {
  const access = async (...words: string[]) => {
    const { answer, error, exit } = await scene.command(["secret", "access", ...words]);
    if (error) throw error;
    return { exit, all: answer as SecretAccess[] };
  };

  test("the environment's own identity; in production it takes a signature to write", async () => {
    const { all, exit } = await access();
    expect(exit).toBe(0);
    expect(all.map(({ environment }) => environment)).toEqual(["development", "staging", "production"]);
    const [development, , production] = all;
    expect(development).toMatchObject({ secrets: ["TOKEN"], writers: null, former: [], threshold: 1 });
    expect(development?.holders).toMatchObject([{ name: "development", kind: "identity", state: "in" }]);
    expect(production?.writers).toEqual(["author", "approver"]);
  });

  test("without any identity on this machine", async () => {
    rmSync(join(scene.home, "identities"), { recursive: true });
    expect((await access()).all).toHaveLength(3);
  });

  test("a recipient that the manifest does not know, and who was one in git's history", async () => {
    const eve = await createIdentity();
    const manifest = scene.read("ringfence.yaml");
    const withEve = manifest
      .replace(/^ {2}approver: \{/m, `  approver: { recipient: ${eve.recipient}, roles: [owner],`)
      .replace(/(development:[^[]*\[)/, "$1person:approver, ");
    scene.write("ringfence.yaml", withEve);
    await scene.must(["secret", "recipients", "apply", "-e", "development"]);
    scene.commit("approver is let in");
    const inside = await access("-e", "development");
    expect(inside).toMatchObject({ exit: 0 });
    expect(inside.all[0]?.holders).toContainEqual(
      expect.objectContaining({ name: "approver", kind: "person", state: "in", roles: ["owner"] }),
    );
    scene.write("ringfence.yaml", manifest);
    const strange = await access("-e", "development");
    expect(strange.exit).toBe(3);
    expect(strange.all[0]?.holders).toContainEqual(
      expect.objectContaining({ kind: "unknown", key: eve.recipient, state: "surplus" }),
    );
    await scene.must(["secret", "recipients", "apply", "-e", "development"]);
    scene.write("ringfence.yaml", withEve.replace("person:approver, ", ""));
    const after = await access("TOKEN", "-e", "development");
    expect(after.exit).toBe(0);
    expect(after.all[0]?.former).toMatchObject([{ name: "approver", revisions: 1, secrets: ["TOKEN"] }]);
    await expect(access("TOKN")).rejects.toMatchObject({ code: "SECRETS_UNKNOWN" });
  });
});
