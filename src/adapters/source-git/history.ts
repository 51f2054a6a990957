/** Lists every content that the refs and stashes of a repository reach, and what its commits and tags say. */
import type { TextPlace } from "../../ports/repository-texts.ts";
import { failed, type Run, run, stream } from "./git-process.ts";
import * as commands from "./text-commands.ts";

const SHORT_ID = 12;

/** What git's output holds, each part ended by NUL. */
export async function* partsOf(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
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

  /** What no commit has. Whatever else names a content that one has is no news. */
  addUncommitted(id: string, path: string): void {
    if (!this.#byId.has(id)) this.add({ id, path, isMessage: false, commit: undefined, former: undefined });
  }

  all(): Listed[] {
    return [...this.#byId.values()];
  }
}

async function outputOf(args: readonly string[], what: string, at: Run): Promise<string> {
  const { ok, output, words } = await run(args, at);
  if (!ok) throw failed(what, at.folder, words);
  return output.toString();
}

async function stashes(folder: string): Promise<string[]> {
  if (!(await run(commands.askStash(), { folder })).ok) return [];
  const output = await outputOf(commands.listStashes(), "the stashes could not be listed", { folder });
  return output.split("\n").filter((id) => id !== "");
}

/** Contents that a ref names without a commit: a blob, or the files of a tree, be it behind tag objects. */
async function addOddRefs(history: History, folder: string, prefix: string): Promise<void> {
  const what = "the refs could not be read";
  const refs = commands.parseOddRefs(await outputOf(commands.listRefs(), what, { folder }));
  if (refs.length === 0) return;
  const input = refs.map(({ id }) => `${id}^{}\n`).join("");
  const answers = (await outputOf(commands.askObjects(), what, { folder, input })).split("\n");
  for (const [at, { name }] of refs.entries()) {
    const [id = "", type] = answers[at]!.split(" ");
    if (type === "blob") history.addUncommitted(id, name);
    if (type !== "tree") continue;
    for await (const part of partsOf(stream(commands.listFilesOf(id), what, { folder }))) {
      const file = commands.parseFilesOf(part);
      // A tree need not be of the whole work tree, so none of it counts as outside the folder.
      const path = file?.path.startsWith(prefix) ? file.path.slice(prefix.length) : file?.path;
      if (file && path !== undefined) history.addUncommitted(file.id, path);
    }
  }
}

/**
 * Contents, and the messages of commits and tags.
 *
 * @param prefix the folder's path from the work tree's root
 */
export async function listHistory(
  folder: string,
  prefix: string,
  range: string | undefined,
): Promise<Listed[]> {
  const history = new History();
  const reader = new commands.RawReader(prefix);
  const args = commands.listHistory(range ?? (await stashes(folder)));
  for await (const part of partsOf(stream(args, "the history could not be listed", { folder }))) {
    const taken = reader.take(part);
    if (typeof taken === "string") history.addMessage(taken, `commit ${taken.slice(0, SHORT_ID)}`, taken);
    else if (taken) history.add(taken);
  }
  if (range !== undefined) return history.all();
  await addOddRefs(history, folder, prefix);
  const tags = commands.parseTags((await run(commands.listTags(), { folder })).output.toString());
  for (const { id, name } of tags) history.addMessage(id, `tag ${name}`, undefined);
  return history.all();
}
