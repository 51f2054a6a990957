/** A store that an earlier schema made: it is brought up to date whole or not at all, by whoever opens it first. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store-sqlite/index.ts";
import type { Store } from "../../src/ports/store/store.ts";
import { anOperation, aRelease, aRevision, digestAt, eventAt } from "./store-records.ts";
import { makeStoreOfSchema1, STORE_ID } from "./store-schema-1.ts";

const SCRIPT = fileURLToPath(new URL("./store-process.ts", import.meta.url));

let folder: string;
let path: string;
let stores: Store[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-upgrade-"));
  path = join(folder, "store.db");
  stores = [];
  makeStoreOfSchema1(path);
});

afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<Store> {
  const store = await openSqliteStore({ path });
  stores.push(store);
  return store;
}

/** The schema that the file says, and its tables and indexes. */
function shape(): { schema: unknown; names: unknown[] } {
  const database = new DatabaseSync(path);
  const names = database.prepare("select name from sqlite_schema order by name").all();
  const row = database.prepare("select value from meta where key = 'schema'").get();
  database.close();
  return { schema: row?.value, names: names.map(({ name }) => name) };
}

async function expectWhole(store: Store): Promise<void> {
  expect(store.id).toBe(STORE_ID);
  await store.read(async ({ events, operations, releases, revisions }) => {
    expect(await events.range(0, 9)).toEqual([eventAt(0)]);
    expect(await operations.list({ state: "running" })).toEqual([anOperation("op_1")]);
    expect(await releases.list()).toEqual([aRelease("1.0.0")]);
    expect(await revisions.current("staging")).toBeUndefined();
  });
  const revision = aRevision(digestAt("a"), null);
  await store.transaction(({ revisions }) => revisions.add(revision));
  expect(await store.read(({ revisions }) => revisions.current("staging"))).toEqual(revision);
}

test("keeps its id and all that is in it, and then has what a new store has", async () => {
  await expectWhole(await open());
  const upgraded = shape();
  await (await openSqliteStore({ path: join(folder, "new.db") })).close();
  path = join(folder, "new.db");
  expect(upgraded).toEqual(shape());
});

/** Runs a process that is killed right before its n-th command to SQLite. @returns the signal that ended it */
async function openAndDie(command: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [SCRIPT, "die", path, String(command)], { stdio: "inherit" });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

test("a process that is killed at any command of the upgrade leaves the old store or the new one", async () => {
  const old = shape();
  const seen = new Set<unknown>();
  for (let command = 1; ; command++) {
    const killed = await openAndDie(command);
    seen.add(shape().schema);
    if (killed === null) break;
    expect(shape(), `killed before command ${command}`).toEqual(old);
  }
  expect([...seen]).toEqual(["1", "2"]);
  await expectWhole(await open());
});

test("after such a death the next one upgrades it", async () => {
  // journal mode, synchronous, begin, the tables: killed before the commit.
  expect(await openAndDie(5)).toBe("SIGKILL");
  await expectWhole(await open());
});

test("three processes and three connections that open it at once upgrade it once", async () => {
  const children = [1, 2, 3].map(() => spawn(process.execPath, [SCRIPT, "count", path, "5"]));
  const ended = children.map((child) => once(child, "exit"));
  const opened = await Promise.all([open(), open(), open()]);
  for (const child of children) child.stdin.end("go\n");
  expect(await Promise.all(ended)).toEqual([1, 2, 3].map(() => [0, null]));
  expect((await opened[0]!.read(({ leases }) => leases.get("staging")))?.token).toBe(15);
  await expectWhole(opened[1]!);
});
