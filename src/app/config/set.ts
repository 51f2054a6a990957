/** `ringfence config set NAME VALUE`: a plain setting gets a value in a layer of its environment, losing nothing. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { editSteps, filesGates } from "../layer-change.ts";
import { verifyWritten } from "../revision-file.ts";
import { whyNotAsPlanned } from "../revision-steps.ts";
import { editAnswer } from "./edit-answer.ts";
import { planSet, type SetFacts, setTexts } from "./set-plan.ts";

/** `NAME VALUE`, or `NAME=VALUE` as one word. @throws APP_BAD_INPUT */
function assignmentOf(word: string, value: string | undefined): { name: string; value: string } {
  if (value !== undefined) return { name: word, value };
  const equals = word.indexOf("=");
  if (equals > 0) return { name: word.slice(0, equals), value: word.slice(equals + 1) };
  throw appErrors.APP_BAD_INPUT({
    what: `${word} is given no value`,
    where: "ringfence config set",
    why: "an empty one is written as well",
    fix: `ringfence config set ${word} ''`,
  });
}

export const operation = defineOperation({
  name: "config set",
  summary: "Set a plain setting in an environment's own layer",
  scope: "environment",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the setting's name, or NAME=VALUE" }),
    value: z.string().optional().meta({ position: 1, description: "its value; references are kept as such" }),
    layer: z.string().optional().meta({
      description: "the file to write, one of the environment's layers; a shared one changes others as well",
    }),
    literal: z
      .boolean()
      .default(false)
      .meta({ description: "the value has no references: what looks like one is text" }),
  }),
  plan(context, { name: word, value: given, layer, literal }) {
    const { name, value } = assignmentOf(word, given);
    return planSet(context, {
      name,
      value,
      literal,
      layer,
      reason: context.reason ?? `config set ${name}`,
    });
  },
  async changed({ app }, plan) {
    return whyNotAsPlanned(app, (plan.facts as unknown as SetFacts).revisions);
  },
  async gates(context, plan) {
    const facts = plan.facts as unknown as SetFacts;
    return filesGates(context.app, facts, setTexts(context, facts), context.environment.name);
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as SetFacts;
    return editSteps(context, facts, facts.reason, () => setTexts(context, facts));
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as SetFacts;
    return verifyWritten(app, files);
  },
  answer: async (_context, record) => editAnswer(record),
});
