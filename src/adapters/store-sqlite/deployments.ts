/** Deployments, verifications and quarantines as rows. */
import type { Transaction } from "kysely";
import { canonicalJson } from "../../base/canonical-json.ts";
import type { DeploymentStore } from "../../ports/store/deployments.ts";
import type { Tables } from "./schema.ts";

type Deployed = Pick<DeploymentStore, "current" | "history" | "add">;
type Judged = Omit<DeploymentStore, keyof Deployed>;

export function deploymentStore(db: Transaction<Tables>): DeploymentStore {
  return { ...deployed(db), ...judged(db) };
}

function deployed(db: Transaction<Tables>): Deployed {
  const newest = (environment: string, limit: number) =>
    db
      .selectFrom("deployments")
      .select("body")
      .where("environment", "=", environment)
      .orderBy("seq", "desc")
      .limit(limit);
  return {
    async current(environment) {
      const row = await newest(environment, 1).executeTakeFirst();
      return row && JSON.parse(row.body);
    },
    async history(environment, limit) {
      const rows = await newest(environment, limit).execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async add(deployment) {
      const { environment } = deployment;
      await db
        .insertInto("deployments")
        .values({ environment, body: canonicalJson(deployment) })
        .execute();
    },
  };
}

function judged(db: Transaction<Tables>): Judged {
  return {
    async verifications(version) {
      const rows = await db
        .selectFrom("verifications")
        .select("body")
        .where("version", "=", version)
        .orderBy("seq")
        .execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    async verify(verification) {
      const { version } = verification;
      await db
        .insertInto("verifications")
        .values({ version, body: canonicalJson(verification) })
        .execute();
    },
    async quarantine(version) {
      const row = await db
        .selectFrom("quarantines")
        .select("body")
        .where("version", "=", version)
        .executeTakeFirst();
      return row && JSON.parse(row.body);
    },
    async putQuarantine(quarantine) {
      const body = canonicalJson(quarantine);
      await db
        .insertInto("quarantines")
        .values({ version: quarantine.version, body })
        .onConflict((conflict) => conflict.column("version").doUpdateSet({ body }))
        .execute();
    },
    async liftQuarantine(version) {
      await db.deleteFrom("quarantines").where("version", "=", version).execute();
    },
  };
}
