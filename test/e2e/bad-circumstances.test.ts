/** Bad circumstances through the built command line: replays, locked and damaged stores, nested runs; nothing lost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BadScene, expectRefusal, openBadScene, secretsOf } from "./bad-scene.ts";

let scene: BadScene;

beforeAll(async () => {
  scene = await openBadScene();
});

afterAll(() => scene.close());

test("an older secrets file that is put back is a replay", () => {
  const old = scene.read(secretsOf("development"));
  scene.must(["secret", "set", "TOKEN", "-e", "development"], "second-token");
  const now = scene.read(secretsOf("development"));
  scene.write(secretsOf("development"), old);
  expectRefusal(scene.run(["config", "show", "-e", "development", "--json"]), "SECRETS_REPLAYED", 12);
  expectRefusal(scene.run(["run", "--json", "-e", "development", "--", "true"]), "SECRETS_REPLAYED", 12);
  scene.write(secretsOf("development"), now);
  scene.must(["config", "show", "-e", "development"]);
});

test("a run after each secret that is set has the new value", () => {
  for (const value of ["third-token", "fourth-token"]) {
    scene.must(["secret", "set", "TOKEN", "-e", "development"], value);
    const ran = scene.must([
      "run",
      "-e",
      "development",
      "--",
      "sh",
      "-c",
      'test "$TOKEN" = "$0" && echo same',
      value,
    ]);
    expect(ran.stdout).toBe("same\n");
  }
});

test("run --dry-run says what would run, and runs nothing", () => {
  const { stdout } = scene.must([
    "run",
    "--dry-run",
    "--json",
    "-e",
    "development",
    "--",
    "touch",
    "started",
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    environment: "development",
    command: "touch",
    secrets: ["TOKEN"],
  });
  expect(existsSync(join(scene.root, "started"))).toBe(false);
});

test("a key file that others can read is refused", () => {
  chmodSync(scene.identityOf("development"), 0o644);
  expectRefusal(scene.run(["config", "show", "-e", "development", "--json"]), "SNAPSHOT_KEY_UNUSABLE", 12);
  chmodSync(scene.identityOf("development"), 0o600);
});

test("production is never selected by a variable alone", () => {
  const variables = { ENVIRONMENT: "production" };
  for (const words of [
    ["run", "--json", "--", "true"],
    ["secret", "set", "TOKEN", "--json"],
    ["env", "stop", "--json"],
  ]) {
    const ran = scene.run(words, { variables, input: "a-value" });
    expectRefusal(ran, "GUARD_PRODUCTION_NOT_EXPLICIT", 10);
  }
  expect(scene.run(["which", "--json"], { variables }).stdout).toContain('"variable"');
});

test("a run inside another environment's run is refused", () => {
  const ran = scene.run(["run", "--json", "-e", "development", "--", "true"], {
    variables: { RINGFENCE_ENVIRONMENT: "staging" },
  });
  expectRefusal(ran, "GUARD_NESTED", 10);
});

test("a store that another process has locked", { timeout: 60_000 }, async () => {
  const script = `const { DatabaseSync } = require("node:sqlite");
    const db = new DatabaseSync(process.argv[1]); db.exec("BEGIN IMMEDIATE"); console.log("locked"); process.stdin.resume();`;
  const holder = spawn(process.execPath, ["-e", script, join(scene.root, ".ringfence", "store.db")]);
  try {
    await once(holder.stdout, "data");
    const before = scene.fingerprint();
    expectRefusal(
      scene.run(["secret", "set", "TOKEN", "-e", "development", "--json"], { input: "never-kept" }),
      "STORE_BUSY",
      11,
    );
    expect(scene.fingerprint()).toBe(before);
  } finally {
    holder.kill();
    await once(holder, "close");
  }
  scene.must(["operation", "list"]);
});

describe("a state folder that can't be used", () => {
  // Root may write anywhere: a file in the place of the folder is what nobody can write into.
  const state = () => join(scene.root, ".ringfence");
  test("mutations are refused, reads of the configuration work", () => {
    renameSync(state(), `${state()}.aside`);
    writeFileSync(state(), "");
    try {
      const before = scene.fingerprint();
      const ran = scene.run(["secret", "set", "TOKEN", "-e", "development", "--json"], {
        input: "never-kept",
      });
      expect(ran.error?.code).toMatch(/^STORE_UNWRITABLE$/);
      expect(ran.exit).toBe(1);
      expect(scene.fingerprint()).toBe(before);
      scene.must(["config", "show", "-e", "development"]);
      // Production keeps its output there; where the record alone can't be kept, src/cli/run/hot.test.ts says what then.
      expectRefusal(scene.run(["run", "--json", "-e", "production", "--", "true"]), "RUN_LOG_UNWRITABLE", 10);
    } finally {
      rmSync(state());
      renameSync(`${state()}.aside`, state());
    }
  });

  test("a damaged store", () => {
    const path = join(state(), "store.db");
    const before = readFileSync(path);
    for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
    writeFileSync(path, Buffer.concat([Buffer.from("this is no database"), before.subarray(19)]));
    try {
      expectRefusal(scene.run(["operation", "list", "--json"]), "STORE_DAMAGED", 1);
    } finally {
      writeFileSync(path, before);
    }
    scene.must(["operation", "list"]);
  });
});
