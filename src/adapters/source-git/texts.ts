/** What a repository holds besides the files that lie there. Reads only; runs no filter, hook or signature check. */
import { resolve } from "node:path";
import { isRingfenceError } from "../../base/error.ts";
import type { RepositoryText, RepositoryTexts, StagedText, TextPlace } from "../../ports/repository-texts.ts";
import { locate } from "./commands.ts";
import { sourceErrors } from "./errors.ts";
import { run, stream } from "./git-process.ts";
import { objects, objectText } from "./objects.ts";
import * as commands from "./text-commands.ts";

const SHORT_ID = 12;

async function* partsOf(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of output) {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0)) {
      yield data.toString("utf8", 0, end);
      data = data.subarray(end + 1);
    }
    rest = Buffer.from(data);
  }
  if (rest.length > 0) yield rest.toString();
}

async function isRepository(folder: string): Promise<boolean> {
  try {
    return (await run(locate(), { folder })).ok;
  } catch (error) {
    if (isRingfenceError(error, "SOURCE_TOOL_MISSING")) return false;
    throw error;
  }
}

async function assertRepository(folder: string): Promise<void> {
  const { ok, words } = await run(locate(), { folder });
  if (ok) return;
  throw sourceErrors.SOURCE_NO_REPOSITORY({
    what: "the folder is not in a git work tree",
    where: folder,
    why: `what is staged and what was committed stands in git; git says: ${words}`,
    fix: "ringfence secret scan   (of the files that lie here)",
  });
}

interface Listed extends commands.ListedObject {
  readonly copies: TextPlace[];
}

/** Each content at the first commit that has it, with the other paths that it lay at. */
class History {
  readonly #byId = new Map<string, Listed>();
  readonly #places = new Set<string>();

  add(object: commands.ListedObject): void {
    const { id, path, commit } = object;
    const place = `${id} ${path}`;
    if (this.#places.has(place)) return;
    this.#places.add(place);
    const known = this.#byId.get(id);
    if (known) known.copies.push({ path, commit });
    else this.#byId.set(id, { ...object, copies: [] });
  }

  addMessage(id: string, path: string, commit: string | undefined): void {
    this.add({ id, path, isMessage: true, commit, former: undefined });
  }

  all(): Listed[] {
    return [...this.#byId.values()];
  }
}

/** Contents, and the messages of commits and tags. */
async function listHistory(folder: string, range: string | undefined): Promise<Listed[]> {
  const history = new History();
  const reader = new commands.RawReader();
  const output = stream(commands.listHistory(range), "the history could not be listed", { folder });
  for await (const part of partsOf(output)) {
    const taken = reader.take(part);
    if (typeof taken === "string") history.addMessage(taken, `commit ${taken.slice(0, SHORT_ID)}`, taken);
    else if (taken) history.add(taken);
  }
  if (range !== undefined) return history.all();
  const tags = commands.parseTags((await run(commands.listTags(), { folder })).output.toString());
  for (const { id, name } of tags) history.addMessage(id, `tag ${name}`, undefined);
  return history.all();
}

/** @throws SOURCE_UNKNOWN_REVISION */
async function assertRange(folder: string, range: string): Promise<void> {
  const { ok, words } = await run(commands.askRange(range), { folder });
  if (ok) return;
  throw sourceErrors.SOURCE_UNKNOWN_REVISION({
    what: `${JSON.stringify(range)} names no commits of this repository`,
    where: folder,
    why: words,
    fix: "ringfence secret scan --history   (everything; or a range as main..HEAD)",
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
  at: { readonly folder: string; readonly indexFile?: string | undefined },
): AsyncGenerator<commands.ListedObject> {
  const reader = new commands.RawReader();
  for await (const part of partsOf(stream(args, what, at))) {
    const taken = reader.take(part);
    if (typeof taken === "object") yield taken;
  }
}

async function* stagedOf(folder: string): AsyncGenerator<StagedText> {
  await assertRepository(folder);
  const at = { folder, indexFile: indexFile() };
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
  await assertRepository(folder);
  if (range !== undefined) await assertRange(folder, range);
  const listed = await listHistory(folder, range);
  counted(listed.length);
  for await (const { asked, bytes, chunks } of objects(folder, listed)) {
    const { path, isMessage, commit, copies } = asked;
    yield { path, isMessage, commit, copies, bytes, chunks };
  }
}

async function* versionsOf(folder: string, path: string): AsyncGenerator<string> {
  if (!(await isRepository(folder))) return;
  const ids = new Set<string>();
  const args = commands.listHistory(undefined, [path]);
  for await (const { id } of listedBy(args, "the history could not be listed", { folder })) ids.add(id);
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
