/**
 * Telling processes apart and ending them. A process id alone is reused by the system, so a process is known by
 * its id and the moment it started. Only processes that we started, or that carry our mark, are ever signalled.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { until } from "./wait.ts";

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system says it; compared, never read. */
  readonly started: string;
}

/** How long the system may take to end a killed process. */
const KILL_WAIT_MS = 5_000;
const onLinux = process.platform === "linux";

function linuxBoot(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
}

/** proc(5): the fields after the command, which stands in brackets and may hold anything. */
function linuxLook(pid: number): { started: string; dead: boolean } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie whose other threads still end has not closed its files and ports yet.
  const ended = (fields[0] === "Z" || fields[0] === "X") && Number(fields[17]) <= 1;
  return { started: `${linuxBoot()}:${fields[19]}`, dead: ended };
}

function otherLook(pid: number): { started: string; dead: boolean } | undefined {
  try {
    const text = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state = "", ...started] = text.split(/\s+/);
    return { started: started.join(" "), dead: state.startsWith("Z") };
  } catch {
    return undefined;
  }
}

const look = onLinux ? linuxLook : otherLook;

/** The identity of a process that runs now, or has ended and is not yet collected by its parent. */
export function identify(pid: number): ProcessIdentity | undefined {
  const seen = look(pid);
  return seen && { pid, started: seen.started };
}

/** True while this very process runs; false for a zombie, and for another process with its id. */
export function isRunning(identity: ProcessIdentity): boolean {
  const seen = look(identity.pid);
  return seen !== undefined && !seen.dead && seen.started === identity.started;
}

/** Sends a signal to a whole group; one that is gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // The group has ended in between.
  }
}

/** Ends one process at once; one that is gone is no error. */
export function endProcess(identity: ProcessIdentity): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, "SIGKILL");
  } catch {
    // It has ended in between.
  }
}

/**
 * Ends a process and its group: SIGTERM, up to `graceMs` to finish, then SIGKILL for whoever is left.
 * Does nothing when the process does not run any more.
 */
export async function endGroup(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!isRunning(identity)) return;
  signalGroup(identity.pid, "SIGTERM");
  await until(() => !isRunning(identity), graceMs);
  signalGroup(identity.pid, "SIGKILL");
  await until(() => !isRunning(identity), KILL_WAIT_MS);
}

/**
 * Processes that carry `name=value` in their environment: instances whose start was not yet recorded when the
 * supervisor was killed, and what an ended instance left behind. Linux only; elsewhere the list is empty.
 */
export function findMarked(name: string, value: string): ProcessIdentity[] {
  if (!onLinux) return [];
  const mark = Buffer.from(`\0${name}=${value}\0`);
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const block = Buffer.concat([Buffer.of(0), readFileSync(`/proc/${entry}/environ`), Buffer.of(0)]);
        const found = block.includes(mark) ? identify(Number(entry)) : undefined;
        return found ? [found] : [];
      } catch {
        return [];
      }
    });
}
