/** Revisions as rows that are added and never change, and the bytes of their files. */
import type { Transaction } from "kysely";
import { canonicalJson } from "../../base/canonical-json.ts";
import type { RevisionStore } from "../../ports/store/revisions.ts";
import type { Tables } from "./schema.ts";

export function revisionStore(db: Transaction<Tables>): RevisionStore {
  const newest = (environment: string) =>
    db.selectFrom("revisions").select("body").where("environment", "=", environment).orderBy("seq", "desc");
  const current: RevisionStore["current"] = async (environment) => {
    const row = await newest(environment).limit(1).executeTakeFirst();
    return row && JSON.parse(row.body);
  };
  return {
    current,
    async history(environment, limit) {
      const rows = await newest(environment).limit(limit).execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async find(environment, prefix) {
      // Every digest that begins with the prefix lies before the prefix followed by what no digest has.
      const rows = await newest(environment)
        .where("digest", ">=", prefix)
        .where("digest", "<", `${prefix}~`)
        .execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async add(revision) {
      const { environment, digest, parent } = revision;
      const latest = (await current(environment))?.digest ?? null;
      if (parent !== latest) throw new Error(`a revision after ${parent} can't follow ${latest}`);
      const body = canonicalJson(revision);
      await db.insertInto("revisions").values({ environment, digest, body }).execute();
    },
    async text(digest) {
      const row = await db
        .selectFrom("texts")
        .select("bytes")
        .where("digest", "=", digest)
        .executeTakeFirst();
      return row?.bytes;
    },
    async putText(digest, bytes) {
      await db
        .insertInto("texts")
        .values({ digest, bytes })
        .onConflict((conflict) => conflict.column("digest").doNothing())
        .execute();
    },
  };
}
