/**
 * The logs of services, routers and the supervisor: where their processes write, what is shown of them, and that
 * they don't fill the disk. What a service writes stays as it wrote it; only what is shown is scrubbed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { redact } from "../../base/redact.ts";

const TAIL_BYTES = 4_096;
const TAIL_LINES = 8;
const LARGEST_LOG_BYTES = 16 * 1024 * 1024;
const KEPT_LOGS = 60;

/** The log of one service of a set. */
export function logName(set: string, service: string): string {
  return `${service}-${set}.log`;
}

/** Starts a process in a group of its own that writes into a log and outlives us. @throws the system's error */
export function spawnLogged(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
  log: string,
): ChildProcess {
  const output = openSync(log, "a", 0o600);
  try {
    return spawn(command, args, { ...options, detached: true, stdio: ["ignore", output, output] });
  } finally {
    closeSync(output);
  }
}

/**
 * Cuts logs that have grown over the limit, keeping the former content once as `.1`, and removes the ones that
 * were written longest ago. Writers append, so they go on at the new end.
 *
 * @param inUse names of logs that stay, however old they are.
 */
export function tidyLogs(
  folder: string,
  inUse: ReadonlySet<string>,
  limits: { readonly largestBytes: number; readonly kept: number } = {
    largestBytes: LARGEST_LOG_BYTES,
    kept: KEPT_LOGS,
  },
): void {
  const logs = readdirSync(folder).map((name) => ({
    name,
    path: join(folder, name),
    ...pick(join(folder, name)),
  }));
  for (const { path, size } of logs) {
    if (size <= limits.largestBytes || path.endsWith(".1")) continue;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  }
  const oldestFirst = logs.filter(({ name }) => !inUse.has(name)).toSorted((a, b) => a.mtimeMs - b.mtimeMs);
  for (const { path } of oldestFirst.slice(0, Math.max(0, oldestFirst.length - limits.kept)))
    rmSync(path, { force: true });
}

function pick(path: string): { size: number; mtimeMs: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, mtimeMs };
}

/** The last lines of a log, scrubbed, joined by ` | `; empty when there is none. */
export function logTail(path: string): string {
  let handle: number;
  try {
    handle = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const size = fstatSync(handle).size;
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString("utf8");
    // The first line of a piece may begin inside a secret, where it is not recognised.
    const cut = text.indexOf("\n");
    const whole = size <= bytes.length ? text : cut < 0 ? "" : text.slice(cut + 1);
    const lines = redact(whole).split("\n");
    return lines
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .slice(-TAIL_LINES)
      .join(" | ");
  } finally {
    closeSync(handle);
  }
}
