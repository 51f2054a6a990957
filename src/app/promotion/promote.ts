/** `ringfence promote VERSION --to ENVIRONMENT`: moves a release into a stage, through its gates, blue-green. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { promotionGates } from "./gates.ts";
import { planRollout, rolloutFailed } from "./plan.ts";
import { rolloutSteps, verifyRollout } from "./rollout.ts";

export const operation = defineOperation({
  name: "promote",
  summary: "Move a release into an environment, through its gates, blue-green",
  scope: "environment",
  environmentFlag: "to",
  input: z.object({ version: z.string().meta({ position: 0, description: "the release's version" }) }),
  plan: ({ app, environment }, { version }) => planRollout(app, environment, version),
  gates: promotionGates,
  steps: rolloutSteps,
  verify: verifyRollout,
  failed: rolloutFailed,
});
