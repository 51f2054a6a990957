/** `ringfence config record`: the files as they are become a revision, with a reason; no file is changed. */
import * as z from "zod";
import type { Digest } from "../../base/digest.ts";
import { shortDigest } from "../../base/digest.ts";
import type { ConfigRecordView } from "../../contract/revision.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { currentRevision, type RevisionDraft, recordRevision } from "../revision.ts";
import { differenceOf } from "../revision-difference.ts";
import { textOf } from "../revision-file.ts";
import { reasonOf } from "./reason.ts";

interface Facts {
  readonly revision: Digest;
  readonly isNew: boolean;
  readonly reason: string;
}

async function effectsOf(
  { app, environment }: Context,
  draft: RevisionDraft,
): Promise<{ isNew: boolean; effects: string[] }> {
  const latest = await app.store.read(({ revisions }) => revisions.current(environment.name));
  const short = shortDigest(draft.digest);
  if (latest?.digest === draft.digest) {
    return { isNew: false, effects: [`nothing: the files hold ${short} already, recorded at ${latest.at}`] };
  }
  const texts = async (digest: Digest) => draft.texts.get(digest) ?? textOf(app.store, digest);
  const { keys, files, secrets, schema } = await differenceOf(app.project, latest, draft.content, texts);
  const changed = [
    ...keys,
    ...(secrets ? [draft.content.secrets.path] : []),
    ...(schema ? [`settings in ${app.project.manifest}`] : []),
  ];
  const what = changed.length > 0 ? changed : files;
  return { isNew: true, effects: [`keep ${short}, in which differ: ${what.join(", ")}`] };
}

function changedMeanwhile(environment: string) {
  return appErrors.APP_FILE_CHANGED({
    what: `the configuration of ${environment} was changed while it was being recorded`,
    where: `environment ${environment}`,
    why: "the revision would not be the planned one",
    fix: `ringfence config record -e ${environment} --reason "<why>"`,
  });
}

export const operation = defineOperation({
  name: "config record",
  summary: "Record an environment's configuration files as a revision; needs --reason",
  scope: "environment",
  input: z.object({}),
  async plan(context) {
    const { environment } = context;
    const reason = reasonOf(context, "a revision is recorded only with a reason", "config record");
    const draft = currentRevision(context.app, environment);
    const { isNew, effects } = await effectsOf(context, draft);
    const facts: Facts = { revision: draft.digest, isNew, reason };
    return {
      summary: `record the configuration of ${environment.name}`,
      environment: environment.name,
      effects,
      facts: { ...facts },
    };
  },
  async changed({ app, environment }, plan) {
    const { revision } = plan.facts as unknown as Facts;
    return currentRevision(app, environment).digest === revision
      ? undefined
      : `the configuration of ${environment.name} was changed meanwhile`;
  },
  steps({ app, environment }, plan) {
    const { revision, reason } = plan.facts as unknown as Facts;
    return [
      {
        key: "record",
        title: `record ${shortDigest(revision)}`,
        run: async () => ({ revision }),
        async commit({ revisions }, record) {
          const draft = currentRevision(app, environment);
          if (draft.digest !== revision) throw changedMeanwhile(environment.name);
          const { updatedAt: at, author, id } = record;
          await recordRevision(revisions, draft, { at, author, reason, operation: id, source: "files" });
        },
      },
    ];
  },
  async answer({ environment }, record): Promise<ConfigRecordView> {
    const { revision, isNew } = record.plan.facts as unknown as Facts;
    return { environment: environment.name, revision, recorded: isNew, operation: record.id };
  },
});
