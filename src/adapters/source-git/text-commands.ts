/** The arguments of the git commands that list what a repository holds, and how their output reads. Pure: runs nothing. */
import { git } from "./commands.ts";

/** Without `--relative`: git leaves it out of account in a merge, see {@link RawReader}. */
const RAW = ["--raw", "--no-abbrev", "-z", "--no-renames", "--no-ext-diff", "--no-textconv"];
/** Begins a commit's id, which nothing else in the output does. */
const MARK = "\u0001";

/** Tracked files and those that are neither tracked nor ignored, below the folder, each ended by NUL. */
export const listFiles = (): string[] =>
  git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate");

/** What differs between the index and the last commit, also outside the folder. */
export const listStaged = (): string[] => git("diff", "--cached", "--ignore-submodules=all", ...RAW);

/**
 * Commits with what they brought, also outside the folder, the oldest first. A merge brings what none of its parents has.
 *
 * @param from all refs, these commits, and what they reach; or a range
 */
export const listHistory = (from: string | readonly string[], paths: readonly string[] = []): string[] =>
  git(
    "--literal-pathspecs",
    "log",
    "--reverse",
    "-c",
    "-r",
    "--root",
    "--no-show-signature",
    "--no-notes",
    ...RAW,
    "--format=%x01%H",
    ...(typeof from === "string" ? ["--end-of-options", from] : ["--all", ...from]),
    "--",
    ...paths,
  );

/** Annotated tags, each `id name` on a line. */
export const listTags = (): string[] =>
  git(
    "for-each-ref",
    "--format=%(if:equals=tag)%(objecttype)%(then)%(objectname) %(refname:short)%(end)",
    "refs/tags",
  );

/** Fails where nothing is stashed. */
export const askStash = (): string[] => git("rev-parse", "--verify", "--quiet", "refs/stash");

/** The commits of all stashes, one a line: only the newest is a ref, the others stand in its log. */
export const listStashes = (): string[] =>
  git("log", "-g", "--no-show-signature", "--format=%H", "refs/stash", "--");

/** What every ref names, each `id type name` on a line. */
export const listRefs = (): string[] =>
  git("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)");

/** Answers each name on standard input by `id type bytes` on a line. */
export const askObjects = (): string[] => git("cat-file", "--batch-check");

/** Files of a tree, each `mode type id<TAB>path` and NUL. */
export const listFilesOf = (tree: string): string[] => git("ls-tree", "-r", "-z", "--full-tree", tree);

/** Fails for what names no commits. */
export const askRange = (range: string): string[] =>
  git("log", "-1", "--no-show-signature", "--format=%H", "--end-of-options", range, "--");

/** The content of one object. */
export const readBlob = (id: string): string[] => git("cat-file", "blob", id);

/** `true` for a clone that lacks older commits. */
export const askShallow = (): string[] => git("rev-parse", "--is-shallow-repository");

/** Answers each id on standard input by `id type bytes`, a line end, the content and a line end. */
export const readObjects = (): string[] => git("cat-file", "--batch");

/**
 * Four lines: the work tree's root, the folder's path below it, the folder of all work trees' data, the hooks' folder.
 * Under the user's settings: they say where the hooks lie.
 */
export const locateHooks = (): string[] => [
  "rev-parse",
  "--show-toplevel",
  "--show-prefix",
  "--git-common-dir",
  "--git-path",
  "hooks",
];

export interface ListedObject {
  readonly id: string;
  readonly path: string;
  readonly isMessage: boolean;
  readonly commit: string | undefined;
  /** What stood there before; undefined for a new file and in a merge. */
  readonly former: string | undefined;
}

const SUBMODULE = "160000";
const NOTHING = /^0+$/;

/** Takes the parts of `--raw -z` one after the other. What lies outside the folder is passed over. */
export class RawReader {
  readonly #prefix: string;
  #commit: string | undefined;
  #meta: string[] | undefined;

  /** @param prefix the folder's path from the work tree's root, with `/` behind it, or empty */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** @returns an id for a commit, an object for a file that it brought; undefined for what is neither */
  take(part: string): string | ListedObject | undefined {
    const text = part.replace(/^\n/, "");
    if (this.#meta) {
      const meta = this.#meta;
      this.#meta = undefined;
      return this.#object(meta, text);
    }
    if (text.startsWith(MARK)) {
      this.#commit = text.slice(1);
      return this.#commit;
    }
    if (text.startsWith(":")) this.#meta = text.split(" ");
    return undefined;
  }

  /** `:mode mode id id status`; with more parents, more colons, modes and ids. */
  #object(meta: readonly string[], path: string): ListedObject | undefined {
    const parents = /^:+/.exec(meta[0]!)![0].length;
    const id = meta[2 * parents + 1]!;
    if (meta[parents] === SUBMODULE || NOTHING.test(id) || !path.startsWith(this.#prefix)) return undefined;
    const former = parents === 1 && !NOTHING.test(meta[2]!) ? meta[2] : undefined;
    return { id, path: path.slice(this.#prefix.length), isMessage: false, commit: this.#commit, former };
  }
}

export function parseTags(output: string): { readonly id: string; readonly name: string }[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ id: line.slice(0, line.indexOf(" ")), name: line.slice(line.indexOf(" ") + 1) }));
}

/** A ref that names no commit itself: a blob, a tree, or a tag object of whatever. */
export interface OddRef {
  readonly id: string;
  readonly name: string;
}

export function parseOddRefs(output: string): OddRef[] {
  const refs = output.split("\n").map((line) => line.split(" "));
  return refs.flatMap(([id, type, name]) => (id && name && type !== "commit" ? [{ id, name }] : []));
}

/** Blobs of {@link listFilesOf}. */
export function parseFilesOf(part: string): { readonly id: string; readonly path: string } | undefined {
  const tab = part.indexOf("\t");
  const [, type, id] = part.slice(0, tab).split(" ");
  return type === "blob" && id ? { id, path: part.slice(tab + 1) } : undefined;
}
