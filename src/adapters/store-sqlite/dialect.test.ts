import { DatabaseSync } from "node:sqlite";
import { type Generated, Kysely } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeSqliteDialect } from "./dialect.ts";

let database: DatabaseSync;
let db: Kysely<{ notes: { id: Generated<number>; text: string } }>;
let begun: () => void;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec("create table notes (id integer primary key, text text not null) strict");
  begun = () => {};
  db = new Kysely({
    dialect: nodeSqliteDialect(database, { path: "notes.db", patienceMs: 0 }, () => begun()),
  });
});

afterEach(() => database.close());

const texts = () =>
  database
    .prepare("select text from notes order by id")
    .all()
    .map(({ text }) => text);

test("queries answer rows, also those of writes that return some", async () => {
  await db.transaction().execute(async (transaction) => {
    const insert = transaction.insertInto("notes").values([{ text: "a" }, { text: "b" }]);
    expect(await insert.returningAll().execute()).toEqual([
      { id: 1, text: "a" },
      { id: 2, text: "b" },
    ]);
    expect(await transaction.selectFrom("notes").select("text").execute()).toEqual([
      { text: "a" },
      { text: "b" },
    ]);
  });
});

test("writes answer how many rows they changed, and the new row's id", async () => {
  await db.transaction().execute(async (transaction) => {
    const added = await transaction
      .insertInto("notes")
      .values([{ text: "a" }, { text: "b" }])
      .executeTakeFirst();
    expect(added).toMatchObject({ numInsertedOrUpdatedRows: 2n, insertId: 2n });
    const removed = await transaction.deleteFrom("notes").executeTakeFirst();
    expect(removed.numDeletedRows).toBe(2n);
  });
});

test("a stream gives every row", async () => {
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto("notes")
      .values(["a", "b", "c", "d", "e"].map((text) => ({ text })))
      .execute();
    const seen: string[] = [];
    for await (const { text } of transaction.selectFrom("notes").select("text").stream(2)) seen.push(text);
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
  });
});

test("nothing runs outside a transaction", async () => {
  await expect(db.insertInto("notes").values({ text: "a" }).execute()).rejects.toThrow("has ended");
  expect(texts()).toEqual([]);
});

test("after SQLite itself has ended the transaction, work that goes on can't write any more", async () => {
  database.exec(`create trigger full before insert on notes when new.text = 'too much'
                 begin select raise(rollback, 'as a full disk does'); end`);
  const work = db.transaction().execute(async (transaction) => {
    await transaction.insertInto("notes").values({ text: "before" }).execute();
    await expect(transaction.insertInto("notes").values({ text: "too much" }).execute()).rejects.toThrow(
      "full",
    );
    await transaction.insertInto("notes").values({ text: "after" }).execute();
  });
  await expect(work).rejects.toThrow("has ended");
  expect(texts()).toEqual([]);
  await db
    .transaction()
    .execute((transaction) => transaction.insertInto("notes").values({ text: "later" }).execute());
  expect(texts()).toEqual(["later"]);
});

test("what the look at the beginning throws ends the transaction", async () => {
  begun = () => {
    throw new Error("not this one");
  };
  const work = db.transaction().execute(async () => expect.unreachable());
  await expect(work).rejects.toThrow("not this one");
  expect(database.isTransaction).toBe(false);
});

test("a full database is STORE_UNWRITABLE", async () => {
  database.exec("pragma max_page_count = 3");
  const work = db.transaction().execute((transaction) =>
    transaction
      .insertInto("notes")
      .values({ text: "x".repeat(100_000) })
      .execute(),
  );
  await expect(work).rejects.toMatchObject({ code: "STORE_UNWRITABLE", where: "notes.db" });
  expect(texts()).toEqual([]);
});
