/** `ringfence trust revoke`: nothing of the project is run by Ringfence on this machine any more. */
import * as z from "zod";
import { isRingfenceError } from "../../base/error.ts";
import type { TrustRevokedView } from "../../contract/trust.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { readTrustRecord, removeTrustRecord, trustRecordPath } from "./record-file.ts";

interface Facts {
  readonly programs: readonly string[];
}

/** A record that does not count is forgotten as well. */
function trustedNames(app: App): string[] {
  try {
    return [...new Set((readTrustRecord(app)?.programs ?? []).map(({ name }) => name))];
  } catch (error) {
    if (isRingfenceError(error, "TRUST_RECORD_DAMAGED")) return [];
    throw error;
  }
}

export const operation = defineOperation({
  name: "trust revoke",
  summary: "Forget everything that was trusted of this project on this machine",
  scope: "project",
  anybody: true,
  input: z.object({}),
  async plan({ app }) {
    const programs = trustedNames(app);
    return {
      summary: `trust no program of ${app.project.name}`,
      environment: null,
      effects: [`remove ${trustRecordPath(app)}`, ...programs.map((name) => `no longer run: ${name}`)],
      facts: { programs },
    };
  },
  steps({ app }) {
    return [
      {
        key: "forget",
        title: "forget what was trusted",
        async run() {
          removeTrustRecord(app);
          return null;
        },
      },
    ];
  },
  async answer({ app }, record): Promise<TrustRevokedView> {
    const { programs } = record.plan.facts as unknown as Facts;
    return { project: app.project.name, revoked: programs, operation: record.id };
  },
});
