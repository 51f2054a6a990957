/** The project's source files for a scan: the work tree without what others made, what is built, and what is no text. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../base/error.ts";
import { MANIFEST } from "../../snapshot/project-root.ts";

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  ".cache",
  ".git",
  ".hg",
  ".idea",
  ".next",
  ".nuxt",
  ".ringfence",
  ".svn",
  ".terraform",
  ".venv",
  "__pycache__",
  "build",
  "coverage",
  "dist",
  "node_modules",
  "out",
  "target",
  "vendor",
  "venv",
]);
const LOCK_FILE = /(^|[-.])lock(\.\w+)?$|^(go\.sum|npm-shrinkwrap\.json)$/;
const PROSE = /\.(md|mdx|markdown|rst|adoc|txt|svg|csv)$/i;
const LARGEST_BYTES = 1_048_576;
const LOOKED_AT_BYTES = 8_000;

export interface SourceFile {
  /** Relative to the project's root, with forward slashes. */
  readonly file: string;
  /** Undefined where it was skipped: larger than 1 MiB, no text, or not readable. */
  readonly bytes: Buffer | undefined;
  readonly isProse: boolean;
}

function bytesOf(path: string): Buffer | undefined {
  try {
    const { size } = lstatSync(path);
    if (size > LARGEST_BYTES) return undefined;
    const bytes = readFileSync(path);
    return bytes.subarray(0, LOOKED_AT_BYTES).includes(0) ? undefined : bytes;
  } catch (error) {
    // Gone meanwhile, or nothing that this user may read: it is counted as skipped.
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/**
 * Every file below the root, folder by folder in the order of their names. Links are not followed; a project inside
 * the project has settings of its own and is left out.
 *
 * @param isOwn true for files and folders that are not to be read: those that settings come from
 * @throws the system's error where a folder can't be listed
 */
export function* sourceFiles(
  root: string,
  isOwn: (path: string) => boolean,
  folder = "",
): Iterable<SourceFile> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  if (folder !== "" && entries.some(({ name }) => name === MANIFEST)) return;
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (isOwn(file)) continue;
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) yield* sourceFiles(root, isOwn, file);
    } else if (entry.isFile() && !LOCK_FILE.test(entry.name)) {
      yield { file, bytes: bytesOf(join(root, file)), isProse: PROSE.test(entry.name) };
    }
  }
}
