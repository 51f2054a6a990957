/**
 * Edits of layers as a part of an operation. The plan knows the new files by their digests; their texts are made
 * again from the edits when the first step runs, and lie in the store from then on. So no text stands in the plan.
 */
import { join } from "node:path";
import { authorise } from "../access/index.ts";
import { type Digest, digestOfBytes } from "../base/digest.ts";
import { bringsSecret } from "../base/redact.ts";
import { layerChanges } from "../config/index.ts";
import type { Gate } from "../model/gate.ts";
import { type Environment, environmentOf, layersFor } from "../model/project.ts";
import type { App } from "./app.ts";
import type { Context, Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { readBytesIfThere, readTextIfThere } from "./project.ts";
import { currentRevision, environmentsReading, type PlannedRevision, revisionWith } from "./revision.ts";
import { describeChange } from "./revision-difference.ts";
import { changeOf, type FileChange, fileStep } from "./revision-file.ts";
import { foundStep, keptStep } from "./revision-steps.ts";
import { resolutionWith, settingsAfter } from "./settings-after.ts";

/** Text by path, of files that differ from what they are. */
export type NewTexts = ReadonlyMap<string, string>;

/** Which files change, and the revisions of the environments that have them. JSON, for a plan's facts. */
export interface PlannedFiles {
  readonly files: readonly FileChange[];
  readonly revisions: readonly PlannedRevision[];
}

/** The environments that have one of the files, the selected one first. */
function affectedBy({ project }: App, paths: readonly string[], first: string | undefined): Environment[] {
  const affected = environmentsReading(project, paths);
  return [...affected.filter(({ name }) => name === first), ...affected.filter(({ name }) => name !== first)];
}

/**
 * Refuses texts with a secret that its file did not have: files are plain text, and every revision keeps them. The
 * secrets of the environments must be opened before.
 *
 * @throws APP_SETTING_SECRET
 */
export function refuseNewSecrets({ project }: App, texts: NewTexts): void {
  for (const [path, text] of texts) {
    if (!bringsSecret(readTextIfThere(join(project.root, path)) ?? "", text)) continue;
    throw appErrors.APP_SETTING_SECRET({
      what: `the value of a secret would be written into ${path}`,
      where: path,
      why: "the file is plain text, and a revision would keep it",
      fix: `where the value is wanted, refer to the secret by its name: '\${NAME}'`,
    });
  }
}

/**
 * What writing the texts changes.
 *
 * @param first the selected environment
 * @throws ACCESS_DENIED for who may not change an environment that has one of the files; APP_SETTING_SECRET for a
 * text that gives a secret away; APP_UNREADABLE; what reading secrets throws
 */
export function planFiles(
  { app, actor }: Pick<Context, "app" | "actor">,
  texts: NewTexts,
  first: string | undefined,
): PlannedFiles {
  const digests = new Map<string, Digest>([...texts].map(([path, text]) => [path, digestOfBytes(text)]));
  const files = [...digests].map(([path, after]) => changeOf(app, path, after));
  const affected = affectedBy(app, [...texts.keys()], first);
  for (const one of affected) authorise(app.project, actor.person, one);
  for (const one of affected) resolutionWith(app, one, new Map());
  refuseNewSecrets(app, texts);
  const revisions = affected.map((one): PlannedRevision => {
    const before = currentRevision(app, one);
    return { environment: one.name, before: before.digest, after: revisionWith(before, digests).digest };
  });
  return { files, revisions };
}

/** What a plan says of each file: its keys, with values as far as they may be shown. */
export function fileEffects(
  app: App,
  texts: NewTexts,
  before: (path: string) => string | undefined,
): string[] {
  const { project } = app;
  return [...texts].map(([path, after]) => {
    const declaration = project.environments
      .flatMap((one) => layersFor(project, one))
      .find((layer) => layer.path === path)?.declaration;
    const former = before(path);
    const changes = declaration
      ? layerChanges({ declaration, path, before: former, after }, project.settings)
      : [];
    const verb = former === undefined ? "create" : "write";
    return `${verb} ${path}: ${changes.map((change) => describeChange(project, change)).join("; ")}`;
  });
}

/** What a plan says of environments that nobody selected. */
export function otherEffects(app: App, { files, revisions }: PlannedFiles, selected: string): string[] {
  return revisions.flatMap(({ environment }) => {
    if (environment === selected) return [];
    const theirs = files.filter(({ path }) =>
      environmentsReading(app.project, [path]).some(({ name }) => name === environment),
    );
    const paths = theirs.map(({ path }) => path).join(", ");
    return `change ${environment} as well, which has ${paths} too; it gets a revision of its own`;
  });
}

/** No environment may get an error that it did not have. */
export function filesGates(app: App, { revisions }: PlannedFiles, texts: NewTexts, selected: string): Gate[] {
  return revisions.flatMap(({ environment: name }) => {
    const environment = environmentOf(app.project, name);
    if (!environment) return [];
    const gate = settingsAfter(app, environment, texts, true);
    return [name === selected ? gate : { ...gate, name: `settings of ${name}` }];
  });
}

function changedMeanwhile(path: string) {
  return appErrors.APP_FILE_CHANGED({
    what: `${path} was changed since it was planned`,
    where: path,
    why: "writing now would lose that change",
    fix: "run the same command again; its plan then starts from that change",
  });
}

/** The bytes of a file that no revision keeps, as it is before it is written. */
function formerBytes(app: App, { path, before }: FileChange): [Digest, Uint8Array][] {
  const bytes = readBytesIfThere(join(app.project.root, path));
  if (before === null || bytes === undefined) return [];
  if (digestOfBytes(bytes) !== before) throw changedMeanwhile(path);
  return [[before, bytes]];
}

/**
 * Second step: the new texts, made again from the edits, are kept in the store, from which the files are written
 * even after an interruption.
 *
 * @param outside files that are no layers: what they hold before is kept as well, to go back to
 */
export function draftStep(
  app: App,
  files: readonly FileChange[],
  makeTexts: () => NewTexts,
  outside: readonly FileChange[] = [],
): Step {
  const texts = (): [Digest, Uint8Array][] => {
    const made = makeTexts();
    const after = files.map(({ path, after }): [Digest, Uint8Array] => {
      const bytes = Buffer.from(made.get(path) ?? "");
      const digest = digestOfBytes(bytes);
      if (digest !== after) throw changedMeanwhile(path);
      return [digest, bytes];
    });
    return [...after, ...outside.flatMap((file) => formerBytes(app, file))];
  };
  return {
    key: "draft",
    title: "keep what the files will hold",
    run: async () => ({ texts: texts().map(([digest]) => digest) }),
    async commit({ revisions }) {
      for (const [digest, bytes] of texts()) await revisions.putText(digest, bytes);
    },
  };
}

/** Every step of an operation that only edits layers. @param makeTexts the texts of the plan, from the same files */
export function editSteps(
  context: Context,
  { files, revisions }: PlannedFiles,
  reason: string,
  makeTexts: () => NewTexts,
): Step[] {
  if (files.length === 0) return [];
  return [
    foundStep(context, revisions),
    draftStep(context.app, files, makeTexts),
    ...files.map((file) => fileStep(context.app, file)),
    keptStep(context, revisions, reason),
  ];
}
