/**
 * Holds a Node process to what was trusted: every module that it loads is an installed package's, or a file that was
 * trusted, as it was trusted.
 */
import { readFileSync, realpathSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { digestOfBytes } from "../../base/digest.ts";
import type { ProgramCall } from "../../ports/programs.ts";

/** What a process is held to. */
export type TrustedFiles = Pick<ProgramCall, "folder" | "files">;

/** A file that was refused; the message names it. */
export class NotTrusted extends Error {
  readonly fix: string;
  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** True for a path below a folder. Both are real paths. */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Where packages are installed: `node_modules` of the project and of the folders above it. Not those further inside:
 * they can be committed with the project, as can a link that calls another folder of it `node_modules`.
 */
function installedFolders(root: string): string[] {
  const own = join(root, "node_modules");
  const folders: string[] = [];
  for (let at = root; ; at = dirname(at)) {
    const real = realPathOf(join(at, "node_modules"));
    if (real !== undefined && (real === own || !isBelow(real, root))) folders.push(real);
    if (at === dirname(at)) return folders;
  }
}

function refusal(path: string, isKnown: boolean): NotTrusted {
  if (isKnown) {
    const fix = "ringfence trust   # after reading what it lists";
    return new NotTrusted(`it loads ${path}, which has changed since`, fix);
  }
  const form = `import "./${basename(path)}"`;
  const fix = `ringfence trust   # after naming ${path} by a relative path where it is loaded, be it in a comment, as in ${form}`;
  return new NotTrusted(`it loads ${path}, which is not part of what was trusted`, fix);
}

/**
 * From now on this thread loads nothing else.
 *
 * @param isElsewhere lets pass files outside the project, given their real path and the project's
 * @param onRefusal is told of every file that is refused, before the load fails
 */
export function loadOnlyTrusted(
  { folder, files }: TrustedFiles,
  isElsewhere: (path: string, root: string) => boolean = () => false,
  onRefusal: (refused: NotTrusted) => void = () => {},
): void {
  const root = realpathSync(folder);
  const installed = installedFolders(root);
  const trusted = new Map(files.map(({ path, digest }) => [realPathOf(join(folder, path)), digest]));
  const check = (url: string): void => {
    if (!url.startsWith("file:")) return;
    const path = realpathSync(fileURLToPath(url));
    const known = trusted.get(path);
    const isFree =
      known === undefined && (installed.some((at) => isBelow(path, at)) || isElsewhere(path, root));
    if (isFree || known === digestOfBytes(readFileSync(path))) return;
    const refused = refusal(relative(root, path), known !== undefined);
    onRefusal(refused);
    throw refused;
  };
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      // A required add-on is machine code that Node loads without asking the hook below.
      if (found.url.endsWith(".node")) check(found.url);
      return found;
    },
    load(url, context, nextLoad) {
      check(url);
      return nextLoad(url, context);
    },
  });
}
