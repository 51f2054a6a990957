/**
 * `ringfence config split NAME --into host=HOST`: parts of a URL become settings of their own in every layer that sets
 * it, and it refers to them, as one operation after which every value is what it was.
 */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { draftStep } from "../layer-change.ts";
import { following, outsideOf } from "../manifest-change.ts";
import { fileStep, verifyWritten, whyFilesChanged } from "../revision-file.ts";
import { foundStep, keptStep, whyNotAsPlanned } from "../revision-steps.ts";
import { editAnswer } from "./edit-answer.ts";
import { partNames } from "./split-places.ts";
import { planSplit, type SplitFacts, splitTexts } from "./split-plan.ts";

export const operation = defineOperation({
  name: "config split",
  summary: "Split a URL into settings of their own in all environments; every value stays as it is",
  scope: "project",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the setting that is a URL" }),
    into: z.array(z.string()).meta({
      description:
        "PART=NEW_NAME, where the part is scheme, user, host, port, path or query; may be repeated",
    }),
  }),
  plan: (context, { name, into }) => planSplit(context, { name, into: partNames(name, into) }),
  async changed({ app }, plan) {
    const { files, revisions } = plan.facts as unknown as SplitFacts;
    return whyFilesChanged(app, files) ?? whyNotAsPlanned(app, revisions);
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as SplitFacts;
    const { app } = context;
    const { files, revisions, reason } = facts;
    return [
      foundStep(context, revisions),
      draftStep(app, files, () => splitTexts(app, facts), outsideOf(app, files)),
      ...files.map((file) => fileStep(app, file)),
      keptStep({ app: following(app) }, revisions, reason),
    ];
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as SplitFacts;
    return verifyWritten(app, files);
  },
  answer: async (_context, record) => editAnswer(record),
});
