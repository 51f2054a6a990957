/** What a repository holds besides the files that lie there. Reads only; runs no filter, hook or signature check. */
import { resolve } from "node:path";
import { isRingfenceError } from "../../base/error.ts";
import type { RepositoryText, RepositoryTexts, StagedText } from "../../ports/repository-texts.ts";
import { locate } from "./commands.ts";
import { sourceErrors } from "./errors.ts";
import { run, stream } from "./git-process.ts";
import { listHistory, partsOf } from "./history.ts";
import { objects, objectText } from "./objects.ts";
import * as commands from "./text-commands.ts";

async function isRepository(folder: string): Promise<boolean> {
  try {
    return (await run(locate(), { folder })).ok;
  } catch (error) {
    if (isRingfenceError(error, "SOURCE_TOOL_MISSING")) return false;
    throw error;
  }
}

/** @returns the folder's path from the work tree's root. @throws SOURCE_NO_REPOSITORY */
async function prefixOf(folder: string): Promise<string> {
  const { ok, output, words } = await run(locate(), { folder });
  if (ok) return output.toString().split("\n")[1] ?? "";
  throw sourceErrors.SOURCE_NO_REPOSITORY({
    what: "the folder is not in a git work tree",
    where: folder,
    why: `what is staged and what was committed stands in git; git says: ${words}`,
    fix: "ringfence secret scan   # of the files that lie here",
  });
}

/** @throws SOURCE_UNKNOWN_REVISION */
async function assertRange(folder: string, range: string): Promise<void> {
  const { ok, words } = await run(commands.askRange(range), { folder });
  if (ok) return;
  throw sourceErrors.SOURCE_UNKNOWN_REVISION({
    what: `${JSON.stringify(range)} names no commits of this repository`,
    where: folder,
    why: words,
    fix: "ringfence secret scan --history   # everything; or a range as main..HEAD",
  });
}

/** The index that a hook's commit is made of may be another than the usual one. */
function indexFile(): string | undefined {
  const { GIT_INDEX_FILE } = process.env;
  return GIT_INDEX_FILE ? resolve(GIT_INDEX_FILE) : undefined;
}

async function filesOf(folder: string): Promise<string[] | undefined> {
  if (!(await isRepository(folder))) return undefined;
  const files: string[] = [];
  const output = stream(commands.listFiles(), "the files could not be listed", { folder });
  for await (const path of partsOf(output)) files.push(path);
  return files;
}

/** The objects that a command of git's lists; its commits are left out. */
async function* listedBy(
  args: readonly string[],
  what: string,
  at: { readonly folder: string; readonly prefix: string; readonly indexFile?: string | undefined },
): AsyncGenerator<commands.ListedObject> {
  const reader = new commands.RawReader(at.prefix);
  for await (const part of partsOf(stream(args, what, at))) {
    const taken = reader.take(part);
    if (typeof taken === "object") yield taken;
  }
}

async function* stagedOf(folder: string): AsyncGenerator<StagedText> {
  const at = { folder, prefix: await prefixOf(folder), indexFile: indexFile() };
  const listed = listedBy(commands.listStaged(), "the staged changes could not be listed", at);
  for await (const { asked, bytes, chunks } of objects(folder, await Array.fromAsync(listed))) {
    const { path, former: id } = asked;
    const former = async () => (id === undefined ? undefined : objectText(folder, id));
    yield { path, isMessage: false, commit: undefined, copies: [], bytes, chunks, former };
  }
}

async function* historyOf(
  folder: string,
  range: string | undefined,
  counted: (texts: number) => void,
): AsyncGenerator<RepositoryText> {
  const prefix = await prefixOf(folder);
  if (range !== undefined) await assertRange(folder, range);
  const listed = await listHistory(folder, prefix, range);
  counted(listed.length);
  for await (const { asked, bytes, chunks } of objects(folder, listed)) {
    const { path, isMessage, commit, copies } = asked;
    yield { path, isMessage, commit, copies, bytes, chunks };
  }
}

async function* versionsOf(folder: string, path: string): AsyncGenerator<string> {
  if (!(await isRepository(folder))) return;
  const ids = new Set<string>();
  const args = commands.listHistory([], [path]);
  for await (const { id } of listedBy(args, "the history could not be listed", { folder, prefix: "" }))
    ids.add(id);
  const wanted = [...ids].map((id) => ({ id }));
  for await (const { chunks } of objects(folder, wanted)) {
    yield Buffer.concat(await Array.fromAsync(chunks)).toString();
  }
}

/** @param folder absolute: the repository's root or any folder below it, which paths are relative to */
export function openGitTexts(folder: string): RepositoryTexts {
  return {
    files: () => filesOf(folder),
    staged: () => stagedOf(folder),
    history: (range, counted) => historyOf(folder, range, counted),
    versions: (path) => versionsOf(folder, path),
    async isShallow() {
      const { ok, output } = await run(commands.askShallow(), { folder });
      return ok && output.toString().trim() === "true";
    },
  };
}
