/** The arguments of each git command that is run, and how its output reads. Pure: runs nothing. */
import type { SourceChange } from "../../ports/source.ts";

/** The same bytes on every machine, whatever its user has configured; and nothing that git would start by itself. */
const SETTINGS = [
  "core.autocrlf=false",
  "core.eol=lf",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "core.attributesFile=/dev/null",
  "core.hooksPath=/dev/null",
];

/** Words behind `git`, under settings of ours. */
export function git(...args: readonly string[]): string[] {
  return [...SETTINGS.flatMap((setting) => ["-c", setting]), ...args];
}

/** Three lines: the work tree's root, the folder's path below it (ends with `/`, or is empty), the git folder. */
export const locate = (): string[] =>
  git("rev-parse", "--show-toplevel", "--show-prefix", "--absolute-git-dir");

export const resolveCommit = (revision: string): string[] =>
  git("rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`);

/** Names of branches and tags, one a line. */
export const listNames = (): string[] =>
  git("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes");

/** Entries of the folder that it runs in, each `XY path` and NUL; paths count from the work tree's root. */
export const status = (): string[] =>
  git(
    "--no-optional-locks",
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=all",
    "--ignore-submodules=none",
    "--no-renames",
    "--",
    ".",
  );

/** Entries of these paths that differ from the commit, as {@link status} gives them. */
export const statusOf = (paths: readonly string[]): string[] =>
  git(
    "--literal-pathspecs",
    "--no-optional-locks",
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=all",
    "--no-renames",
    "--",
    ...paths,
  );

/** The id and the author's name of the latest commit that changed one of the paths, on a line each; or nothing. */
export const lastChange = (paths: readonly string[]): string[] =>
  git("--literal-pathspecs", "log", "-1", "--no-show-signature", "--format=%H%n%an", "--", ...paths);

/** Commits of all branches and tags that changed the path, the newest first, one a line. */
export const commitsOf = (path: string): string[] =>
  git("--literal-pathspecs", "log", "--all", "--no-show-signature", "--format=%H", "--", path);

/** The file, relative to the folder that it runs in, as a commit has it. */
export const fileAt = (commit: string, path: string): string[] =>
  git("cat-file", "blob", `${commit}:./${path}`);

export const configure = (name: string, value: string): string[] =>
  git("config", "--local", "--replace-all", name, value);

/** Entries below a prefix (empty: all), each `mode type id<TAB>path` and NUL. */
export const listTree = (commit: string, prefix: string): string[] =>
  git("ls-tree", "-r", "-z", "--full-tree", commit, ...(prefix === "" ? [] : ["--", prefix]));

/** Fills the index (GIT_INDEX_FILE) with all of a commit, so that every .gitattributes is found there. */
export const readTree = (gitFolder: string, workTree: string, commit: string): string[] =>
  git(`--git-dir=${gitFolder}`, `--work-tree=${workTree}`, "read-tree", commit);

/** Writes the paths that come in on standard input, each ended by NUL, from the index into the work tree. */
export const writeFiles = (gitFolder: string, workTree: string): string[] =>
  git(`--git-dir=${gitFolder}`, `--work-tree=${workTree}`, "checkout-index", "-z", "--stdin");

/** The caller's environment without what would lead git to another repository, index or identity. */
export function commandEnvironment(
  outer: NodeJS.ProcessEnv,
  indexFile?: string,
): Record<string, string | undefined> {
  const kept = Object.entries(outer).filter(([name]) => !name.toUpperCase().startsWith("GIT_"));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    // What a partial clone lacks is not fetched behind anybody's back.
    GIT_NO_LAZY_FETCH: "1",
    // What a commit's id names, and what a push would send: not what was put in its place on this machine.
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
  };
}

const parts = (output: string): string[] => output.split("\0").filter((part) => part !== "");

/** Changed paths relative to the prefix. */
export function parseStatus(output: string, prefix: string): string[] {
  return parts(output)
    .map((entry) => entry.slice(3))
    .map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path))
    .sort();
}

export function parseChange(output: string): SourceChange | undefined {
  const [commit = "", name = ""] = output.split("\n");
  const author = name.replace(/\p{Cc}/gu, "").trim();
  return commit && author ? { commit, author } : undefined;
}

export interface TreeEntry {
  readonly submodule: boolean;
  /** From the work tree's root. */
  readonly path: string;
}

export function parseTree(output: string): TreeEntry[] {
  return parts(output).map((entry) => ({
    submodule: entry.startsWith("160000 "),
    path: entry.slice(entry.indexOf("\t") + 1),
  }));
}
