/** How a store in SQLite fails, and what SQLite's result codes mean to a person. */
import { EXIT, errorCatalogue, type RingfenceError } from "../../base/error.ts";
import { shellWord } from "../../base/shell-word.ts";

export const storeErrors = errorCatalogue({
  STORE_BUSY: {
    summary: "Another process held the store's lock for longer than this one waits; nothing was written.",
    exit: EXIT.locked,
    http: 503,
    retryable: true,
  },
  STORE_MISSING: {
    summary: "The project has no store yet at the place where it is looked for.",
    exit: EXIT.failed,
    http: 404,
  },
  STORE_UNWRITABLE: {
    summary: "The store's file or folder can't be created or written; nothing was written.",
    exit: EXIT.failed,
    http: 500,
  },
  STORE_DAMAGED: {
    summary: "The store's file is no SQLite database, a damaged one, or one of another program.",
    exit: EXIT.failed,
    http: 500,
  },
  STORE_NEWER: {
    summary: "The store was written by a newer Ringfence, whose tables this one doesn't know.",
    exit: EXIT.failed,
    http: 500,
  },
});

/** SQLite's primary result code (sqlite.org/rescode.html) of an error that `node:sqlite` threw. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}

const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** Also what SQLite says to a write while `query_only` is on. */
export function isWriteRefused(error: unknown): boolean {
  return resultCode(error) === READONLY;
}

function busy(path: string, patienceMs: number, cause: unknown): RingfenceError {
  return storeErrors.STORE_BUSY({
    what: "the store is busy; nothing was written",
    where: path,
    why: `another process has kept its lock for ${patienceMs / 1000} s`,
    fix: "run the same command again; what runs is shown by: ringfence operation list",
    cause,
  });
}

export function unwritable(path: string, cause: unknown): RingfenceError {
  return storeErrors.STORE_UNWRITABLE({
    what: "the store can't be written",
    where: path,
    why: cause instanceof Error ? cause.message : String(cause),
    fix: `make the folder writable for this user and see that its disk has room: ls -ld ${shellWord(path)}*; df ${shellWord(path)}`,
    cause,
  });
}

export function damaged(path: string, why: string, cause?: unknown): RingfenceError {
  return storeErrors.STORE_DAMAGED({
    what: "the store's file is damaged or no store",
    where: path,
    why,
    fix: `move it away and put a backup in its place: mv ${shellWord(path)} ${shellWord(`${path}.damaged`)}`,
    cause,
  });
}

/** The catalogue's error for what SQLite says; everything else, such as a broken constraint, is a bug and stays. */
export function storeFailure(error: unknown, path: string, patienceMs: number): unknown {
  if (isBusy(error)) return busy(path, patienceMs, error);
  switch (resultCode(error)) {
    case PERM:
    case READONLY:
    case FULL:
    case CANTOPEN:
      return unwritable(path, error);
    case IOERR:
    case CORRUPT:
    case NOTADB:
      return damaged(path, (error as Error).message, error);
    default:
      return error;
  }
}
