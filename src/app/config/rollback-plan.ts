/** What a rollback of the configuration would do: the files, the environments that have them, and whether it may. */
import { authorise } from "../../access/index.ts";
import type { Digest } from "../../base/digest.ts";
import { shortDigest } from "../../base/digest.ts";
import type { Gate } from "../../model/gate.ts";
import type { Plan } from "../../model/operation.ts";
import { type Environment, environmentOf } from "../../model/project.ts";
import type { Revision } from "../../model/revision.ts";
import type { App } from "../app.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import {
  currentRevision,
  environmentsReading,
  type PlannedRevision,
  type RevisionDraft,
  revisionWith,
} from "../revision.ts";
import { describeChange, keyChanges } from "../revision-difference.ts";
import { changeOf, type FileChange, textOf } from "../revision-file.ts";
import { foundReason } from "../revision-steps.ts";
import { resolutionWith, settingsAfter } from "../settings-after.ts";
import { latestThat, PREVIOUS, revisionNamed } from "./revision-choice.ts";

export interface RollbackFacts {
  readonly target: Digest;
  readonly reason: string;
  /** Files that other environments have as well may be written. */
  readonly shared: boolean;
  readonly files: readonly FileChange[];
  /** The selected environment first. */
  readonly revisions: readonly PlannedRevision[];
}

/** The layers' files that the target had otherwise. A file that was no layer then, or is none now, stays as it is. */
function digestsToRestore(draft: RevisionDraft, target: Revision): Map<string, Digest | null> {
  const then = new Map(target.files.map(({ path, digest }) => [path, digest]));
  const differing = draft.content.files.filter(
    ({ path, digest }) => then.has(path) && then.get(path) !== digest,
  );
  return new Map(differing.map(({ path }) => [path, then.get(path)!]));
}

function chooseTarget(app: App, environment: Environment, word: string, draft: RevisionDraft) {
  return app.store.read((view) =>
    word === PREVIOUS
      ? latestThat(view, environment.name, (one) => digestsToRestore(draft, one).size > 0)
      : revisionNamed(view, environment.name, word),
  );
}

function nothingToRestore(environment: Environment, target: Revision) {
  return appErrors.APP_REVISION_PRESENT({
    what: `the layers' files of ${environment.name} are as they were in ${shortDigest(target.digest)} already`,
    where: `environment ${environment.name}`,
    why: "the secrets file and the manifest are never rolled back",
    fix: `ringfence config history -e ${environment.name}`,
  });
}

async function fileEffect(app: App, environment: Environment, file: FileChange, draft: RevisionDraft) {
  const texts = async (digest: Digest) => draft.texts.get(digest) ?? textOf(app.store, digest);
  const changes = await keyChanges(app.project, environment.name, file, texts);
  const verb = file.after === null ? "remove" : file.before === null ? "create" : "write";
  const keys = changes.map((change) => describeChange(app.project, change));
  return `${verb} ${file.path}: ${keys.length > 0 ? keys.join("; ") : "no key differs, only comments or spacing"}`;
}

/** What else differs from the target, and stays. */
function stays({ content }: RevisionDraft, target: Revision): string[] {
  const then = new Set(target.files.map(({ path }) => path));
  const now = new Set(content.files.map(({ path }) => path));
  return [
    ...content.files.flatMap(({ path, digest }) =>
      then.has(path) || digest === null ? [] : [`leave ${path} as it is: it was no layer then`],
    ),
    ...target.files.flatMap(({ path, digest }) =>
      now.has(path) || digest === null ? [] : [`leave ${path} as it is: it is no layer any more`],
    ),
    ...(content.secrets.digest === target.secrets.digest
      ? []
      : [`leave ${content.secrets.path} as it is: secrets are never rolled back`]),
    ...(content.schema === target.schema
      ? []
      : ["leave the manifest as it is: it declares settings otherwise"]),
  ];
}

function otherEffect(app: App, { name }: Environment, files: readonly FileChange[]): string {
  const shared = files.filter(({ path }) =>
    environmentsReading(app.project, [path]).some((one) => one.name === name),
  );
  const paths = shared.map(({ path }) => path).join(", ");
  return `change ${name} as well, which has ${paths} too; it gets a revision of its own`;
}

/**
 * @throws APP_REVISION_UNKNOWN, APP_REVISION_AMBIGUOUS, APP_REVISION_PRESENT, APP_REVISION_DAMAGED,
 * APP_NOTHING_TO_ROLL_BACK; ACCESS_DENIED for who may not change another environment that has a file too.
 */
export async function planRollback(
  { app, actor, environment }: Context,
  choice: { readonly revision: string; readonly shared: boolean; readonly reason: string },
): Promise<PlanDraft> {
  const { project, store } = app;
  const draft = currentRevision(app, environment);
  const target = await chooseTarget(app, environment, choice.revision, draft);
  const latest = await store.read(({ revisions }) => revisions.current(environment.name));
  const restored = digestsToRestore(draft, target);
  if (restored.size === 0) throw nothingToRestore(environment, target);
  const files = [...restored].map(([path, after]) => changeOf(app, path, after));
  const affected = environmentsReading(project, [...restored.keys()]);
  const others = affected.filter(({ name }) => name !== environment.name);
  for (const other of others) authorise(project, actor.person, other);
  const revisions = [environment, ...others].map((one): PlannedRevision => {
    const before = currentRevision(app, one);
    return { environment: one.name, before: before.digest, after: revisionWith(before, restored).digest };
  });
  // Whatever stood in a layer once: no secret of today is shown in the plan.
  resolutionWith(app, environment, new Map());
  const effects: string[] = [];
  for (const file of files) effects.push(await fileEffect(app, environment, file, draft));
  const facts: RollbackFacts = { ...choice, target: target.digest, files, revisions };
  return {
    summary: `roll the configuration of ${environment.name} back to ${shortDigest(target.digest)}`,
    environment: environment.name,
    effects: [
      `go back to the files of ${target.at}, by ${target.author}: ${target.reason}`,
      ...(latest?.digest === draft.digest
        ? []
        : [`keep what the files hold now as a revision: ${foundReason(latest)}`]),
      ...effects,
      ...others.map((other) => otherEffect(app, other, files)),
      ...stays(draft, target),
    ],
    facts: { ...facts } as never,
  };
}

function sharedGate(environment: Environment, { shared, target, revisions }: RollbackFacts): Gate[] {
  const others = revisions.slice(1).map((one) => one.environment);
  if (others.length === 0) return [];
  const why = `it changes ${others.join(", ")} as well`;
  const again = `ringfence config rollback ${shortDigest(target)} -e ${environment.name} --shared --reason "<why>"`;
  return [
    shared
      ? { name: "shared", state: "open", why: `${why}, and that is wanted`, opens: null }
      : { name: "shared", state: "shut", why, opens: again },
  ];
}

/** Every environment must be usable afterwards, and who changes others has to say so. Nobody has to approve. */
export async function rollbackGates({ app, environment }: Context, plan: Plan): Promise<readonly Gate[]> {
  const facts = plan.facts as unknown as RollbackFacts;
  const texts = new Map<string, string | undefined>();
  for (const { path, after } of facts.files) {
    const bytes = after === null ? undefined : await textOf(app.store, after);
    texts.set(path, bytes && Buffer.from(bytes).toString("utf8"));
  }
  const gates = facts.revisions.flatMap(({ environment: name }) => {
    const one = environmentOf(app.project, name);
    if (!one) return [];
    if (name === environment.name) return [settingsAfter(app, one, texts, false)];
    // An emergency here must not wait for what was wrong there before.
    return [{ ...settingsAfter(app, one, texts, true), name: `settings of ${name}` }];
  });
  return [...gates, ...sharedGate(environment, facts)];
}
