/** The folders of an environment before a run: made where they are missing, refused where others could write in them. */
import { lstatSync, mkdirSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { systemCode } from "../../base/error.ts";
import type { RunFolder } from "../../snapshot/conditions.ts";
import { runErrors } from "./errors.ts";

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

function unsafe(name: string, path: string, why: string, fix: string): Error {
  return runErrors.RUN_FOLDER_UNSAFE({
    what: `the folder for ${name} is not safe to use`,
    where: path,
    why,
    fix,
  });
}

/** Makes the folder where it is missing; those above it are then private. */
function make({ name, mode }: RunFolder, path: string): void {
  const umask = process.umask(0o077);
  try {
    mkdirSync(dirname(path), { recursive: true });
    // The mode that is declared counts, whatever the caller's umask is.
    process.umask(0);
    mkdirSync(path, { mode });
  } catch (error) {
    if (systemCode(error) === "EEXIST") return;
    throw runErrors.RUN_FOLDER_UNSAFE({
      what: `the folder for ${name} cannot be made`,
      where: path,
      why: error instanceof Error ? error.message : String(error),
      fix: `mkdir -p '${dirname(path)}' && ls -ld '${dirname(path)}'`,
      cause: error,
    });
  } finally {
    process.umask(umask);
  }
}

/**
 * The first link on the way from the root to a path, which is itself part of the way; undefined without one. What is
 * missing is no link. Links above the root, or above an absolute path outside it, are the machine's.
 */
export function linkOnTheWay(root: string, given: string): string | undefined {
  const path = resolve(root, given);
  const steps = relative(root, path).split(sep);
  if (isAbsolute(given) && steps[0] === "..") return isLink(path) ? path : undefined;
  let at = root;
  for (const step of steps) {
    at = resolve(at, step);
    if (step !== ".." && step !== "" && isLink(at)) return at;
  }
  return undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Asked before anything is made, too: whoever can commit a link would choose where. */
function assertNoLink({ name, path: given }: RunFolder, root: string): void {
  if (linkOnTheWay(root, given) === undefined) return;
  const path = resolve(root, given);
  throw unsafe(name, path, "a symbolic link leads elsewhere", `realpath -m '${path}'; ls -ld '${path}'`);
}

function check({ name, path: given, mode }: RunFolder, root: string): void {
  const path = resolve(root, given);
  const found = lstatSync(path);
  if (!found.isDirectory()) throw unsafe(name, path, "it is no folder", `ls -ld '${path}'`);
  const self = process.geteuid?.();
  if (self !== undefined && found.uid !== self) {
    throw unsafe(
      name,
      path,
      `it belongs to user ${found.uid}, not to user ${self}`,
      `chown ${self} '${path}'`,
    );
  }
  const tooMuch = found.mode & 0o077 & ~mode;
  if (tooMuch !== 0) {
    throw unsafe(
      name,
      path,
      `its permissions are ${octal(found.mode & 0o7777)}: others may do there what ${octal(mode)} does not allow`,
      `chmod ${octal(mode)} '${path}'`,
    );
  }
}

/**
 * Makes what is missing and checks the rest.
 *
 * @throws RUN_FOLDER_UNSAFE
 */
export function ensureFolders(folders: readonly RunFolder[], root: string): void {
  for (const folder of folders) {
    assertNoLink(folder, root);
    make(folder, resolve(root, folder.path));
    assertNoLink(folder, root);
    check(folder, root);
  }
}
