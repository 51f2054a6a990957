/**
 * `ringfence config sync FROM TO`: structure and plain values flow from one environment to another; what is secret,
 * sensitive or pinned stays. What the target holds is kept as a revision before; nothing is written that is not valid.
 */
import * as z from "zod";
import type { ConfigSyncView } from "../../contract/config-edit.ts";
import { environmentOf } from "../../model/project.ts";
import { defineOperation } from "../definition.ts";
import { editSteps } from "../layer-change.ts";
import { currentRevision } from "../revision.ts";
import { verifyWritten } from "../revision-file.ts";
import { whyNotAsPlanned } from "../revision-steps.ts";
import { editAnswer } from "./edit-answer.ts";
import { planSynchronisation, type SyncFacts, syncGates, syncTexts } from "./sync-plan.ts";

export const operation = defineOperation({
  name: "config sync",
  summary: "Let structure and plain settings flow from one environment into another",
  scope: "environment",
  environmentFlag: "position",
  input: z.object({
    from: z.string().meta({ position: 0, description: "the environment that the settings come from" }),
    theirs: z
      .array(z.string())
      .default([])
      .meta({ description: "settings in conflict that get the value of FROM" }),
    ours: z
      .array(z.string())
      .default([])
      .meta({ description: "settings that keep the value of the environment" }),
    take: z.enum(["from", "to"]).optional().meta({ description: "which value all others in conflict get" }),
  }),
  async plan(context, { from, theirs, ours, take }) {
    return planSynchronisation(context, from, { theirs, ours, take });
  },
  async changed({ app }, plan) {
    const { from, source, revisions } = plan.facts as unknown as SyncFacts;
    const environment = environmentOf(app.project, from);
    if (!environment || currentRevision(app, environment).digest !== source)
      return `the configuration of ${from} was changed meanwhile`;
    return whyNotAsPlanned(app, revisions);
  },
  async gates(context, plan) {
    return syncGates(context, plan.facts as unknown as SyncFacts);
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as SyncFacts;
    return editSteps(context, facts, facts.reason, () => syncTexts(context, facts));
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as SyncFacts;
    return verifyWritten(app, files);
  },
  async answer(_context, record): Promise<ConfigSyncView> {
    const { rows } = record.plan.facts as unknown as SyncFacts;
    return { ...editAnswer(record), settings: rows.map(({ name, fate }) => ({ name, fate })) };
  },
});
