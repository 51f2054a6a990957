/**
 * Writing one file of a configuration as a step: only from the text that was planned to the text that was planned,
 * atomically, and back again. What somebody else wrote there meanwhile is never overwritten.
 */
import { realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { syncFolder, writeFileAtomic } from "../base/atomic-file.ts";
import type { Json } from "../base/canonical-json.ts";
import { type Digest, digestOfBytes, shortDigest } from "../base/digest.ts";
import { systemCode } from "../base/error.ts";
import { isInside } from "../base/folder.ts";
import type { Store } from "../ports/store/store.ts";
import { withFileLock } from "../snapshot/file-lock.ts";
import { ensureStateFolder, stateFolder } from "../snapshot/state-folder.ts";
import type { App } from "./app.ts";
import type { Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { readBytesIfThere } from "./project.ts";

/** What happens to one file. JSON, for a plan's facts. */
export interface FileChange {
  /** Relative to the project's root. */
  readonly path: string;
  /** Digest of its bytes; null where there is no file. */
  readonly before: Digest | null;
  readonly after: Digest | null;
  /** Permission bits that it has, and has again when the change is undone; null where there is no file. */
  readonly mode: number | null;
}

const NEW_FILE_MODE = 0o644;

/** Where a path leads, through links; its last parts need not be there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    return join(realPath(dirname(path)), basename(path));
  }
}

/** The file itself where the path is a link to it. @throws APP_UNREADABLE for one that leads out of the project. */
function placeOf(root: string, path: string): string {
  const place = realPath(join(root, path));
  if (isInside(realpathSync(root), place)) return place;
  throw appErrors.APP_UNREADABLE({
    what: `${path} is not written: it leads out of the project`,
    where: path,
    why: `it is a link to ${place}`,
    fix: `put a file in the place of the link: cp --remove-destination ${place} ${join(root, path)}`,
  });
}

function digestAt(place: string): Digest | null {
  const bytes = readBytesIfThere(place);
  return bytes === undefined ? null : digestOfBytes(bytes);
}

/** The change that leads a file from what it is to these bytes. @throws APP_UNREADABLE */
export function changeOf(app: App, path: string, after: Digest | null): FileChange {
  const place = placeOf(app.project.root, path);
  const before = digestAt(place);
  return { path, before, after, mode: before === null ? null : statSync(place).mode & 0o777 };
}

/**
 * A text that a revision refers to, checked against its digest.
 *
 * @throws APP_REVISION_DAMAGED
 */
export async function textOf(store: Store, digest: Digest): Promise<Uint8Array> {
  const bytes = await store.read(({ revisions }) => revisions.text(digest));
  if (bytes !== undefined && digestOfBytes(bytes) === digest) return bytes;
  throw appErrors.APP_REVISION_DAMAGED({
    what: `a file of a revision (${shortDigest(digest)}) is not in the store as it was recorded`,
    where: `text ${digest}`,
    why: bytes === undefined ? "it is missing" : "its bytes do not have its digest",
    fix: "ringfence audit verify   # then restore the store from a backup",
  });
}

/** Two operations may write a file that two environments share: they take turns. */
function inTurn<T>(app: App, work: () => T): T {
  ensureStateFolder(app.project.root);
  return withFileLock(join(stateFolder(app.project.root), "files.lock"), work);
}

function put(place: string, bytes: Uint8Array | null, mode: number | null): void {
  if (bytes !== null) {
    writeFileAtomic(place, bytes, mode ?? NEW_FILE_MODE);
  } else {
    rmSync(place, { force: true });
    syncFolder(dirname(place));
  }
}

function changedMeanwhile(path: string) {
  return appErrors.APP_FILE_CHANGED({
    what: `${path} was changed while it was about to be written`,
    where: path,
    why: "writing now would lose that change",
    fix: "run the same command again; its plan then starts from that change",
  });
}

/**
 * Writes the file. Its former bytes must be in the store when it is undone: `foundStep` keeps those of layers.
 *
 * @param text the new bytes, or what makes them once the step runs; those that the store has under the digest unless
 * told.
 */
export function fileStep(app: App, change: FileChange, text?: Uint8Array | (() => Uint8Array)): Step {
  const { path, before, after, mode } = change;
  const bytesOf = async (digest: Digest | null) => (digest === null ? null : textOf(app.store, digest));
  return {
    key: `write ${path}`,
    title: after === null ? `remove ${path}` : `write ${path}`,
    async run() {
      const bytes = typeof text === "function" ? text() : (text ?? (await bytesOf(after)));
      inTurn(app, () => {
        const place = placeOf(app.project.root, path);
        const now = digestAt(place);
        if (now !== before && now !== after) throw changedMeanwhile(path);
        if (now !== after) put(place, bytes, mode);
      });
      return { file: path, before, after };
    },
    async undo() {
      const place = placeOf(app.project.root, path);
      // Before `found` was done nothing was written, and the store may not have the former bytes.
      if (digestAt(place) !== after) return;
      const bytes = await bytesOf(before);
      inTurn(app, () => {
        if (digestAt(place) === after) put(place, bytes, mode);
      });
    },
  };
}

/** Holds files against what they were to become: an operation's evidence. @throws APP_FILE_CHANGED */
export function verifyWritten(app: App, files: readonly FileChange[]): Json {
  for (const { path, after } of files) {
    if (digestAt(placeOf(app.project.root, path)) !== after) throw changedMeanwhile(path);
  }
  return { files: files.map(({ path, after }) => ({ path, digest: after })) };
}

/** Which file is no longer what a plan found; undefined while all are. @throws APP_UNREADABLE */
export function whyFilesChanged(app: App, files: readonly FileChange[]): string | undefined {
  const changed = files.find(({ path, before }) => digestAt(placeOf(app.project.root, path)) !== before);
  return changed && `${changed.path} was changed meanwhile`;
}
