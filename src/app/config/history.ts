/** `ringfence config history`: the revisions of an environment's configuration, newest first. */
import * as z from "zod";
import type { Digest } from "../../base/digest.ts";
import type { ConfigHistoryView, RevisionView } from "../../contract/revision.ts";
import type { App } from "../app.ts";
import { defineQuery } from "../definition.ts";
import { currentRevision, type RevisionDraft } from "../revision.ts";
import { differenceOf, type Texts } from "../revision-difference.ts";
import { textOf } from "../revision-file.ts";

/** Texts of the store, and before them those that lie in the files. */
function textsOf({ store }: App, draft: RevisionDraft): Texts {
  return async (digest: Digest) => draft.texts.get(digest) ?? textOf(store, digest);
}

export const query = defineQuery({
  name: "config history",
  summary: "Show the revisions of an environment's configuration, newest first",
  scope: "environment",
  input: z.object({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(20)
      .meta({ description: "the latest so many revisions" }),
  }),
  async run({ app, environment }, { limit }): Promise<ConfigHistoryView> {
    const draft = currentRevision(app, environment);
    // One more: what the last one shown has changed is told by the one before it.
    const history = await app.store.read(({ revisions }) => revisions.history(environment.name, limit + 1));
    const texts = textsOf(app, draft);
    const revisions: RevisionView[] = [];
    for (const [at, revision] of history.slice(0, limit).entries()) {
      const { environment: _, files: _files, secrets: _secrets, schema: _schema, ...facts } = revision;
      const changed = await differenceOf(app.project, history[at + 1], revision, texts);
      revisions.push({ ...facts, changed });
    }
    const isRecorded = history[0]?.digest === draft.digest;
    const unrecorded = isRecorded
      ? null
      : {
          digest: draft.digest,
          changed: await differenceOf(app.project, history[0], draft.content, texts),
        };
    return { environment: environment.name, unrecorded, revisions };
  },
});
