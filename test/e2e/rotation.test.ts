/** Rotating secrets with a service that checks them: what is tried counts, what fails goes back, what is former is given while it counts. */
import { chmodSync, existsSync, renameSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RotatedView, SecretStatusView } from "../../src/contract/rotation.ts";
import type { SettingsView } from "../../src/contract/settings.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { openRotationScene, type RotationScene } from "./rotation-scene.ts";
import type { Scene } from "./scene.ts";

const DAY_MS = 86_400_000;
const ENV = ["-e", "development"];

let at: RotationScene;
let scene: Scene;
beforeAll(async () => {
  at = await openRotationScene();
  scene = at.scene;
});
afterAll(() => at.close());

/** So many days from now. */
const later = (days: number): { options: { clock: Clock } } => ({
  options: { clock: { now: () => Date.now() + days * DAY_MS, wait: async () => {} } },
});
const statusOf = async (days: number) => {
  const { answer, exit } = await scene.command(["secret", "status", ...ENV], later(days));
  const { secrets } = answer as SecretStatusView;
  return { exit, states: Object.fromEntries(secrets.map(({ name, state }) => [name, state])), secrets };
};
const rotate = (...words: string[]) => scene.command(["secret", "rotate", ...words, ...ENV]);
const present = (name: string) => scene.must<{ value: string }>(["secret", "get", name, ...ENV]);

test("how old each is, by its own policy", async () => {
  const policies = { TOKEN: "manual", OAUTH_GOOGLE: "manual" };
  const rows = [
    [0, "current", "current", 0],
    [25, "due", "current", 0],
    [31, "overdue", "current", 3],
    [84, "overdue", "due", 3],
    [91, "overdue", "overdue", 3],
  ] as const;
  for (const [days, password, jwt, exit] of rows)
    expect(await statusOf(days)).toMatchObject({
      exit,
      states: { ...policies, DB_PASSWORD: password, JWT_SECRET: jwt },
    });
});

test("a dry run changes nothing and shows no value", async () => {
  const before = scene.read("secrets/development.yaml");
  const { answer } = await scene.command(["secret", "rotate", "DB_PASSWORD", ...ENV, "--dry-run"]);
  expect(JSON.stringify(answer)).toContain("DB_PASSWORD");
  expect(scene.read("secrets/development.yaml")).toBe(before);
  expect(at.password()).toBe("the first password");
});

test("a new value counts in the service and in the file, the former one is given until it is retired", async () => {
  const { answer, exit } = await rotate("DB_PASSWORD,JWT_SECRET");
  expect({ exit, answer }).toMatchObject({ exit: 0, answer: { names: ["DB_PASSWORD", "JWT_SECRET"] } });
  expect(Object.keys((answer as RotatedView).previousUntil)).toEqual(["DB_PASSWORD"]);
  const kept = at.kept("DB_PASSWORD");
  expect(kept).toMatchObject({ value: at.password(), pending: undefined, previous: "the first password" });
  expect(kept.value).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(at.kept("JWT_SECRET")).toMatchObject({ previous: undefined, pending: undefined });
  expect(await present("DB_PASSWORD_PREVIOUS")).toMatchObject({ value: "the first password" });
  const shown = await scene.must<SettingsView>(["config", "show", ...ENV]);
  expect(shown.settings.DB_PASSWORD_PREVIOUS).toMatchObject({ secret: true, value: null });
  expect((await statusOf(2)).secrets.find(({ name }) => name === "DB_PASSWORD")).toMatchObject({
    retirable: true,
  });
  expect((await statusOf(2)).exit).toBe(3);
  await scene.must(["secret", "retire", ...ENV]);
  expect(at.kept("DB_PASSWORD").previous).toBe("the first password");
  await scene.must(["secret", "retire", ...ENV], later(2));
  expect(at.kept("DB_PASSWORD")).toEqual({ ...kept, previous: undefined });
  expect((await scene.command(["secret", "get", "DB_PASSWORD_PREVIOUS", ...ENV])).error?.code).toBe(
    "SECRETS_UNKNOWN",
  );
});

test("a rollback exchanges the two, also in the service, and makes nothing younger", async () => {
  await rotate("DB_PASSWORD");
  const [before, since] = [at.kept("DB_PASSWORD"), at.kept("DB_PASSWORD").changedAt];
  await scene.must(["secret", "rollback", "DB_PASSWORD", ...ENV]);
  const after = at.kept("DB_PASSWORD");
  expect(after).toMatchObject({ value: before.previous, previous: before.value, pending: undefined });
  expect(at.password()).toBe(after.value);
  expect(Date.parse(after.changedAt!)).toBeLessThan(Date.parse(since!));
});

test("what does not work goes back: file, service and all", async () => {
  const [before, password] = [at.kept("DB_PASSWORD"), at.password()];
  at.behave("refuses new ones");
  const { error } = await rotate("DB_PASSWORD,JWT_SECRET");
  at.behave("well");
  expect(error?.code).toBe("ROTATION_UNVERIFIED");
  expect(at.kept("DB_PASSWORD")).toEqual(before);
  expect(at.password()).toBe(password);
});

test("a hook that fails there and back leaves the new value pending, until it is carried on", async () => {
  const before = at.kept("DB_PASSWORD");
  at.behave("refuses changes");
  expect((await rotate("DB_PASSWORD")).error?.code).toBe("OPERATION_FAILED");
  expect(at.kept("DB_PASSWORD")).toMatchObject({ value: before.value, pending: expect.any(String) });
  expect((await statusOf(0)).exit).toBe(3);
  const [operation] = await scene.must<{ id: string }[]>(["operation", "list", "--state", "running"]);
  at.behave("well");
  await scene.command(["operation", "resume", operation!.id, "--undo"]);
  expect(at.kept("DB_PASSWORD")).toEqual(before);
  expect(at.password()).toBe(before.value);
});

test("a hook that the manifest no longer names is still called on the way back", async () => {
  const [before, manifest] = [at.kept("DB_PASSWORD"), scene.read("ringfence.yaml")];
  const halt = { signal: "SIGKILL", step: "verify DB_PASSWORD" } as const;
  await scene.spawn(["secret", "rotate", "DB_PASSWORD", ...ENV], { leaseMs: 3_600_000, halt }).ended;
  expect(at.password()).not.toBe(before.value);
  scene.write("ringfence.yaml", manifest.replace(/ {6}(?:hook|verify): .*\n/g, ""));
  const [operation] = await scene.must<{ id: string }[]>(["operation", "list", "--state", "running"]);
  await scene.command(["operation", "resume", operation!.id, "--undo"]);
  expect(at.password()).toBe(before.value);
  expect(at.kept("DB_PASSWORD")).toEqual(before);
  scene.write("ringfence.yaml", manifest);
});

test.each<[string[], string, string]>([
  [["OAUTH_GOOGLE"], "", "ROTATION_NO_GENERATOR"],
  [["DB_PASWORD"], "", "SECRETS_UNKNOWN"],
  [[], "", "APP_BAD_INPUT"],
  [["TOKEN", "--due"], "", "APP_BAD_INPUT"],
  [["TOKEN,OAUTH_GOOGLE", "--input"], "x", "APP_BAD_INPUT"],
  [["OAUTH_GOOGLE", "--input"], "given by others", "ROTATION_UNFIT"],
  [["OAUTH_GOOGLE", "--input"], "", "APP_SECRET_INPUT"],
  [["OAUTH_GOOGLE", "--input"], "file:oauth", "ROTATION_ELSEWHERE"],
])("rotate %j with %j is refused: %s", async (words, input, code) => {
  const before = scene.read("secrets/development.yaml");
  const { error } = await scene.command(["secret", "rotate", ...words, ...ENV], { input });
  expect(error?.code).toBe(code);
  expect(scene.read("secrets/development.yaml")).toBe(before);
});

test("a person can give a value, and what is due is found", async () => {
  await scene.must(["secret", "rotate", "OAUTH_GOOGLE", "--input", ...ENV], { input: "new from others\n" });
  expect(at.kept("OAUTH_GOOGLE").value).toBe("new from others");
  expect(await scene.must(["secret", "rotate", "--due", ...ENV])).toMatchObject({ names: [] });
  const found = await scene.must(["secret", "rotate", "--due", ...ENV, "--dry-run"], later(85));
  expect(JSON.stringify(found)).toContain("rotate DB_PASSWORD, JWT_SECRET of development");
});

test("a policy counts for secrets whose declaration says nothing", async () => {
  const manifest = scene.read("ringfence.yaml");
  scene.write("ringfence.yaml", manifest.replace(/policies: \{ /, "policies: { secrets: { rotate: 10d }, "));
  expect((await statusOf(11)).states).toMatchObject({
    TOKEN: "overdue",
    OAUTH_GOOGLE: "manual",
    JWT_SECRET: "current",
  });
  scene.write("ringfence.yaml", manifest);
});

test("a copy is as old as its source; a new name changes neither age nor former value", async () => {
  const { changedAt } = at.kept("JWT_SECRET");
  const copy = [
    "secret",
    "copy",
    "JWT_SECRET",
    "--from",
    "development",
    "-e",
    "staging",
    "--reason",
    "a test",
  ];
  await scene.must(copy);
  expect(at.kept("JWT_SECRET", "staging").changedAt).toBe(changedAt);
  const before = at.kept("DB_PASSWORD");
  expect(before.previous).toEqual(expect.any(String));
  await scene.must(["config", "rename", "DB_PASSWORD", "DATABASE_PASSWORD"]);
  expect(at.kept("DATABASE_PASSWORD")).toEqual(before);
  expect(await present("DATABASE_PASSWORD_PREVIOUS")).toMatchObject({ value: before.previous });
  await scene.must(["config", "rename", "DATABASE_PASSWORD", "DB_PASSWORD"]);
});

test("no program runs that was changed after it was trusted", async () => {
  const text = scene.read("hooks/change.cjs");
  scene.write("hooks/change.cjs", `${text}\n`);
  const before = at.kept("DB_PASSWORD");
  expect((await rotate("DB_PASSWORD")).error?.code).toBe("TRUST_REQUIRED");
  expect(at.kept("DB_PASSWORD")).toEqual(before);
  scene.write("hooks/change.cjs", text);
});

test("what was set in another way is new as well", async () => {
  await scene.must(["secret", "set", "JWT_SECRET", ...ENV], { input: "by hand" });
  const { secrets } = await statusOf(0);
  expect(secrets.find(({ name }) => name === "JWT_SECRET")).toMatchObject({ state: "current" });
});

test("what a layer holds takes over no program of a rotation", async () => {
  const [manifest, layer] = [scene.read("ringfence.yaml"), scene.read("config/development.env")];
  const before = at.kept("OAUTH_GOOGLE");
  scene.write("evil/sh", `#!/bin/sh\ncat > ${scene.root}/evil/taken\n`);
  chmodSync(`${scene.root}/evil/sh`, 0o755);
  scene.write("hooks/show.sh", `env > ${scene.root}/seen\n`);
  const hook = "rotate: { hook: { command: [sh, hooks/show.sh] } }";
  const declared = "PATH: {}\n  LD_DEBUG_OUTPUT: {}\n  HOST: {}\n  ";
  scene.write(
    "ringfence.yaml",
    manifest.replace(
      "OAUTH_GOOGLE: { secret: true, rotate: manual }",
      `${declared}OAUTH_GOOGLE: { secret: true, ${hook} }`,
    ),
  );
  scene.write(
    "config/development.env",
    `${layer}PATH=${scene.root}/evil\nLD_DEBUG_OUTPUT=${scene.root}/evil/out\nHOST=db.test\n`,
  );
  await scene.must(["trust", "--yes"]);
  await scene.must(["secret", "rotate", "OAUTH_GOOGLE", "--input", ...ENV], {
    input: "once more from others",
  });
  const seen = scene.read("seen").split("\n");
  expect(existsSync(`${scene.root}/evil/taken`)).toBe(false);
  expect(seen).toContain(`PATH=${process.env.PATH}`);
  expect(seen).toContain("HOST=db.test");
  expect(seen.join("\n")).not.toContain("LD_DEBUG_OUTPUT");
  scene.write("ringfence.yaml", manifest);
  scene.write("config/development.env", layer);
  expect(at.kept("OAUTH_GOOGLE").value).not.toBe(before.value);
});

test("no other rotation takes the place of a pending value, unless a person says so and why", async () => {
  const words = ["secret", "rotate", "DB_PASSWORD", ...ENV];
  const forgetting = [...words, "--forget-pending", "--reason", "a test"];
  const halt = { signal: "SIGKILL", step: "hook DB_PASSWORD" } as const;
  await scene.must(words);
  await scene.spawn(words, { leaseMs: 3_600_000, halt }).ended;
  const [before, { pending }] = [scene.read("secrets/development.yaml"), at.kept("DB_PASSWORD")];
  expect(pending).toEqual(expect.any(String));
  const [operation] = await scene.must<{ id: string }[]>(["operation", "list", "--state", "running"]);
  const { error } = await scene.command(words);
  expect(error).toMatchObject({ code: "ROTATION_PENDING", fix: expect.stringContaining(operation!.id) });
  expect((await scene.command(forgetting)).error?.code).toBe("OPERATION_UNFINISHED");

  // As it is on a machine that knows nothing of that operation.
  renameSync(`${scene.home}/checkpoints`, `${scene.home}/checkpoints-gone`);
  renameSync(`${scene.root}/.ringfence`, `${scene.root}/.ringfence-gone`);
  for (const [verb, names] of [
    ["rotate", "JWT_SECRET,DB_PASSWORD"],
    ["rollback", "DB_PASSWORD"],
  ] as const)
    expect((await scene.command(["secret", verb, names, ...ENV])).error?.code).toBe("ROTATION_PENDING");
  expect((await scene.command([...words, "--forget-pending"])).error?.code).toBe("APP_BAD_INPUT");
  expect(scene.read("secrets/development.yaml")).toBe(before);
  await scene.must(forgetting);
  const after = at.kept("DB_PASSWORD");
  expect(after).toMatchObject({ value: at.password(), pending: undefined });
  expect(after.value).not.toBe(pending);
});

test("no program is given a reference for a password, and no former value takes its place", async () => {
  scene.write("kept/password", at.password());
  const file = "file:kept/password";
  const stays = async (verb: string) => {
    const [before, password] = [at.kept("DB_PASSWORD"), at.password()];
    expect((await scene.command(["secret", verb, "DB_PASSWORD", ...ENV])).error?.code).toBe(
      "ROTATION_ELSEWHERE",
    );
    expect(at.kept("DB_PASSWORD")).toEqual(before);
    expect(at.password()).toBe(password);
  };
  await rotate("DB_PASSWORD");
  await scene.must(["secret", "set", "DB_PASSWORD", ...ENV], { input: file });
  expect(at.kept("DB_PASSWORD")).toMatchObject({ value: file, previous: expect.any(String) });
  await stays("rollback");
  await stays("rotate");

  const { changedAt } = at.kept("DB_PASSWORD");
  const other = "file:kept/other";
  scene.write("kept/other", at.password());
  await scene.must(["secret", "bind", "DB_PASSWORD", "--to", other, "--adopt", ...ENV], later(1));
  const bound = at.kept("DB_PASSWORD");
  expect(bound).toMatchObject({ value: other, previous: undefined });
  expect(Date.parse(bound.changedAt!)).toBeGreaterThan(Date.parse(changedAt!));
  await stays("rollback");
});
