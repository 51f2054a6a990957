/**
 * A view of the file system that holds nothing of other environments, by bubblewrap (bwrap(1)): the system and the
 * project are there to read; the environment's own folders, and what is declared, to write; `/tmp` is the run's own;
 * other environments' files, the repository, Ringfence's state and keys are not there. Neither are other processes.
 */
import { lstatSync, realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { RunFolder, RunView } from "../../snapshot/conditions.ts";
import { stateFolder } from "../../snapshot/state-folder.ts";
import { runErrors } from "./errors.ts";
import { keyPaths, repositoryPaths } from "./key-paths.ts";
import { findSystemProgram } from "./system-program.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Something that is laid over a path. */
interface Cover {
  readonly path: string;
  readonly what: "writable" | "hidden folder" | "hidden file";
}

function kindOf(path: string): "folder" | "file" | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  return found.isDirectory() ? "folder" : "file";
}

/** Where a path leads once every link is followed; nothing where there is nothing. */
function realPath(root: string, path: string): string[] {
  try {
    return [realpathSync(resolve(root, path))];
  } catch {
    return [];
  }
}

/** What is to be covered: of two that lie in one another the outer one first. What is hidden and also writable is writable. */
function coversOf(hidden: readonly string[], writable: readonly string[]): Cover[] {
  const own = new Set(writable);
  const covers = [...new Set(hidden)]
    .filter((path) => !own.has(path))
    .map((path): Cover => ({ path, what: kindOf(path) === "folder" ? "hidden folder" : "hidden file" }));
  const all = [...covers, ...[...own].map((path): Cover => ({ path, what: "writable" }))];
  return all.toSorted((a, b) => a.path.split("/").length - b.path.split("/").length);
}

function argumentsOf({ path, what }: Cover): string[] {
  if (what === "writable") return ["--bind", path, path];
  return what === "hidden folder" ? ["--perms", "0555", "--tmpfs", path] : ["--ro-bind", "/dev/null", path];
}

/**
 * A terminal gives INT and QUIT to bwrap, too, which would end and take the command with it before that could answer.
 * So bwrap ignores them; for the command `env` (of GNU coreutils) sets them back to what they usually do.
 */
export function onTerminal(bubblewrap: readonly string[], command: readonly string[]): readonly string[] {
  return [
    ...["/bin/sh", "-c", 'trap "" INT QUIT; exec "$@"', "ringfence"],
    ...bubblewrap,
    ...["/usr/bin/env", "--default-signal=INT,QUIT", "--"],
    ...command,
  ];
}

export interface ViewFacts {
  readonly root: string;
  /** The caller's variables: where its home and its keys are. */
  readonly outer: Variables;
  readonly workingFolder: string;
}

/** Arguments of bwrap up to the command. */
export function viewArguments(
  view: RunView,
  folders: readonly RunFolder[],
  { root, outer, workingFolder }: ViewFacts,
): readonly string[] {
  const real = (path: string): string[] => realPath(root, path);
  const own = [...folders.map(({ path }) => path), ...view.writable].flatMap(real);
  const [git, ...linked] = repositoryPaths(root).flatMap(real);
  const repository = git === undefined || own.includes(git) ? [] : [git, ...linked];
  const keys = keyPaths(outer, workingFolder);
  const hidden = [...[...view.hidden, stateFolder(root), ...keys].flatMap(real), ...repository];
  const covers = coversOf(hidden, own);
  const inTmp = [root, workingFolder]
    .flatMap(real)
    .filter((path) => !relative("/tmp", path).startsWith(".."));
  return [
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--unshare-pid", "--proc", "/proc", "--tmpfs", "/tmp"],
    // A project below /tmp would be covered with it.
    ...[...new Set(inTmp)].flatMap((path) => ["--ro-bind", path, path]),
    ...covers.flatMap(argumentsOf),
    // Only now: what is writable inside a hidden folder needs a place to be mounted on.
    ...covers.filter(({ what }) => what === "hidden folder").flatMap(({ path }) => ["--remount-ro", path]),
    // The agent signs and opens with the keys that are hidden.
    ...["--unsetenv", "SSH_AUTH_SOCK", "--chdir", workingFolder, "--die-with-parent"],
  ];
}

/**
 * The path of bwrap.
 *
 * @param path folders, as in PATH; those of the system unless told.
 * @throws RUN_VIEW_UNAVAILABLE
 */
export function findBubblewrap(path?: string): string {
  const found = findSystemProgram("bwrap", path);
  if (found !== undefined) return found;
  throw runErrors.RUN_VIEW_UNAVAILABLE({
    what: "the run cannot be kept from other environments' files",
    where: "policy run.view: own",
    why: "bubblewrap (bwrap) is not installed",
    fix: "apt-get install bubblewrap",
  });
}
