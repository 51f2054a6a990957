/**
 * `ringfence config rename OLD NEW`: one setting gets another name in every file of every environment at once, in the
 * layers, the secrets, the manifest and the references to it, as one operation after which every value is what it was.
 */
import * as z from "zod";
import { type Environment, environmentOf } from "../../model/project.ts";
import type { App } from "../app.ts";
import { type Context, defineOperation, type Step } from "../definition.ts";
import { draftStep } from "../layer-change.ts";
import { following, outsideOf } from "../manifest-change.ts";
import { fileStep, verifyWritten, whyFilesChanged } from "../revision-file.ts";
import { foundStep, keptStep, whyNotAsPlanned } from "../revision-steps.ts";
import { rememberRevision, secretsChanged, secretsDigest, secretsStep } from "../secrets-change.ts";
import { editAnswer } from "./edit-answer.ts";
import { planRename, type RenameFacts, renameTexts } from "./rename-plan.ts";

function environmentNamed({ project }: App, name: string): Environment {
  return environmentOf(project, name)!;
}

function rememberStep({ app }: Context, { secrets }: RenameFacts): Step {
  return {
    key: "remember",
    title: `remember the revisions of ${secrets.map(({ change }) => change.file).join(", ")}`,
    async run() {
      for (const { environment, change } of secrets)
        rememberRevision({ app, environment: environmentNamed(app, environment) }, change.revision);
      return { revisions: secrets.map(({ change }) => change.revision) };
    },
  };
}

export const operation = defineOperation({
  name: "config rename",
  summary: "Rename a setting in all environments at once; every value stays as it is",
  scope: "project",
  input: z.object({
    from: z.string().meta({ position: 0, description: "the setting's name now" }),
    to: z.string().meta({ position: 1, description: "its new name" }),
  }),
  plan: (context, renaming) => planRename(context, renaming),
  async changed({ app }, plan) {
    const { files, secrets, revisions } = plan.facts as unknown as RenameFacts;
    const changed = secrets.find(({ change }) => secretsDigest(app, change) !== change.before);
    if (changed) return `${changed.change.file} was changed meanwhile`;
    return whyFilesChanged(app, files) ?? whyNotAsPlanned(app, revisions);
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as RenameFacts;
    const { app, actor } = context;
    const { files, secrets, revisions, reason } = facts;
    const isManifest = ({ path }: { readonly path: string }) => path === app.project.manifest;
    return [
      foundStep(context, revisions),
      draftStep(app, files, () => renameTexts(app, facts), outsideOf(app, files)),
      ...files.filter((file) => !isManifest(file)).map((file) => fileStep(app, file)),
      ...secrets.map(({ environment, change }) => {
        const writer = { app, actor, environment: environmentNamed(app, environment) };
        return secretsStep(writer, change, `write ${change.file}`);
      }),
      ...files.filter(isManifest).map((file) => fileStep(app, file)),
      ...(secrets.length > 0 ? [rememberStep(context, facts)] : []),
      keptStep({ app: following(app) }, revisions, reason),
    ];
  },
  async verify({ app }, plan) {
    const { files, secrets } = plan.facts as unknown as RenameFacts;
    verifyWritten(app, files);
    for (const { change } of secrets)
      if (secretsDigest(app, change) !== change.after) throw secretsChanged(change);
    return { files: [...files.map(({ path }) => path), ...secrets.map(({ change }) => change.file)] };
  },
  async answer(_context, record) {
    const { secrets } = record.plan.facts as unknown as RenameFacts;
    const answer = editAnswer(record);
    return { ...answer, files: [...answer.files, ...secrets.map(({ change }) => change.file)] };
  },
});
