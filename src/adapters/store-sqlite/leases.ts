/** Leases as rows. Their token never falls, whoever asks for it. */
import type { Transaction } from "kysely";
import type { LeaseStore } from "../../ports/store/leases.ts";
import type { Tables } from "./schema.ts";

export function leaseStore(db: Transaction<Tables>): LeaseStore {
  return {
    async get(environment) {
      const row = await db
        .selectFrom("leases")
        .selectAll()
        .where("environment", "=", environment)
        .executeTakeFirst();
      if (!row) return undefined;
      const { expires_at_ms, ...lease } = row;
      return { ...lease, expiresAtMs: expires_at_ms };
    },
    async put({ expiresAtMs, ...lease }) {
      const row = { ...lease, expires_at_ms: expiresAtMs };
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("leases")
        .values(row)
        .onConflict((conflict) =>
          conflict.column("environment").doUpdateSet(row).where("leases.token", "<=", lease.token),
        )
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows === 0n) {
        throw new Error(
          `lease token ${lease.token} of ${lease.environment} is lower than the one that is kept`,
        );
      }
    },
  };
}
