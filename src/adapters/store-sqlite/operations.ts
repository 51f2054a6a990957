/** Operations and approvals as rows. */
import type { Transaction } from "kysely";
import { canonicalJson } from "../../base/canonical-json.ts";
import type { OperationStore } from "../../ports/store/operations.ts";
import type { Tables } from "./schema.ts";

export function operationStore(db: Transaction<Tables>): OperationStore {
  return {
    async get(id) {
      const row = await db.selectFrom("operations").select("body").where("id", "=", id).executeTakeFirst();
      return row && JSON.parse(row.body);
    },
    async list({ environment, state, limit } = {}) {
      const rows = await db
        .selectFrom("operations")
        .select("body")
        .$if(environment !== undefined, (query) => query.where("environment", "=", environment!))
        .$if(state !== undefined, (query) => query.where("state", "=", state!))
        .$if(limit !== undefined, (query) => query.limit(limit!))
        .orderBy("seq", "desc")
        .execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async put(operation) {
      const { id, environment, state } = operation;
      const row = { environment, state, body: canonicalJson(operation) };
      await db
        .insertInto("operations")
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
    async approvals(operation) {
      const rows = await db
        .selectFrom("approvals")
        .select("body")
        .where("operation", "=", operation)
        .execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async approve(approval) {
      const { operation, person } = approval;
      const body = canonicalJson(approval);
      await db
        .insertInto("approvals")
        .values({ operation, person, body })
        .onConflict((conflict) => conflict.columns(["operation", "person"]).doUpdateSet({ body }))
        .execute();
    },
    async voidApprovals(operation) {
      await db.deleteFrom("approvals").where("operation", "=", operation).execute();
    },
  };
}
