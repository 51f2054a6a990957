/**
 * What a program's trust is bound to: its words, and the bytes of the project's files that they name, of what those
 * import by relative paths or by their own package's names, and of the files by which package managers and Node decide what runs.
 */
import { posix } from "node:path";
import { type Digest, digestOf, digestOfBytes } from "../base/digest.ts";
import { importsIn, isRelative, isScript } from "./imports.ts";
import { mainPath, ownPaths, packageFields } from "./package-paths.ts";
import type { Program } from "./program.ts";

/** A file that belongs to a program. */
export interface ProgramFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly digest: Digest;
}

/** A program as it stands now. */
export interface ProgramContent extends Program {
  /** By path. */
  readonly files: readonly ProgramFile[];
  /** Of the words and the files. */
  readonly digest: Digest;
}

/** The bytes of a plain file (path relative to the root); undefined for what is none. */
export type ReadFile = (path: string) => Uint8Array | undefined;

/** They say which packages and scripts run: npm's and Node's, and what package managers run by themselves. */
const PACKAGE_FILES: readonly string[] = [
  "package.json",
  "package-lock.json",
  "npm-shrinkwrap.json",
  ".npmrc",
  "pnpm-lock.yaml",
  ".pnpmfile.cjs",
  "yarn.lock",
  ".yarnrc",
  ".yarnrc.yml",
  "bun.lock",
  "bunfig.toml",
];

/** As `require` and `node SCRIPT` complete a path. */
const COMPLETIONS: readonly string[] = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".json"].flatMap(
  (ending) => [ending, `/index${ending}`],
);

function completed(path: string): string[] {
  return [path, ...COMPLETIONS.map((ending) => path + ending)];
}

/** The paths that a word of a command may mean: itself, and what stands behind the `=` of a flag. */
function pathsIn(word: string, root: string): string[] {
  const texts = [word, ...(word.includes("=") ? [word.slice(word.indexOf("=") + 1)] : [])];
  return texts
    .filter((text) => text !== "" && !text.includes("\0"))
    .map((text) => (posix.isAbsolute(text) ? posix.relative(root, text) : posix.normalize(text)))
    .filter((path) => path !== ".." && !path.startsWith("../"));
}

/** What a path may mean that a word or an import names: a file, or a folder with a main file. */
function namedFiles(path: string, read: ReadFile): string[] {
  const own = posix.join(path, "package.json");
  const bytes = read(own);
  if (bytes === undefined) return completed(path);
  const mains = mainPath(packageFields(bytes)).map((main) => posix.join(path, main));
  return [own, ...[path, ...mains].flatMap(completed)];
}

/** What a name without a path means by the nearest `package.json`, and that file where the name is its own. */
function ownFiles(folder: string, name: string, read: ReadFile): string[] {
  for (let at = folder; ; at = posix.dirname(at)) {
    const file = posix.join(at, "package.json");
    const bytes = read(file);
    if (bytes !== undefined) {
      const paths = ownPaths(packageFields(bytes), name).map((path) => posix.join(at, path));
      return paths.length === 0 ? [] : [file, ...paths];
    }
    if (at === posix.dirname(at)) return [];
  }
}

/** The files that a text loads, where it stands in that folder. */
function filesLoaded(text: string, folder: string, read: ReadFile): string[] {
  return importsIn(text).flatMap((name) =>
    isRelative(name) ? namedFiles(posix.join(folder, name), read) : ownFiles(folder, name, read),
  );
}

/**
 * The files that a program's trust is bound to. Where a path may mean several files, all that are there count, so
 * that none of them can be put before another unseen. A word may itself be a script (`node --eval`).
 *
 * @param root absolute folder that `read` reads in
 */
function filesOf({ words }: Program, root: string, read: ReadFile): ProgramFile[] {
  const digests = new Map<string, Digest | undefined>();
  const named = words.flatMap((word) => pathsIn(word, root)).flatMap((path) => namedFiles(path, read));
  const waiting = [...named, ...words.flatMap((word) => filesLoaded(word, ".", read)), ...PACKAGE_FILES];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (digests.has(path)) continue;
    const bytes = read(path);
    digests.set(path, bytes && digestOfBytes(bytes));
    if (bytes === undefined || !isScript(path)) continue;
    waiting.push(...filesLoaded(Buffer.from(bytes).toString("utf8"), posix.dirname(path), read));
  }
  const files = [...digests].flatMap(([path, digest]) => (digest === undefined ? [] : [{ path, digest }]));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** False for a module whose file is not there: it can't run, so there is nothing to trust. */
export function isThere({ kind, words, files }: ProgramContent): boolean {
  return kind !== "module" || files.some(({ path }) => path === posix.normalize(words[0]!));
}

/** A program with everything that its trust is bound to. @param root absolute folder that `read` reads in */
export function contentOf(program: Program, root: string, read: ReadFile): ProgramContent {
  const { kind, name, words } = program;
  const files = kind === "probe" ? [] : filesOf(program, root, read);
  return { ...program, files, digest: digestOf({ kind, name, words, files }) };
}
