/**
 * `ringfence config fix`: makes the safe fixes for what `config check` finds, in the layers' files. Whatever else is
 * in them stays byte for byte.
 */
import * as z from "zod";
import { digestOfBytes } from "../../base/digest.ts";
import { fixedText, fixWords } from "../../config/index.ts";
import type { ConfigFixView } from "../../contract/check.ts";
import type { Environment } from "../../model/project.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { readLayers } from "../resolution.ts";
import { type FileChange, fileStep, verifyWritten } from "../revision-file.ts";
import { foundStep, keptStep, whyNotAsPlanned } from "../revision-steps.ts";
import { type FixFacts, fixGates, planFix } from "./fix-plan.ts";

/** A file's new bytes, made from what it is when the step runs: the plan holds no value that stands in it. */
function newBytes(app: App, environment: Environment, { path, after }: FileChange, { fixes }: FixFacts) {
  return (): Uint8Array => {
    const layer = readLayers(app, environment).find((one) => one.path === path);
    const now = layer?.text;
    if (now !== undefined && digestOfBytes(now) === after) return Buffer.from(now);
    const text = layer && now !== undefined ? fixedText(layer, fixes, app.project.settings) : "";
    if (digestOfBytes(text) === after) return Buffer.from(text);
    throw appErrors.APP_FILE_CHANGED({
      what: `${path} was changed while it was about to be fixed`,
      where: path,
      why: "writing now would lose that change",
      fix: `ringfence config fix -e ${environment.name}`,
    });
  };
}

export const operation = defineOperation({
  name: "config fix",
  summary: "Make the safe fixes for what config check finds; see them with --dry-run",
  scope: "environment",
  input: z.object({
    shared: z
      .boolean()
      .default(false)
      .meta({ description: "also write files that other environments have as layers" }),
  }),
  plan: (context, { shared }) => planFix(context, shared),
  async changed({ app }, plan) {
    return whyNotAsPlanned(app, (plan.facts as unknown as FixFacts).revisions);
  },
  gates: fixGates,
  steps(context, plan) {
    const facts = plan.facts as unknown as FixFacts;
    const { files, revisions, reason } = facts;
    if (files.length === 0) return [];
    const { app, environment } = context;
    return [
      foundStep(context, revisions),
      ...files.map((file) => fileStep(app, file, newBytes(app, environment, file, facts))),
      keptStep(context, revisions, reason),
    ];
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as FixFacts;
    return verifyWritten(app, files);
  },
  async answer({ environment }, record): Promise<ConfigFixView> {
    const { fixes, left, findings, files } = record.plan.facts as unknown as FixFacts;
    return {
      environment: environment.name,
      fixed: fixes.map(fixWords),
      left,
      findings,
      files: files.map(({ path }) => path),
      operation: record.id,
    };
  },
});
