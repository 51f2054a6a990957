/** The texts that a leak scan looks through, from whichever place: read while they are scanned, one after the other. */
import {
  closeSync,
  createReadStream,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { systemCode } from "../../base/error.ts";
import { isInside } from "../../base/folder.ts";
import type { RepositoryTexts, TextPlace } from "../../ports/repository-texts.ts";
import { ARCHIVE_LIMITS, isArchive, unpack } from "../../scan/index.ts";
import { appErrors } from "../errors.ts";

/** A text, or why it is not looked at. */
export interface ScanText {
  readonly path: string;
  readonly isMessage?: boolean;
  readonly commit: string | undefined;
  /** Other places of the same text. */
  readonly copies?: readonly TextPlace[];
  readonly chunks?: AsyncIterable<Buffer>;
  readonly why?: string;
  /** What stood there before; what it has already is no news. */
  readonly former?: () => Promise<string | undefined>;
}

const ALWAYS_SKIPPED = [".git", ".ringfence"];
const HEAD_BYTES = 1024;

function isSkipped(path: string, skipped: readonly string[]): boolean {
  return path.split("/").some((part) => skipped.includes(part));
}

/** Below a folder, relative to it, in the order of names. @throws the system's error */
function* filesBelow(root: string, skipped: readonly string[], folder = ""): Iterable<string> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (skipped.includes(entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(root, skipped, path);
    else if (entry.isFile()) yield path;
  }
}

async function* once(data: Buffer): AsyncGenerator<Buffer> {
  yield data;
}

async function* streamed(path: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer;
}

/** A plain file's text; nothing for links, for folders and for what is gone. @param path as shown */
function* fileText(file: string, path: string): Iterable<ScanText> {
  try {
    if (!lstatSync(file).isFile()) return;
    closeSync(openSync(file, "r"));
    yield { path, commit: undefined, chunks: streamed(file) };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code !== "ENOENT") yield { path, commit: undefined, why: `it can't be read (${code})` };
  }
}

/** Files of the folder: those that git has or would add; without a repository all but installed packages. */
export async function* folderTexts(root: string, repository: RepositoryTexts): AsyncGenerator<ScanText> {
  const listed = await repository.files();
  const paths = listed ?? filesBelow(root, [...ALWAYS_SKIPPED, "node_modules"]);
  for (const path of paths) {
    if (!isSkipped(path, ALWAYS_SKIPPED)) yield* fileText(join(root, path), path);
  }
}

/** What would be committed. */
export async function* stagedTexts(repository: RepositoryTexts): AsyncGenerator<ScanText> {
  for await (const { path, commit, bytes, chunks, former } of repository.staged()) {
    yield bytes === undefined
      ? { path, commit, why: "git does not have it here" }
      : { path, commit, chunks, former };
  }
}

const TOLD_EVERY = 500;

/** Everything that was ever committed. @param watch told how far it is */
export async function* historyTexts(
  repository: RepositoryTexts,
  range: string | undefined,
  watch: (text: string) => void,
): AsyncGenerator<ScanText> {
  let all = 0;
  let done = 0;
  const counted = (texts: number) => {
    all = texts;
  };
  for await (const { path, isMessage, commit, copies, bytes, chunks } of repository.history(range, counted)) {
    if (done++ % TOLD_EVERY === 0) watch(`${done} of ${all} objects of the history`);
    yield bytes === undefined
      ? { path, isMessage, commit, why: "git does not have it here" }
      : { path, isMessage, commit, copies, chunks };
  }
}

function looksArchived(file: string): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  const handle = openSync(file, "r");
  try {
    readSync(handle, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(handle);
  }
  return isArchive(head);
}

function* builtText(file: string, path: string): Iterable<ScanText> {
  const { size } = lstatSync(file);
  if (!looksArchived(file)) {
    yield* fileText(file, path);
    return;
  }
  if (size > ARCHIVE_LIMITS.fileBytes) {
    yield { path, commit: undefined, why: "the archive is larger than the limit" };
    return;
  }
  for (const found of unpack(path, readFileSync(file))) {
    yield found.data
      ? { path: found.path, commit: undefined, chunks: once(found.data) }
      : { path: found.path, commit: undefined, why: found.why };
  }
}

/** @throws APP_UNREADABLE for a path that is not there */
function outputFiles(path: string): string[] {
  try {
    if (!lstatSync(path).isDirectory()) return [path];
    return [...filesBelow(path, [".git"])].map((file) => join(path, file));
  } catch (error) {
    throw appErrors.APP_UNREADABLE({
      what: `${path} can't be read`,
      where: path,
      why: error instanceof Error ? error.message : String(error),
      fix: "build first, or name what was built: ringfence secret scan --output dist",
      cause: error,
    });
  }
}

/** What a build made: files, and what is in archives. @param paths as typed, relative to the working folder */
export async function* outputTexts(
  root: string,
  folder: string,
  paths: readonly string[],
): AsyncGenerator<ScanText> {
  for (const typed of paths) {
    const path = isAbsolute(typed) ? typed : resolve(folder, typed);
    for (const file of outputFiles(path)) {
      const shown = isInside(root, file) ? relative(root, file) : file;
      yield* builtText(file, shown.replaceAll("\\", "/"));
    }
  }
}
