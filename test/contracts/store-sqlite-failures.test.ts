/** What the SQLite store promises beyond the contract: several processes, crashes, and files that are no store. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqliteStore, type SqliteStoreOptions } from "../../src/adapters/store-sqlite/index.ts";
import type { Store } from "../../src/ports/store/store.ts";
import { aLease, eventAt } from "./store-records.ts";

let folder: string;
let path: string;
let stores: Store[];
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-store-"));
  path = join(folder, "below", "it", "store.db");
  stores = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child);
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await openSqliteStore({ path, ...options });
  stores.push(store);
  return store;
}

const tokenOf = (store: Store) => store.read(async ({ leases }) => (await leases.get("staging"))?.token);

/** Starts `store-process.ts` and waits until it has printed the word. */
async function start(word: string, ...args: string[]): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("./store-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  for await (const chunk of child.stdout) {
    if (String(chunk).includes(word)) return child;
  }
  throw new Error(`the process ended before it was ${word}`);
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

describe("several processes", () => {
  test("three that change one value 300 times each at once lose nothing", async () => {
    const store = await open();
    const running = await Promise.all([1, 2, 3].map(() => start("ready", "count", path, "300")));
    const ended = running.map((child) => once(child, "exit"));
    for (const child of running) child.stdin?.write("go\n");
    expect(await Promise.all(ended)).toEqual([1, 2, 3].map(() => [0, null]));
    expect(await tokenOf(store)).toBe(900);
  });

  test("one that is killed inside a transaction leaves the state before it", async () => {
    const store = await open();
    await store.transaction(({ leases }) => leases.put(aLease(5)));
    const child = await start("inside", "hold", path);
    await kill(child);
    expect(await tokenOf(store)).toBe(5);
    await store.transaction(({ leases }) => leases.put(aLease(6)));
    expect(await tokenOf(store)).toBe(6);
    expect(await tokenOf(await open())).toBe(6);
  });

  test("a locked store is STORE_BUSY when patience has run out, with nothing written; reads go on", async () => {
    const store = await open({ patienceMs: 120 });
    await store.transaction(({ leases }) => leases.put(aLease(5)));
    const child = await start("inside", "hold", path);
    let called = 0;
    const write = store.transaction(async ({ leases }) => {
      called++;
      await leases.put(aLease(9));
    });
    await expect(write).rejects.toMatchObject({
      code: "STORE_BUSY",
      exit: 11,
      retryable: true,
      where: path,
      message: expect.stringContaining("nothing was written"),
    });
    expect(called).toBe(0);
    expect(await tokenOf(store)).toBe(5);
    await kill(child);
    await store.transaction(({ leases }) => leases.put(aLease(6)));
    expect(await tokenOf(store)).toBe(6);
  });

  test("a lock that is given back within patience is waited for", async () => {
    const store = await open();
    const child = await start("inside", "hold", path);
    const write = store.transaction(({ leases }) => leases.put(aLease(9)));
    await kill(child);
    await write;
    expect(await tokenOf(store)).toBe(9);
  });

  test("a read keeps its view while others write", async () => {
    const store = await open();
    const other = await open();
    await store.read(async ({ leases }) => {
      expect(await leases.get("staging")).toBeUndefined();
      await other.transaction((transaction) => transaction.leases.put(aLease(1)));
      expect(await leases.get("staging")).toBeUndefined();
    });
    expect(await tokenOf(store)).toBe(1);
  });
});

describe("its file", () => {
  test("and the folders above it are made for their owner only", async () => {
    await open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "below")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "below", "it")).mode & 0o777).toBe(0o700);
  });

  test("is written durably, in WAL mode, with foreign keys", async () => {
    await open();
    const database = new DatabaseSync(path);
    expect(database.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    database.close();
  });

  test("missing is STORE_MISSING when it may not be made", async () => {
    await expect(open({ create: false })).rejects.toMatchObject({
      code: "STORE_MISSING",
      exit: 1,
      where: path,
    });
    expect(existsSync(join(folder, "below"))).toBe(false);
  });

  test("empty is no store either", async () => {
    path = join(folder, "empty.db");
    writeFileSync(path, "");
    await expect(open({ create: false })).rejects.toMatchObject({ code: "STORE_MISSING" });
    expect(statSync(path).size).toBe(0);
    await open();
    expect(await tokenOf(await open({ create: false }))).toBeUndefined();
  });

  // Permissions don't stop the superuser, whom tests in containers often run as; a file in the path stops anybody.
  test("in a folder that can't be written is STORE_UNWRITABLE", async () => {
    writeFileSync(join(folder, "below"), "a file, no folder");
    await expect(open()).rejects.toMatchObject({ code: "STORE_UNWRITABLE", exit: 1, where: path });
    await expect(open({ create: false })).rejects.toMatchObject({ code: "STORE_MISSING" });
  });

  test("that is a folder is STORE_UNWRITABLE", async () => {
    path = folder;
    await expect(open()).rejects.toMatchObject({ code: "STORE_UNWRITABLE", where: folder });
  });

  test.each([
    ["text", Buffer.from("this is no database, but long enough to look like one ".repeat(40))],
    ["a database of another program", foreignDatabase()],
    ["a database cut short", foreignDatabase().subarray(0, 5000)],
  ])("that is %s is STORE_DAMAGED and stays as it is", async (_, content) => {
    path = join(folder, "other.db");
    writeFileSync(path, content);
    await expect(open()).rejects.toMatchObject({ code: "STORE_DAMAGED", exit: 1, where: path });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test("damaged while it is open is STORE_DAMAGED", async () => {
    const store = await open();
    await store.transaction(async ({ events }) => {
      for (let index = 0; index < 200; index++) {
        await events.append({ ...eventAt(index), body: JSON.stringify("x".repeat(500)) }, []);
      }
    });
    await store.close();
    const bytes = readFileSync(path);
    // All pages but the first, which holds the schema.
    bytes.fill(0x5a, 4096);
    writeFileSync(path, bytes);
    const again = openSqliteStore({ path }).then(async (reopened) => {
      stores.push(reopened);
      return reopened.read(({ events }) => events.range(0, 200));
    });
    await expect(again).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  });

  test("of a newer program is STORE_NEWER, also when it was changed while open; both versions are named", async () => {
    const store = await open();
    const other = new DatabaseSync(path);
    other.exec("update meta set value = '99' where key = 'schema'");
    other.close();
    const newer = { code: "STORE_NEWER", exit: 1, message: expect.stringMatching(/schema 99.* up to 2$/) };
    await expect(open()).rejects.toMatchObject(newer);
    await expect(tokenOf(store)).rejects.toMatchObject(newer);
    await expect(store.transaction(({ leases }) => leases.put(aLease(1)))).rejects.toMatchObject(newer);
  });

  test("that was opened by two at once for the first time has one id", async () => {
    const opened = await Promise.all([open(), open(), open()]);
    expect(new Set(opened.map((store) => store.id)).size).toBe(1);
  });

  test("refuses changes of what is only ever added, by whomever", async () => {
    const store = await open();
    await store.transaction(({ events }) => events.append(eventAt(0), [{ level: 1, index: 0, hash: "aa" }]));
    const database = new DatabaseSync(path);
    for (const table of ["events", "nodes"]) {
      expect(() => database.exec(`delete from ${table}`)).toThrow("only ever added");
      expect(() => database.exec(`update ${table} set idx = 5`)).toThrow("only ever added");
    }
    database.close();
  });
});

function foreignDatabase(): Buffer {
  const database = new DatabaseSync(":memory:");
  database.exec("create table notes (text text); create index notes_by_text on notes (text)");
  const insert = database.prepare("insert into notes values (?)");
  for (let i = 0; i < 100; i++) insert.run(`note ${i} `.repeat(20));
  const bytes = Buffer.from(database.serialize());
  database.close();
  return bytes;
}
