/**
 * `ringfence config rollback REVISION`: the layers' files become again, byte for byte, what they were in a revision.
 * What they hold now is kept as a revision before; the secrets file and the manifest stay as they are.
 */
import * as z from "zod";
import type { ConfigRollbackView } from "../../contract/revision.ts";
import { defineOperation } from "../definition.ts";
import { fileStep, verifyWritten } from "../revision-file.ts";
import { foundStep, keptStep, whyNotAsPlanned } from "../revision-steps.ts";
import { reasonOf } from "./reason.ts";
import { planRollback, type RollbackFacts, rollbackGates } from "./rollback-plan.ts";

export const operation = defineOperation({
  name: "config rollback",
  summary: "Go back to the configuration files of an earlier revision; needs --reason",
  scope: "environment",
  input: z.object({
    revision: z
      .string()
      .meta({ position: 0, description: "the first digits of a revision's digest, or: previous" }),
    shared: z
      .boolean()
      .default(false)
      .meta({ description: "also write files that other environments have as layers" }),
  }),
  async plan(context, { revision, shared }) {
    const why = "a configuration is rolled back only with a reason";
    const reason = reasonOf(context, why, `config rollback ${revision}`);
    return planRollback(context, { revision, shared, reason });
  },
  async changed({ app }, plan) {
    return whyNotAsPlanned(app, (plan.facts as unknown as RollbackFacts).revisions);
  },
  gates: rollbackGates,
  steps(context, plan) {
    const { files, revisions, reason } = plan.facts as unknown as RollbackFacts;
    return [
      foundStep(context, revisions),
      ...files.map((file) => fileStep(context.app, file)),
      keptStep(context, revisions, reason),
    ];
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as RollbackFacts;
    return verifyWritten(app, files);
  },
  async answer({ environment }, record): Promise<ConfigRollbackView> {
    const { target, files, revisions } = record.plan.facts as unknown as RollbackFacts;
    const [own, ...others] = revisions.map(({ environment: name, after }) => ({
      environment: name,
      revision: after,
    }));
    return {
      environment: environment.name,
      target,
      revision: own!.revision,
      files: files.map(({ path }) => path),
      others,
      operation: record.id,
    };
  },
});
