/** What the commands that change recipients share: the parts of an operation around its plan. */
import type { ConfigEditView } from "../../contract/config-edit.ts";
import type { OperationRecord, Plan } from "../../model/operation.ts";
import type { Context } from "../definition.ts";
import { type RekeyFacts, rekeySteps, verifyRekey, whyRekeyChanged } from "../rekeyed-secrets.ts";

const factsOf = ({ facts }: Plan): RekeyFacts => facts as unknown as RekeyFacts;

/** What such a command answers. */
export function rekeyAnswer({ id, plan }: OperationRecord): ConfigEditView {
  const { files, secrets, revisions, notes } = factsOf(plan);
  return {
    summary: plan.summary,
    files: [...files.map(({ path }) => path), ...secrets.map(({ change }) => change.file)],
    revisions: revisions.map(({ environment, after }) => ({ environment, revision: after })),
    notes,
    operation: id,
  };
}

/** `changed`, `steps` and `verify` of an operation whose facts are {@link RekeyFacts}. */
export const REKEYING = {
  changed: async (context: Context, plan: Plan) => whyRekeyChanged(context, factsOf(plan)),
  steps: (context: Context, plan: Plan) => rekeySteps(context, factsOf(plan)),
  verify: async (context: Context, plan: Plan) => verifyRekey(context, factsOf(plan)),
};
