/**
 * Revisions of an environment's configuration. Every operation that changes layers or secrets files records one, in
 * the transaction of its own journal; what was changed by something else is recorded before, as it was found.
 *
 * An operation that writes such files does this:
 * - `plan`: `affected = environmentsReading(project, paths)`, for each `before = currentRevision(…)` and
 *   `after = revisionWith(before, files)`; keep `PlannedRevision`s and `FileChange`s in the facts.
 * - `steps`: `foundStep(context, planned)`, then `fileStep(app, change, text)` for each file, then
 *   `keptStep(context, planned, reason)` (`revision-steps.ts`, `revision-file.ts`). `foundStep` keeps the former
 *   texts, from which `fileStep` undoes; `keptStep` refuses to record anything but what was planned.
 * - An operation with a way of its own to write calls `recordRevision` in a step's `commit`.
 */
import { join } from "node:path";
import { type Digest, digestOf, digestOfBytes } from "../base/digest.ts";
import { type Environment, expandTemplate, layersFor, type Project } from "../model/project.ts";
import type { Revision, RevisionContent, RevisionFile } from "../model/revision.ts";
import type { RevisionStore } from "../ports/store/revisions.ts";
import type { App } from "./app.ts";
import { readBytesIfThere } from "./project.ts";

/** A configuration that may be recorded. */
export interface RevisionDraft {
  readonly content: RevisionContent;
  /** Of the content. */
  readonly digest: Digest;
  /** The bytes of its layers' files that were read, by digest. */
  readonly texts: ReadonlyMap<Digest, Uint8Array>;
}

/** What a plan says of one environment: its configuration before and after. JSON, for a plan's facts. */
export interface PlannedRevision {
  readonly environment: string;
  readonly before: Digest;
  readonly after: Digest;
}

/** Who recorded a revision, when and why. */
export type RevisionFacts = Pick<Revision, "at" | "author" | "reason" | "operation" | "source">;

/** The files among the layers: what a program prints is no file that a revision could bring back. */
function layerPaths(project: Project, environment: Environment): string[] {
  const files = layersFor(project, environment).filter(
    ({ declaration }) => declaration.program === undefined,
  );
  return [...new Set(files.map(({ path }) => path))];
}

function draftOf(content: RevisionContent, texts: ReadonlyMap<Digest, Uint8Array>): RevisionDraft {
  return { content, digest: digestOf(content), texts };
}

/** The configuration of an environment as the files have it now, recorded or not. @throws APP_UNREADABLE */
export function currentRevision(app: App, environment: Environment): RevisionDraft {
  const { project } = app;
  const texts = new Map<Digest, Uint8Array>();
  const read = (path: string) => readBytesIfThere(join(project.root, path));
  const files = layerPaths(project, environment).map((path): RevisionFile => {
    const bytes = read(path);
    if (bytes === undefined) return { path, digest: null };
    const digest = digestOfBytes(bytes);
    texts.set(digest, bytes);
    return { path, digest };
  });
  const secretsPath = expandTemplate(project.secretsPath, environment);
  const secrets = read(secretsPath);
  const content: RevisionContent = {
    environment: environment.name,
    files,
    secrets: { path: secretsPath, digest: secrets === undefined ? null : digestOfBytes(secrets) },
    schema: digestOf(project.settings.map(({ place: _place, ...declaration }) => declaration)),
  };
  return draftOf(content, texts);
}

/** The same configuration with other files: digest by path, null for one that is removed. Its texts stay the former's. */
export function revisionWith(
  draft: RevisionDraft,
  changes: ReadonlyMap<string, Digest | null>,
): RevisionDraft {
  const changed = (file: RevisionFile): RevisionFile => {
    const digest = changes.get(file.path);
    return digest === undefined ? file : { ...file, digest };
  };
  const { files, secrets } = draft.content;
  const content = { ...draft.content, files: files.map(changed), secrets: changed(secrets) };
  return draftOf(content, draft.texts);
}

/** The environments that have one of the files (paths relative to the root) as a layer or as their secrets file. */
export function environmentsReading(project: Project, paths: readonly string[]): Environment[] {
  return project.environments.filter((environment) =>
    [...layerPaths(project, environment), expandTemplate(project.secretsPath, environment)].some((path) =>
      paths.includes(path),
    ),
  );
}

/**
 * Adds a configuration to its environment's history, with the bytes of its files. Where the latest revision is the
 * same, nothing is added. Call it in the transaction that journals the change.
 *
 * @returns the environment's latest revision
 */
export async function recordRevision(
  revisions: RevisionStore,
  { content, digest, texts }: RevisionDraft,
  facts: RevisionFacts,
): Promise<Revision> {
  const latest = await revisions.current(content.environment);
  if (latest?.digest === digest) return latest;
  for (const [textDigest, bytes] of texts) await revisions.putText(textDigest, bytes);
  const revision: Revision = { ...content, digest, parent: latest?.digest ?? null, ...facts };
  await revisions.add(revision);
  return revision;
}
