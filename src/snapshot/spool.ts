/**
 * The spool of one environment: one JSON line for every injection by `run` and every opening of its secrets by another
 * command, appended without a store, chained by digests, and taken over by the store later (`take-over.ts`). Append-only; no line ever holds a secret or a whole
 * command.
 *
 * The chain: `prev` is the SHA-256 of the previous line's bytes without its line feed. The first line's `prev` is
 * the head that take-over left in the sidecar `<environment>.head`, 64 zeros before the first take-over.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { sha256 } from "../base/digest.ts";
import { hostName, userName } from "../base/machine.ts";
import type { DetectionMethod } from "./detection.ts";
import { snapshotErrors } from "./errors.ts";
import { withFileLock } from "./file-lock.ts";
import { ensureStateFolder, stateFolder } from "./state-folder.ts";

/** What the caller says of an injection. */
export interface Injection {
  readonly environment: string;
  /** The command's first word; its arguments may hold secrets. */
  readonly command: string;
  /** How many arguments followed. */
  readonly arguments: number;
  /** Names of the secrets that were injected. */
  readonly secrets: readonly string[];
  /** The configuration's revision. */
  readonly revision: string;
  readonly method: DetectionMethod;
  /** Why a guard was overridden. */
  readonly force?: string;
}

/**
 * What opened a secrets file: the environment's own identity, a person's, what a variable holds or leads to, a key
 * service, or the environment's own that was handed out for a time.
 */
export type IdentityKind = "environment" | "personal" | "variable" | "key-service" | "break-glass";

/** What a command of Ringfence says when it opens an environment's secrets for itself. */
export interface Opening {
  readonly event: "opened";
  readonly environment: string;
  /** Ringfence's own command, as typed: `config show`. */
  readonly command: string;
  /** Names of the secrets that were opened. */
  readonly secrets: readonly string[];
  /** Digest of the secrets file. */
  readonly revision: string;
  readonly identity: IdentityKind;
  /** Which operation handed the identity out, where it was `break-glass`. */
  readonly operation?: string;
  /** Who of the manifest's people acts, where that is known. */
  readonly person?: string;
}

/** A line's place in the chain, and where it was written. */
interface SpoolLink {
  /** From 1, without gaps, over all take-overs. */
  readonly seq: number;
  /** SHA-256 of the line before, lower-case hexadecimal. */
  readonly prev: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The operating system's user. */
  readonly actor: string;
  readonly host: string;
  readonly pid: number;
}

export type SpoolEntry = (Injection | Opening) & SpoolLink;

/** `prev` of the first line ever. */
export const SPOOL_START = "0".repeat(64);

/** Where all spools of a project lie. */
export function spoolFolder(root: string): string {
  return `${stateFolder(root)}/spool`;
}

export function spoolPath(root: string, environment: string): string {
  return `${spoolFolder(root)}/${environment}.jsonl`;
}

function headPath(root: string, environment: string): string {
  return `${spoolFolder(root)}/${environment}.head`;
}

/** The last line of a chain. */
export interface SpoolHead {
  readonly seq: number;
  readonly hash: string;
}

/** The lock that appending and take-over share. */
export function spoolLock(root: string, environment: string): string {
  return `${spoolPath(root, environment)}.lock`;
}

/** What the next line's `prev` is the hash of. */
export function lineHash(line: string | Uint8Array): string {
  return sha256(line).toString("hex");
}

function sidecarHead(root: string, environment: string): SpoolHead {
  const path = headPath(root, environment);
  if (!statSync(path, { throwIfNoEntry: false })) return { seq: 0, hash: SPOOL_START };
  return JSON.parse(readFileSync(path, "utf8")) as SpoolHead;
}

function actor(): string {
  try {
    return userName();
  } catch {
    // A container may run as a user that has no name.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Remembers the head for the first line of the next spool. */
export function writeSpoolHead(root: string, environment: string, head: SpoolHead): void {
  writeFileAtomic(headPath(root, environment), `${JSON.stringify(head)}\n`, 0o600);
}

const TAIL_BYTES = 4_096;

/** The last whole line; a torn one behind it (the machine stopped while it was written) is cut off. */
function lastLine(handle: number): Buffer | undefined {
  const size = fstatSync(handle).size;
  for (let span = Math.min(size, TAIL_BYTES); ; span = Math.min(size, span * 4)) {
    const tail = Buffer.alloc(span);
    readSync(handle, tail, 0, span, size - span);
    const end = tail.lastIndexOf(10);
    const start = end > 0 ? tail.lastIndexOf(10, end - 1) : -1;
    if (span < size && start < 0) continue;
    const whole = size - span + end + 1;
    if (whole < size) ftruncateSync(handle, whole);
    return end < 0 ? undefined : tail.subarray(start + 1, end);
  }
}

/** The head of the chain: the open spool's last line, or what take-over left. Cuts a torn last line off. */
export function spoolHead(handle: number, root: string, environment: string): SpoolHead {
  const line = lastLine(handle);
  if (!line) return sidecarHead(root, environment);
  // A damaged line is still what the next one follows: reading the spool then shows where it breaks.
  return { seq: entryOf(line.toString())?.seq ?? 0, hash: lineHash(line) };
}

function unwritable(folder: string, path: string, error: unknown): Error {
  return snapshotErrors.SPOOL_UNWRITABLE({
    what: "the use of secrets could not be recorded",
    where: path,
    why: error instanceof Error ? error.message : String(error),
    fix: `mkdir -p '${folder}' && touch '${path}' && ls -ld '${folder}' '${path}'`,
    cause: error,
  });
}

/**
 * Appends one line.
 *
 * @param isDurable whether it is on the disk when this returns; else it is with the operating system
 * @throws SPOOL_UNWRITABLE for whatever keeps it from being recorded.
 */
export function appendSpool(root: string, event: Injection | Opening, isDurable = true): SpoolEntry {
  const { environment } = event;
  const folder = spoolFolder(root);
  const path = spoolPath(root, environment);
  try {
    if (!existsSync(folder)) {
      ensureStateFolder(root);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    return withFileLock(spoolLock(root, environment), () => {
      // "a+" is O_APPEND | O_RDWR.
      const handle = openSync(path, "a+", 0o600);
      try {
        const head = spoolHead(handle, root, environment);
        const entry: SpoolEntry = {
          seq: head.seq + 1,
          prev: head.hash,
          at: new Date().toISOString(),
          actor: actor(),
          host: hostName(),
          pid: process.pid,
          ...event,
        };
        const line = Buffer.from(`${JSON.stringify(entry)}\n`);
        for (let done = 0; done < line.length; ) done += writeSync(handle, line, done);
        if (isDurable) fsyncSync(handle);
        return entry;
      } finally {
        closeSync(handle);
      }
    });
  } catch (error) {
    throw unwritable(folder, path, error);
  }
}

export interface SpoolReading {
  /** Every entry up to the first break. */
  readonly entries: readonly SpoolEntry[];
  /** Hash of the last of these lines; the given head when there is none. */
  readonly head: string;
  /** Where the chain breaks; lines count from 1. */
  readonly broken?: { readonly line: number; readonly why: string };
}

function entryOf(line: string): SpoolEntry | undefined {
  try {
    const entry = JSON.parse(line) as SpoolEntry | null;
    return Number.isInteger(entry?.seq) && typeof entry?.prev === "string" ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Checks and reads a spool's text. A last line without line feed was never acknowledged and is left out. */
export function readSpool(text: string, head: string): SpoolReading {
  const entries: SpoolEntry[] = [];
  let hash = head;
  for (const [at, line] of text.split("\n").slice(0, -1).entries()) {
    const broken = (why: string): SpoolReading => ({ entries, head: hash, broken: { line: at + 1, why } });
    const entry = entryOf(line);
    if (!entry) return broken("it is no spool entry");
    if (entry.prev !== hash)
      return broken("it does not follow the line before: a line was changed, added or removed");
    const before = entries.at(-1)?.seq;
    if (before !== undefined && entry.seq !== before + 1) return broken(`its number is not ${before + 1}`);
    entries.push(entry);
    hash = lineHash(line);
  }
  return { entries, head: hash };
}
