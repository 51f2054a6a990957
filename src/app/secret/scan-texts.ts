/** The texts that a leak scan looks through, from whichever place: read while they are scanned, one after the other. */
import { closeSync, createReadStream, lstatSync, openSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../base/error.ts";
import type { RepositoryTexts, TextPlace } from "../../ports/repository-texts.ts";
import { walkedFiles, whyUnnamed } from "./walked-files.ts";

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

function isSkipped(path: string, skipped: readonly string[]): boolean {
  return path.split("/").some((part) => skipped.includes(part));
}

async function* streamed(path: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer;
}

/** Nothing for a file that is gone. @throws what is no error of the system */
export function* unreadText(error: unknown, path: string): Iterable<ScanText> {
  const code = systemCode(error);
  if (code === undefined) throw error;
  const why = code === "ENOENT" ? whyUnnamed(path) : `it can't be read (${code})`;
  if (why) yield { path, commit: undefined, why };
}

/** A plain file's text; nothing for links, for folders and for what is gone. @param path as shown */
export function* fileText(file: string, path: string): Iterable<ScanText> {
  try {
    if (!lstatSync(file).isFile()) return;
    closeSync(openSync(file, "r"));
    yield { path, commit: undefined, chunks: streamed(file) };
  } catch (error) {
    yield* unreadText(error, path);
  }
}

/** Files of the folder: those that git has or would add; without a repository all but installed packages. */
export async function* folderTexts(root: string, repository: RepositoryTexts): AsyncGenerator<ScanText> {
  const listed = await repository.files();
  if (listed) {
    for (const path of listed) {
      if (!isSkipped(path, ALWAYS_SKIPPED)) yield* fileText(join(root, path), path);
    }
    return;
  }
  for (const { path, why } of walkedFiles(realpathSync(root), [...ALWAYS_SKIPPED, "node_modules"])) {
    if (why) yield { path, commit: undefined, why };
    else yield* fileText(join(root, path), path);
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
