/**
 * `ringfence env create NAME`: an entry in the manifest and the files of a template. The files come first and the
 * manifest last: an environment is there once everything of it is.
 */
import * as z from "zod";
import { shellWord } from "../../base/shell-word.ts";
import type { CreatedEnvironmentView } from "../../contract/environment.ts";
import type { Plan } from "../../model/operation.ts";
import { defineOperation, type Step } from "../definition.ts";
import { fileStep, verifyWritten } from "../revision-file.ts";
import { type CreateFacts, planCreate } from "./create-plan.ts";

const factsOf = (plan: Plan) => plan.facts as unknown as CreateFacts;

export const operation = defineOperation({
  name: "env create",
  summary: "Make a new environment from a template of the manifest, complete and valid at once",
  scope: "project",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the environment's name" }),
    template: z.string().optional().meta({ description: "the template; without one only the entry is made" }),
    set: z.array(z.string()).default([]).meta({ description: "a parameter of the template, NAME=VALUE" }),
    kind: z.string().optional().meta({ description: "its kind; the template's unless told" }),
  }),
  async plan({ app }, input) {
    const facts = planCreate(app, input);
    const { name, kind, files, secrets } = facts;
    return {
      summary: `make the environment ${name}, of kind ${kind}`,
      environment: null,
      effects: [
        ...files.map(({ change }) => `make ${change.path}`),
        `add environments.${name} to ${app.project.manifest}`,
        ...(secrets.length > 0 ? [`leave to be set afterwards: ${secrets.join(", ")}`] : []),
      ],
      facts: { ...facts } as never,
    };
  },
  steps({ app }, plan) {
    const { files, manifest, name } = factsOf(plan);
    const steps = files.map(({ change, text }) => fileStep(app, change, Buffer.from(text)));
    const entry: Step = {
      ...fileStep(app, manifest.change, Buffer.from(manifest.text)),
      title: `add ${name} to ${app.project.manifest}`,
      // Everything is checked before; from here the environment is there, for others too.
      pivot: true,
    };
    return [...steps, entry];
  },
  async verify({ app }, plan) {
    const { files, manifest } = factsOf(plan);
    return verifyWritten(
      app,
      [...files, manifest].map(({ change }) => change),
    );
  },
  async answer(_context, record): Promise<CreatedEnvironmentView> {
    const { name, kind, template, files, secrets } = factsOf(record.plan);
    const setSecrets = secrets.map((one) => `ringfence secret set ${shellWord(one)} -e ${name}`);
    return {
      environment: name,
      kind,
      template,
      files: files.map(({ change }) => change.path),
      secrets,
      next: [
        ...(secrets.length > 0 ? [`ringfence identity create -e ${name}`, ...setSecrets] : []),
        `ringfence config check -e ${name}`,
      ],
      operation: record.id,
    };
  },
});
