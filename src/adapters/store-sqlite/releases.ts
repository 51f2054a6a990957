/** Releases as rows that are added and never change. */
import type { Transaction } from "kysely";
import { canonicalJson } from "../../base/canonical-json.ts";
import type { ReleaseStore } from "../../ports/store/releases.ts";
import type { Tables } from "./schema.ts";

export function releaseStore(db: Transaction<Tables>): ReleaseStore {
  return {
    async get(version) {
      const row = await db
        .selectFrom("releases")
        .select("body")
        .where("version", "=", version)
        .executeTakeFirst();
      return row && JSON.parse(row.body);
    },
    async list() {
      const rows = await db.selectFrom("releases").select("body").orderBy("seq", "desc").execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async add(release) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("releases")
        .values({ version: release.version, body: canonicalJson(release) })
        .onConflict((conflict) => conflict.column("version").doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows === 0n) {
        throw new Error(`release ${release.version} exists and is immutable`);
      }
    },
  };
}
