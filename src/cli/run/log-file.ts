/**
 * The file in which the output of runs is kept: whole lines, appended by every run of the same command, one file
 * after the other. A full one is renamed to `<file>.<time>.<number>`; the one before is then compressed. The newest
 * former file stays as it is, because another run may just be writing the last lines to it.
 */
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { isRingfenceError, systemCode } from "../../base/error.ts";
import type { LogFile } from "../../snapshot/conditions.ts";
import { withFileLock } from "../../snapshot/file-lock.ts";
import { runErrors } from "./errors.ts";
import { linkOnTheWay } from "./folders.ts";

const LINE_FEED = 10;
/** A line that is longer is written in parts. */
const LONGEST_LINE = 1024 * 1024;

function unwritable(path: string, error: unknown): Error {
  return runErrors.RUN_LOG_UNWRITABLE({
    what: "the output of the run cannot be kept",
    where: path,
    why: error instanceof Error ? error.message : String(error),
    fix: `mkdir -p '${dirname(path)}' && touch '${path}' && ls -ld '${dirname(path)}' '${path}'`,
    cause: error,
  });
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // Not blocking: a FIFO in its place is refused instead of waited for.
  const handle = openSync(path, O_APPEND | O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), 0o600);
  try {
    if (!fstatSync(handle).isFile()) throw new Error("it is no plain file");
    fchmodSync(handle, 0o600);
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

interface Former {
  readonly path: string;
  readonly changedMs: number;
}

const FORMER = /\.\d{8}T\d{6}Z\.\d+(?:\.gz)?$/;

/** Former files of a log, newest first. */
function formerFiles(path: string): Former[] {
  const start = basename(path);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${start}.`) && FORMER.test(name.slice(start.length)))
    .toSorted()
    .toReversed()
    .flatMap((name) => {
      const former = join(dirname(path), name);
      const found = statSync(former, { throwIfNoEntry: false });
      return found ? [{ path: former, changedMs: found.mtimeMs }] : [];
    });
}

function compress(path: string): void {
  writeFileAtomic(`${path}.gz`, gzipSync(readFileSync(path)), 0o600);
  rmSync(path);
}

/** Removes former files that are too many or too old, and compresses all but the newest. */
function tidy(path: string, { keep, retentionMs }: LogFile, now: number): void {
  for (const [at, former] of formerFiles(path).entries()) {
    const old = retentionMs !== undefined && now - former.changedMs > retentionMs;
    if (at >= keep || old) rmSync(former.path, { force: true });
    else if (at > 0 && !former.path.endsWith(".gz")) compress(former.path);
  }
}

/** A name that sorts by time, and that nothing has. */
function formerName(path: string, now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  for (let number = 1; ; number++) {
    const name = `${path}.${time}.${String(number).padStart(4, "0")}`;
    if (!existsSync(name) && !existsSync(`${name}.gz`)) return name;
  }
}

/** Where a stream's lines are kept. */
export interface LineKeeper {
  push(chunk: Uint8Array): void;
  /** What stands behind the last line feed, at the stream's end. */
  end(): void;
}

export interface Log {
  keeper(): LineKeeper;
  close(): void;
  /** Lines that could not be written. */
  readonly lostLines: number;
}

class AppendedLog implements Log {
  readonly #path: string;
  readonly #rule: LogFile;
  readonly #say: (why: string) => void;
  readonly #now: () => number;
  #handle: number;
  #isToldOf = false;
  lostLines = 0;

  constructor(path: string, rule: LogFile, say: (why: string) => void, now: () => number) {
    this.#path = path;
    this.#rule = rule;
    this.#say = say;
    this.#now = now;
    this.#handle = openLog(path);
    this.#underLock(() => tidy(path, rule, now()));
  }

  /** What others do at the same time is not done twice; what fails is done by a later run. */
  #underLock(work: () => void): void {
    try {
      withFileLock(`${this.#path}.lock`, work, 1_000);
    } catch (error) {
      if (!isRingfenceError(error) && systemCode(error) === undefined) throw error;
    }
  }

  #isDue({ size, birthtimeMs }: Stats, more: number): boolean {
    const { rotateBytes, rotateMs } = this.#rule;
    if (size === 0) return false;
    return size + more > rotateBytes || (rotateMs !== undefined && this.#now() - birthtimeMs > rotateMs);
  }

  /** Writes go to the file that has the name now; another run may have begun a new one. */
  #follow(): Stats {
    const own = fstatSync(this.#handle);
    const named = statSync(this.#path, { throwIfNoEntry: false });
    if (named && named.ino === own.ino && named.dev === own.dev) return own;
    const handle = openLog(this.#path);
    closeSync(this.#handle);
    this.#handle = handle;
    return fstatSync(handle);
  }

  #rotate(more: number): void {
    this.#underLock(() => {
      if (!this.#isDue(this.#follow(), more)) return;
      renameSync(this.#path, formerName(this.#path, this.#now()));
      this.#follow();
      tidy(this.#path, this.#rule, this.#now());
    });
  }

  write(lines: Uint8Array): void {
    let done = 0;
    try {
      if (this.#isDue(this.#follow(), lines.length)) this.#rotate(lines.length);
      while (done < lines.length) done += writeSync(this.#handle, lines, done);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      for (const byte of lines.subarray(done)) if (byte === LINE_FEED) this.lostLines++;
      if (!this.#isToldOf) this.#say(error instanceof Error ? error.message : String(error));
      this.#isToldOf = true;
    }
  }

  keeper(): LineKeeper {
    let rest: Uint8Array = new Uint8Array();
    return {
      push: (chunk) => {
        const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const end = all.lastIndexOf(LINE_FEED) + 1;
        const cut = end === 0 && all.length > LONGEST_LINE ? all.length : end;
        if (cut > 0) this.write(all.subarray(0, cut));
        // A copy: the chunk's memory belongs to the stream.
        rest = Uint8Array.from(all.subarray(cut));
      },
      end: () => {
        if (rest.length > 0) this.write(Buffer.concat([rest, Buffer.from("\n")]));
        rest = new Uint8Array();
      },
    };
  }

  close(): void {
    closeSync(this.#handle);
  }
}

/**
 * Opens the log of a run (0600), and tidies up what former runs left.
 *
 * @param path absolute.
 * @param say is told once why lines can't be written; the run goes on.
 * @param root of the project: a link in it leads to no log.
 * @param now milliseconds since 1970; the system's clock unless told.
 * @throws RUN_LOG_UNWRITABLE
 */
export function openLogFile(
  path: string,
  rule: LogFile,
  say: (why: string) => void,
  root: string,
  now: () => number = Date.now,
): Log {
  try {
    const link = linkOnTheWay(root, path);
    if (link !== undefined) throw new Error(`a symbolic link leads elsewhere: ${link}`);
    return new AppendedLog(path, rule, say, now);
  } catch (error) {
    throw unwritable(path, error);
  }
}
