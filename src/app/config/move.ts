/** `ringfence config move NAME --to LAYER`: a setting moves to another layer in all environments; every value stays. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { editSteps } from "../layer-change.ts";
import { verifyWritten } from "../revision-file.ts";
import { whyNotAsPlanned } from "../revision-steps.ts";
import { editAnswer } from "./edit-answer.ts";
import { type MoveFacts, moveTexts, planMove } from "./move-plan.ts";

export const operation = defineOperation({
  name: "config move",
  summary: "Move a setting to another layer in all environments; every value stays as it is",
  scope: "project",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the setting's name" }),
    to: z
      .string()
      .meta({ description: "the layer's path as the manifest writes it, as in config/{env}.env" }),
    from: z.string().optional().meta({ description: "the layer that it stands in, where several set it" }),
  }),
  plan: (context, { name, from, to }) => planMove(context, { name, from, to }),
  async changed({ app }, plan) {
    return whyNotAsPlanned(app, (plan.facts as unknown as MoveFacts).revisions);
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as MoveFacts;
    return editSteps(context, facts, facts.reason, () => moveTexts(context.app, facts));
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as MoveFacts;
    return verifyWritten(app, files);
  },
  answer: async (_context, record) => editAnswer(record),
});
