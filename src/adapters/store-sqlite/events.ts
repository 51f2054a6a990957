/** The record's rows. Bodies are read as bytes: text functions of SQLite stop at a zero byte and forgive bad UTF-8. */
import { sql, type Transaction } from "kysely";
import type { EventStore } from "../../ports/store/events.ts";
import type { Tables } from "./schema.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes that are no UTF-8 come back with a lone surrogate at the end, which no written body can have: the
 * verifier refuses it, where a silent replacement could pass for the original.
 */
function decodeBody(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return `${Buffer.from(bytes).toString("latin1")}\ud800`;
  }
}

export function eventStore(db: Transaction<Tables>): EventStore {
  const size = async () => {
    const last = await db
      .selectFrom("events")
      .select(({ fn }) => fn.max("idx").as("idx"))
      .executeTakeFirst();
    return last?.idx === null || last === undefined ? 0 : last.idx + 1;
  };
  return {
    size,
    async append({ index, body, leaf }, nodes) {
      const next = await size();
      if (index !== next) throw new Error(`event ${index} can't be appended to a record of ${next}`);
      await db.insertInto("events").values({ idx: index, body, leaf }).execute();
      for (const node of nodes) {
        await db
          .insertInto("nodes")
          .values({ level: node.level, idx: node.index, hash: node.hash })
          .execute();
      }
    },
    async range(from, to) {
      const rows = await db
        .selectFrom("events")
        .select(["idx", "leaf", sql<Uint8Array>`cast(body as blob)`.as("bytes")])
        .where("idx", ">=", from)
        .where("idx", "<", to)
        .orderBy("idx")
        .execute();
      return rows.map(({ idx, leaf, bytes }) => ({ index: idx, body: decodeBody(bytes), leaf }));
    },
    async node(level, index) {
      if (level === 0) {
        const leaf = await db.selectFrom("events").select("leaf").where("idx", "=", index).executeTakeFirst();
        return leaf?.leaf;
      }
      const node = await db
        .selectFrom("nodes")
        .select("hash")
        .where("level", "=", level)
        .where("idx", "=", index)
        .executeTakeFirst();
      return node?.hash;
    },
    async spoolHead(spool) {
      const row = await db.selectFrom("spools").select("head").where("name", "=", spool).executeTakeFirst();
      return row?.head;
    },
    async setSpoolHead(spool, head) {
      await db
        .insertInto("spools")
        .values({ name: spool, head })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ head }))
        .execute();
    },
  };
}
