/** One look at one instance: does its process run, what do its health paths say, and how did it end if it did. */
import type { InstanceHealth } from "../../ports/target.ts";
import { stateOf } from "./instance.ts";
import { logTail } from "./logs.ts";
import { lookAt } from "./look.ts";
import { isRunning, type ProcessIdentity } from "./process-identity.ts";
import type { InstanceRecord } from "./state.ts";

const LOOK_TIMEOUT_MS = 2_000;

/** What the supervisor knows of the process. */
export interface Seen {
  readonly process: ProcessIdentity | undefined;
  readonly wasReady: boolean;
  readonly lastEnd: string | undefined;
}

async function ask({ port, health }: InstanceRecord): Promise<{ ready: boolean; evidence: string }> {
  if (!health) return { ready: true, evidence: "its process runs; it declares no health path" };
  const looks = await Promise.all([
    lookAt(port, health.ready, LOOK_TIMEOUT_MS),
    ...(health.live === health.ready ? [] : [lookAt(port, health.live, LOOK_TIMEOUT_MS)]),
  ]);
  return {
    ready: looks.every(({ status }) => status >= 200 && status < 300),
    evidence: looks.map(({ evidence }) => evidence).join("; "),
  };
}

/** How the latest process ended, with what it said last. */
function ending(lastEnd: string | undefined, log: string): string {
  const tail = logTail(log);
  return `${lastEnd ?? "its process has ended"}${tail ? `; last lines: ${tail}` : ""}`;
}

/** @param log the service's log, whose last lines explain an end. */
export async function healthOf(instance: InstanceRecord, seen: Seen, log: string): Promise<InstanceHealth> {
  const base = { service: instance.service, restarts: instance.restarts };
  const exited = (): InstanceHealth => {
    return { ...base, state: "exited", pid: undefined, evidence: ending(seen.lastEnd, log) };
  };
  if (!seen.process || !isRunning(seen.process)) return exited();
  const pid = seen.process.pid;
  const { ready, evidence } = await ask(instance);
  if (seen.process?.pid !== pid || !isRunning(seen.process)) return exited();
  const state = stateOf({ running: true, ready, wasReady: seen.wasReady });
  // One that ends again and again is mostly met at its next start: why it ended is what explains it.
  const again = !ready && seen.lastEnd !== undefined ? `; before that: ${ending(seen.lastEnd, log)}` : "";
  return { ...base, state, pid, evidence: `${evidence}${again}` };
}
