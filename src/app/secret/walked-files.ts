/** The files below a folder, by names of their own: a symbolic link leads to one of them, or it is told. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { systemCode } from "../../base/error.ts";
import { isInside } from "../../base/folder.ts";

/** Stands in a name for bytes that are no UTF-8: what has it is there, and can't be asked for by this name. */
const UNKNOWN_SIGN = "\ufffd";

/** Why nobody can look at what is not found by its name, where the name is why. */
export function whyUnnamed(path: string): string | undefined {
  return path.includes(UNKNOWN_SIGN) ? "its name is not in UTF-8, so that it can't be opened" : undefined;
}

export interface WalkedFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  /** Why nobody can look at it from here. */
  readonly why?: string;
}

interface Walk {
  readonly root: string;
  /** Names that are passed over, wherever they stand. */
  readonly skipped: readonly string[];
}

/** Why what a link leads to is not among the files below; undefined where it is, so that it is walked there. */
function whyElsewhere({ root, skipped }: Walk, link: string): string | undefined {
  try {
    const target = realpathSync(link);
    if (!isInside(root, target)) return "a symbolic link that leads out";
    const passed = relative(root, target)
      .split(sep)
      .find((part) => skipped.includes(part));
    return passed && `a symbolic link into ${passed}, which is passed over`;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === "ENOENT" ? "a symbolic link that leads nowhere" : `it can't be read (${code})`;
  }
}

function* walked(walk: Walk, folder: string): Iterable<WalkedFile> {
  const entries = readdirSync(join(walk.root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (walk.skipped.includes(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const unnamed = whyUnnamed(entry.name);
    if (unnamed && !existsSync(join(walk.root, path))) yield { path, why: unnamed };
    else if (entry.isDirectory()) yield* walked(walk, path);
    else if (entry.isFile()) yield { path };
    else if (entry.isSymbolicLink()) {
      const why = whyElsewhere(walk, join(walk.root, path));
      if (why) yield { path, why };
    }
  }
}

/**
 * In the order of names; each file once.
 *
 * @param root a real path, without links
 * @throws the system's error for a folder that can't be read
 */
export function walkedFiles(root: string, skipped: readonly string[]): Iterable<WalkedFile> {
  return walked({ root, skipped }, "");
}
