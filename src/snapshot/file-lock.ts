/**
 * A lock file between processes of one machine, held for milliseconds. The file names its holder; a holder that
 * died is found by its process id and start time, and its lock is broken by exactly one of those who wait.
 *
 * The lock is made whole under another name and then linked into place, so that nobody ever sees a half-written
 * one. Who wants to break a dead holder's lock takes another lock whose name holds the dead one's mark: only who
 * has that may remove it, so a lock that is alive is never removed in its place.
 */
import { linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { systemCode } from "../base/error.ts";
import { hostName, processStart } from "../base/machine.ts";
import { snapshotErrors } from "./errors.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process (Linux, clock ticks since boot); empty elsewhere. */
  readonly started: string;
  /** Random, one for each time it is taken. Nobody has to be kept from guessing it. */
  readonly mark: string;
}

const PATIENCE_MS = 5_000;

function holderOf(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const [pid, started, mark, host] = text.trim().split(" ");
  return { pid: Number(pid), started: started ?? "", mark: mark ?? "", host: host ?? "" };
}

function isDead(holder: Holder): boolean {
  // Another machine's or container's processes can't be seen from here.
  if (holder.host !== hostName() || !Number.isInteger(holder.pid) || holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return systemCode(error) === "ESRCH";
  }
  const started = processStart(holder.pid) ?? "";
  return holder.started !== "-" && started !== "" && started !== holder.started;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function tryTake(path: string, holder: Holder): boolean {
  const own = `${path}.${holder.pid}.${holder.mark}`;
  writeFileSync(own, `${holder.pid} ${holder.started || "-"} ${holder.mark} ${holder.host}\n`, {
    flag: "wx",
    mode: 0o600,
  });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    return false;
  } finally {
    unlinkSync(own);
  }
}

function taken(path: string, holder: Holder): Error {
  return snapshotErrors.SNAPSHOT_LOCKED({
    what: `process ${holder.pid} on ${holder.host} holds a lock and does not let go of it`,
    where: path,
    why: "it is alive, or runs where this process cannot see it (another machine, a container)",
    fix: `ps -p ${holder.pid}   # on ${holder.host}; when it is gone: rm '${path}'`,
  });
}

function breakDead(path: string, dead: Holder, deadline: number): void {
  const right = `${path}.${dead.mark}`;
  take(right, deadline);
  try {
    if (holderOf(path)?.mark === dead.mark) unlinkSync(path);
  } finally {
    letGo(right);
  }
}

function take(path: string, deadline: number): void {
  const holder: Holder = {
    pid: process.pid,
    host: hostName(),
    started: processStart("self") ?? "",
    mark: Math.random().toString(36).slice(2),
  };
  for (let wait = 1; ; wait = Math.min(wait * 2, 20)) {
    if (tryTake(path, holder)) return;
    const current = holderOf(path);
    if (!current) continue;
    if (isDead(current)) {
      breakDead(path, current, deadline);
      continue;
    }
    if (Date.now() > deadline) throw taken(path, current);
    sleep(wait * (0.5 + Math.random()));
  }
}

function letGo(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Somebody may have removed it by hand.
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/**
 * Runs `work` while no other process holds the lock.
 *
 * @throws SNAPSHOT_LOCKED when another process holds it for longer than `patienceMs`.
 */
export function withFileLock<T>(path: string, work: () => T, patienceMs: number = PATIENCE_MS): T {
  take(path, Date.now() + patienceMs);
  try {
    return work();
  } finally {
    letGo(path);
  }
}
