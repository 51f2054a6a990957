/** What a build made, for a leak scan: files, and what is in archives. */
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { isInside } from "../../base/folder.ts";
import { ARCHIVE_LIMITS, looksArchived, unpack, ZIP_TAIL_BYTES } from "../../scan/index.ts";
import { appErrors } from "../errors.ts";
import { fileText, type ScanText, unreadText } from "./scan-texts.ts";
import { walkedFiles } from "./walked-files.ts";

const HEAD_BYTES = 1024;

interface BuiltFile {
  /** Without links. */
  readonly file: string;
  /** As the typed path leads to it. */
  readonly named: string;
  readonly why?: string;
}

async function* once(data: Buffer): AsyncGenerator<Buffer> {
  yield data;
}

function isArchiveFile(file: string): boolean {
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    const part = (from: number, most: number) => {
      const bytes = Buffer.alloc(Math.min(most, size));
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from));
    };
    const tail = part(Math.max(0, size - ZIP_TAIL_BYTES), ZIP_TAIL_BYTES);
    return looksArchived(part(0, HEAD_BYTES), tail);
  } finally {
    closeSync(handle);
  }
}

function* archivedTexts(file: string, path: string): Iterable<ScanText> {
  if (lstatSync(file).size > ARCHIVE_LIMITS.fileBytes) {
    yield { path, commit: undefined, why: "the archive is larger than the limit" };
    return;
  }
  for (const found of unpack(path, readFileSync(file))) {
    yield found.data
      ? { path: found.path, commit: undefined, chunks: once(found.data) }
      : { path: found.path, commit: undefined, why: found.why };
  }
}

/** The texts of a file; why none, where it can't be read. @param path as shown */
function* builtTexts(file: string, path: string): Iterable<ScanText> {
  try {
    yield* isArchiveFile(file) ? archivedTexts(file, path) : fileText(file, path);
  } catch (error) {
    yield* unreadText(error, path);
  }
}

/** @throws APP_UNREADABLE for a path that is not there */
function builtFiles(path: string): BuiltFile[] {
  try {
    const file = realpathSync(path);
    const stat = statSync(file);
    if (stat.isFile()) return [{ file, named: path }];
    if (!stat.isDirectory()) return [];
    return [...walkedFiles(file, [".git"])].map((below) => ({
      ...below,
      file: join(file, below.path),
      named: join(path, below.path),
    }));
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

/** A build that went elsewhere must not pass for a clean one. @throws APP_BAD_INPUT */
function assertFiles(files: readonly BuiltFile[], typed: string): void {
  const unread = files.find(({ why }) => why);
  if (files.some(({ why }) => !why)) return;
  throw appErrors.APP_BAD_INPUT({
    what: `there is no file to look at in ${typed}`,
    where: typed,
    why: unread ? `${unread.named} is ${unread.why}` : "it has no file",
    fix: "build first, or name what was built: ringfence secret scan --output dist",
  });
}

/**
 * What a build made: files, and what is in archives.
 *
 * @param paths as typed, relative to the working folder
 * @throws APP_UNREADABLE for a path that is not there, APP_BAD_INPUT for one without any file
 */
export async function* outputTexts(
  root: string,
  folder: string,
  paths: readonly string[],
): AsyncGenerator<ScanText> {
  for (const typed of paths) {
    const files = builtFiles(isAbsolute(typed) ? typed : resolve(folder, typed));
    assertFiles(files, typed);
    for (const { file, named, why } of files) {
      const path = (isInside(root, named) ? relative(root, named) : named).replaceAll("\\", "/");
      if (why) yield { path, commit: undefined, why };
      else yield* builtTexts(file, path);
    }
  }
}
