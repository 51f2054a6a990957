/** Somebody who may write the store's file changes the record, past its triggers: the verifier must see it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store-sqlite/index.ts";
import {
  appendEvent,
  type Checkpoint,
  openCheckpoint,
  rootAt,
  signCheckpoint,
  verifyLog,
} from "../../src/audit/index.ts";
import { createKeyPair } from "../../src/base/ed25519.ts";
import type { AuditEvent } from "../../src/model/audit-event.ts";
import type { Store } from "../../src/ports/store/store.ts";

const SIZE = 6;

function anEvent(number: number): AuditEvent {
  return {
    at: `2026-11-21T12:00:0${number}.000Z`,
    actor: "alice",
    host: "host",
    action: "step.done",
    environment: "staging",
    subject: `step ${number}`,
    operation: "op_1",
    reason: number === 2 ? "ü€😀\ufffd" : null,
    result: "ok",
    details: { number },
  };
}

describe("a record of six events in a SQLite file", () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-store-"));
  let store: Store;
  let database: DatabaseSync;
  let checkpoint: Checkpoint;

  beforeAll(async () => {
    const path = join(folder, "store.db");
    store = await openSqliteStore({ path });
    const root = await store.transaction(async ({ events }) => {
      for (let number = 0; number < SIZE; number++) await appendEvent(events, anEvent(number));
      return rootAt(events, SIZE);
    });
    const key = createKeyPair();
    const signed = signCheckpoint(
      { origin: store.id, size: SIZE, root },
      { name: "test", privatePem: key.privatePem },
    );
    checkpoint = openCheckpoint(signed, { name: "test", publicText: key.publicText, origin: store.id });
    database = new DatabaseSync(path);
    // Durability is of no interest here, and there are thousands of changes.
    database.exec("pragma synchronous = off");
    for (const table of ["events", "nodes"]) {
      database.exec(`drop trigger ${table}_no_update; drop trigger ${table}_no_delete`);
    }
  });

  afterAll(async () => {
    database.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const verdict = () => store.read(({ events }) => verifyLog(events, checkpoint));

  /** Makes a change in the file, verifies, and undoes it by putting the old rows back. */
  async function verdictAfter(change: () => void) {
    const rows = database.prepare("select idx, cast(body as blob) as body, leaf from events").all();
    const nodes = database.prepare("select level, idx, hash from nodes").all();
    change();
    const found = await verdict();
    database.exec("begin; delete from events; delete from nodes");
    const event = database.prepare("insert into events values (?, cast(? as text), ?)");
    for (const row of rows) event.run(row.idx!, row.body!, row.leaf!);
    const node = database.prepare("insert into nodes values (?, ?, ?)");
    for (const row of nodes) node.run(row.level!, row.idx!, row.hash!);
    database.exec("commit");
    return found;
  }

  /** A text column's bytes with the same text's key, so that every one of them can be changed. */
  function cells(table: string, column: string) {
    const rows = database
      .prepare(`select rowid as row, cast(${column} as blob) as bytes from ${table}`)
      .all();
    const update = database.prepare(`update ${table} set ${column} = cast(? as text) where rowid = ?`);
    return rows.map((row) => ({
      bytes: Buffer.from(row.bytes as Uint8Array),
      write: (bytes: Uint8Array) => update.run(bytes, row.row!),
    }));
  }

  test("verifies untouched, before and after a change that is undone", async () => {
    expect(await verdict()).toEqual({
      size: SIZE,
      root: checkpoint.root,
      signed: SIZE,
      valid: true,
      problems: [],
    });
    expect((await verdictAfter(() => database.exec("delete from nodes"))).valid).toBe(false);
    expect((await verdict()).valid).toBe(true);
  });

  test.each([
    ["body", "AUDIT_ROOT_MISMATCH"],
    ["leaf", "AUDIT_LEAF_MISMATCH"],
  ])("any flipped byte of any event's %s is seen", async (column, code) => {
    let flips = 0;
    for (const { bytes, write } of cells("events", column)) {
      for (let at = 0; at < bytes.length; at++) {
        for (const bit of [at % 8, 7]) {
          const flipped = Buffer.from(bytes);
          flipped[at]! ^= 1 << bit;
          write(flipped);
          const { valid, problems } = await verdict();
          expect(valid, `byte ${at}, bit ${bit} of ${bytes}`).toBe(false);
          expect(problems.map((problem) => problem.code)).toContain(code);
          flips++;
        }
      }
      write(bytes);
    }
    expect(flips).toBeGreaterThan(SIZE * 2 * 60);
    expect((await verdict()).valid).toBe(true);
  });

  test("bad UTF-8 that many decoders read as the replacement character that stands there is seen", async () => {
    const { bytes, write } = cells("events", "body")[2]!;
    const at = bytes.indexOf(Buffer.from("\ufffd"));
    const forged = Buffer.from(bytes);
    forged[at] = 0xf0;
    expect(forged.toString()).toBe(bytes.toString());
    expect((await verdictAfter(() => write(forged))).valid).toBe(false);
  });

  test("bytes after a zero byte, where texts of C end, are seen", async () => {
    const { bytes, write } = cells("events", "body")[1]!;
    expect((await verdictAfter(() => write(Buffer.concat([bytes, Buffer.from("\0more")])))).valid).toBe(
      false,
    );
  });

  test.each(Array.from({ length: SIZE }, (_, kept) => kept))(
    "a tail cut down to %i is seen",
    async (kept) => {
      const { problems } = await verdictAfter(() => {
        database.exec(`delete from events where idx >= ${kept};
                     delete from nodes where (idx + 1) * (1 << level) > ${kept}`);
      });
      expect(problems).toMatchObject([{ index: kept, code: "AUDIT_TAIL_CUT" }]);
    },
  );

  test.each(Array.from({ length: SIZE - 1 }, (_, index) => index))(
    "a missing event %i is seen",
    async (index) => {
      const { problems } = await verdictAfter(() => database.exec(`delete from events where idx = ${index}`));
      expect(problems).toContainEqual(expect.objectContaining({ index, code: "AUDIT_INDEX_GAP" }));
    },
  );

  test("a changed or removed node is seen", async () => {
    const changed = await verdictAfter(() =>
      database.exec("update nodes set hash = leaf from events where level = 2"),
    );
    expect(changed.problems).toMatchObject([{ index: 3, code: "AUDIT_NODE_MISMATCH" }]);
    const removed = await verdictAfter(() => database.exec("delete from nodes where level = 1 and idx = 2"));
    expect(removed.problems).toMatchObject([{ index: 5, code: "AUDIT_NODE_MISMATCH" }]);
  });
});
