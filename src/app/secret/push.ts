/** `ringfence secret push NAME`: a new value for a secret, in the store that keeps it. */
import * as z from "zod";
import type { SecretPushView } from "../../contract/secrets.ts";
import type { Plan } from "../../model/operation.ts";
import { defineOperation } from "../definition.ts";
import { type PushFacts, planPush } from "./push-plan.ts";
import { changedSincePlanned, pushSteps, resultsOf, verifyPushed } from "./push-steps.ts";

const factsOf = ({ facts }: Plan): PushFacts => facts as unknown as PushFacts;

export const operation = defineOperation({
  name: "secret push",
  summary: "Replace a secret in the store that keeps it, by a value from standard input",
  scope: "environment",
  input: z.object({ name: z.string().meta({ position: 0, description: "the secret's name" }) }),
  plan: (context, input) => planPush(context, input),
  changed: (context, plan) => changedSincePlanned(context, factsOf(plan)),
  steps: (context, plan) => pushSteps(context, factsOf(plan)),
  verify: (context, plan) => verifyPushed(context, factsOf(plan)),
  async answer({ environment }, record): Promise<SecretPushView> {
    const { name, reference, previous } = factsOf(record.plan);
    return {
      environment: environment.name,
      name,
      reference: reference.text,
      version: resultsOf(record).promoted ?? previous,
      previous,
      isWritten: record.steps.length > 0,
      operation: record.id,
    };
  },
});
