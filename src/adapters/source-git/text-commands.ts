/** The arguments of the git commands that list what a repository holds, and how their output reads. Pure: runs nothing. */
import { git } from "./commands.ts";

const RAW = ["--raw", "--no-abbrev", "-z", "--no-renames", "--relative", "--no-ext-diff", "--no-textconv"];
/** Begins a commit's id, which nothing else in the output does. */
const MARK = "\u0001";

/** Tracked files and those that are neither tracked nor ignored, below the folder, each ended by NUL. */
export const listFiles = (): string[] =>
  git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate");

/** What differs between the index and the last commit. */
export const listStaged = (): string[] => git("diff", "--cached", "--ignore-submodules=all", ...RAW);

/** Every commit with what it brought, the oldest first. A merge brings what none of its parents has. */
export const listHistory = (range: string | undefined, paths: readonly string[] = []): string[] =>
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
    ...(range === undefined ? ["--all"] : ["--end-of-options", range]),
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

/** Takes the parts of `--raw -z` one after the other. */
export class RawReader {
  #commit: string | undefined;
  #meta: string[] | undefined;

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
    if (meta[parents] === SUBMODULE || NOTHING.test(id)) return undefined;
    const former = parents === 1 && !NOTHING.test(meta[2]!) ? meta[2] : undefined;
    return { id, path, isMessage: false, commit: this.#commit, former };
  }
}

export function parseTags(output: string): { readonly id: string; readonly name: string }[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ id: line.slice(0, line.indexOf(" ")), name: line.slice(line.indexOf(" ") + 1) }));
}
