/**
 * Taking spools over into the store: setting a stretch aside, telling what of it is new, deleting it afterwards.
 * The store itself is the caller's.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, join } from "node:path";
import { systemCode } from "../base/error.ts";
import { withFileLock } from "./file-lock.ts";
import {
  lineHash,
  readSpool,
  SPOOL_START,
  type SpoolReading,
  spoolFolder,
  spoolHead,
  spoolLock,
  spoolPath,
  writeSpoolHead,
} from "./spool.ts";

/** A stretch of the spool that was set aside for the store. */
export interface TakenSpool {
  readonly path: string;
  readonly text: string;
  /** Hash of its last line, which the next stretch follows. */
  readonly head: string;
}

function takenSpool(path: string): TakenSpool {
  const text = readFileSync(path, "utf8");
  return { path, text, head: lineHash(text.split("\n").at(-2) ?? "") };
}

function takenName(environment: string, name: string): number | undefined {
  if (!name.startsWith(`${environment}.taken-`)) return undefined;
  const digits = name.slice(`${environment}.taken-`.length);
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

function earliestTaken(folder: string, environment: string): TakenSpool | undefined {
  const first = readdirSync(folder)
    .filter((name) => takenName(environment, name) !== undefined)
    .sort((a, b) => takenName(environment, a)! - takenName(environment, b)!)[0];
  return first === undefined ? undefined : takenSpool(join(folder, first));
}

/**
 * Sets the spool aside for the store, under the lock; undefined when there is nothing to take. What an earlier,
 * interrupted take-over left is answered first. The caller imports what {@link untaken} leaves of it and its head
 * in one transaction, calls {@link finishTakeOver}, and asks again until there is nothing.
 *
 * Killed at any point nothing is lost or doubled: the head is written before the rename (and not looked at while
 * lines stand in the spool), the taken file stays until it is imported, the store's head tells what it has.
 */
export function takeOver(root: string, environment: string): TakenSpool | undefined {
  const path = spoolPath(root, environment);
  const folder = spoolFolder(root);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return withFileLock(spoolLock(root, environment), () => {
    const left = earliestTaken(folder, environment);
    if (left) return left;
    let handle: number;
    try {
      handle = openSync(path, "r+");
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw error;
    }
    try {
      const head = spoolHead(handle, root, environment);
      if (fstatSync(handle).size === 0) return undefined;
      writeSpoolHead(root, environment, head);
      const taken = join(folder, `${environment}.taken-${head.seq}`);
      renameSync(path, taken);
      return takenSpool(taken);
    } finally {
      closeSync(handle);
    }
  });
}

/**
 * What the store does not have yet of a taken stretch. Where its chain is broken, the caller records that with the
 * entries before the break, keeps a copy of the file, and goes on with the stretch's own head.
 *
 * @param head the store's head; undefined before the first take-over.
 */
export function untaken(taken: TakenSpool, head: string | undefined): SpoolReading {
  if (head === taken.head) return { entries: [], head };
  return readSpool(taken.text, head ?? SPOOL_START);
}

/** Deletes a taken stretch that the store has committed. */
export function finishTakeOver(taken: TakenSpool): void {
  rmSync(taken.path, { force: true });
}

/** Names of the environments that have something to take over. */
export function spooledEnvironments(root: string): string[] {
  const folder = spoolFolder(root);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
  const found = names.flatMap((name) => /^(.+)(?:\.jsonl|\.taken-\d+)$/.exec(basename(name))?.[1] ?? []);
  return [...new Set(found)].sort();
}
