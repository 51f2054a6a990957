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

/** @param folder absolute: the repository's root or any folder below it, which paths are relative to */
export function openGitTexts(folder: string): RepositoryTexts {
  return {
    async files() {
      if (!(await isRepository(folder))) return undefined;
      const files: string[] = [];
      const output = stream(commands.listFiles(), "the files could not be listed", { folder });
      for await (const path of partsOf(output)) files.push(path);
      return files;
    },

    async *staged() {
      await assertRepository(folder);
      const listed: commands.ListedObject[] = [];
      const reader = new commands.RawReader();
      const at = { folder, indexFile: indexFile() };
      const output = stream(commands.listStaged(), "the staged changes could not be listed", at);
      for await (const part of partsOf(output)) {
        const taken = reader.take(part);
        if (typeof taken === "object") listed.push(taken);
      }
      for await (const { asked, bytes, chunks } of objects(folder, listed)) {
        const { path, former } = asked;
        yield {
          path,
          isMessage: false,
          commit: undefined,
          copies: [],
          bytes,
          chunks,
          former: async () => (former === undefined ? undefined : objectText(folder, former)),
        } satisfies StagedText;
      }
    },

    async *history(range, counted) {
      await assertRepository(folder);
      if (range !== undefined) await assertRange(folder, range);
      const listed = await listHistory(folder, range);
      counted(listed.length);
      for await (const { asked, bytes, chunks } of objects(folder, listed)) {
        const { path, isMessage, commit, copies } = asked;
        yield { path, isMessage, commit, copies, bytes, chunks } satisfies RepositoryText;
      }
    },

    async *versions(path) {
      if (!(await isRepository(folder))) return;
      const ids = new Set<string>();
      const reader = new commands.RawReader();
      const output = stream(commands.listHistory(undefined, [path]), "the history could not be listed", {
        folder,
      });
      for await (const part of partsOf(output)) {
        const taken = reader.take(part);
        if (typeof taken === "object") ids.add(taken.id);
      }
      for await (const { chunks } of objects(
        folder,
        [...ids].map((id) => ({ id })),
      )) {
        const parts: Buffer[] = [];
        for await (const chunk of chunks) parts.push(chunk);
        yield Buffer.concat(parts).toString();
      }
    },

    async isShallow() {
      const { ok, output } = await run(commands.askShallow(), { folder });
      return ok && output.toString().trim() === "true";
    },
  };
}
