/** The two steps that stand around a change of configuration files: what was found is recorded, and what became of it. */
import type { Digest } from "../base/digest.ts";
import { shortDigest } from "../base/digest.ts";
import type { OperationRecord } from "../model/operation.ts";
import { type Environment, environmentOf } from "../model/project.ts";
import type { Revision } from "../model/revision.ts";
import type { RevisionStore } from "../ports/store/revisions.ts";
import type { App } from "./app.ts";
import type { Context, Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { currentRevision, type PlannedRevision, type RevisionDraft, recordRevision } from "./revision.ts";

const UNKNOWN = "unknown";

/** Why a revision is there that nobody recorded. */
export function foundReason(latest: Revision | undefined): string {
  return latest ? "changed outside Ringfence" : "as it was found first";
}

/** Who changed the files since the latest revision, as far as the source can tell. */
async function whoChanged(app: App, draft: RevisionDraft, latest: Revision | undefined): Promise<string> {
  const known = new Map(
    [...(latest?.files ?? []), ...(latest ? [latest.secrets] : [])].map(({ path, digest }) => [path, digest]),
  );
  const { files, secrets, schema } = draft.content;
  const changed = [...files, secrets]
    .filter(({ path, digest }) => (known.get(path) ?? null) !== digest)
    .map(({ path }) => path);
  const paths = latest && latest.schema !== schema ? [...changed, app.project.manifest] : changed;
  return (await app.source.lastChange(paths))?.author ?? UNKNOWN;
}

function changedMeanwhile(environment: string) {
  return appErrors.APP_FILE_CHANGED({
    what: `the configuration of ${environment} was changed while it was being written`,
    where: `environment ${environment}`,
    why: "a revision that holds somebody else's change as well would say what is not so",
    fix: `ringfence config history -e ${environment}   # then the same command again`,
  });
}

function environmentNamed(app: App, name: string): Environment {
  const environment = environmentOf(app.project, name);
  if (!environment) throw changedMeanwhile(name);
  return environment;
}

/** The configuration now, which must be the planned one. @throws APP_FILE_CHANGED */
function draftAs(app: App, environment: string, digest: Digest): RevisionDraft {
  const draft = currentRevision(app, environmentNamed(app, environment));
  if (draft.digest !== digest) throw changedMeanwhile(environment);
  return draft;
}

/** Records what was found where that is not the latest revision already. @param author as far as it is known */
export async function recordFound(
  revisions: RevisionStore,
  draft: RevisionDraft,
  { id, updatedAt }: OperationRecord,
  author = UNKNOWN,
): Promise<void> {
  const reason = foundReason(await revisions.current(draft.content.environment));
  await recordRevision(revisions, draft, { at: updatedAt, author, reason, operation: id, source: "files" });
}

/**
 * First step: records what the files hold where that is not the latest revision already, with the author that the
 * source tells. From then on the former texts can be gone back to.
 */
export function foundStep({ app }: Context, planned: readonly PlannedRevision[]): Step {
  const authorIn = ({ steps }: OperationRecord, environment: string): string | undefined => {
    const result = steps.find(({ key }) => key === "found")?.result as Record<string, string> | null;
    return result?.[environment];
  };
  return {
    key: "found",
    title: "keep what the files hold now",
    async run() {
      const authors: [string, string][] = [];
      for (const { environment, before } of planned) {
        const latest = await app.store.read(({ revisions }) => revisions.current(environment));
        const draft = draftAs(app, environment, before);
        if (latest?.digest !== before) authors.push([environment, await whoChanged(app, draft, latest)]);
      }
      return Object.fromEntries(authors);
    },
    async commit({ revisions }, operation) {
      for (const { environment, before } of planned) {
        const draft = draftAs(app, environment, before);
        await recordFound(revisions, draft, operation, authorIn(operation, environment));
      }
    },
  };
}

/** Last step: records the new revisions. There is no way back from it but another operation. */
export function keptStep(
  { app }: Pick<Context, "app">,
  planned: readonly PlannedRevision[],
  reason: string,
): Step {
  return {
    key: "keep",
    title: `record ${planned.map(({ environment, after }) => `${environment} ${shortDigest(after)}`).join(", ")}`,
    pivot: true,
    run: async () => ({
      revisions: planned.map(({ environment, after }) => ({ environment, revision: after })),
    }),
    async commit({ revisions }, operation) {
      for (const { environment, after } of planned) {
        await recordRevision(revisions, draftAs(app, environment, after), {
          at: operation.updatedAt,
          author: operation.author,
          reason,
          operation: operation.id,
          source: "operation",
        });
      }
    },
  };
}

/** Why a plan no longer holds: a configuration is not what it was when it was planned. */
export function whyNotAsPlanned(app: App, planned: readonly PlannedRevision[]): string | undefined {
  const changed = planned.find(({ environment: name, before }) => {
    const environment = environmentOf(app.project, name);
    return !environment || currentRevision(app, environment).digest !== before;
  });
  return changed && `the configuration of ${changed.environment} was changed meanwhile`;
}
