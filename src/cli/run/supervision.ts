/**
 * What goes with a child from its start to its end, where limits or a view demand it: the control group, the time
 * that it may take, the pid that signals are for, and why it ended.
 */
import type { ChildProcess } from "node:child_process";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { systemCode } from "../../base/error.ts";
import { processStart } from "../../base/machine.ts";
import { formatDuration, formatSize } from "../../base/units.ts";
import type { RunLimits } from "../../snapshot/conditions.ts";
import type { Cgroup } from "./cgroup.ts";
import type { ChildEnd, ChildWatch } from "./child.ts";
import { runErrors } from "./errors.ts";
import { FAILURE_HANDLE } from "./limits.ts";
import { childrenOf, descendantsOf, killKnown } from "./processes.ts";
import { hasEnded, LAST_OUTPUT_MS } from "./signals.ts";

/** Where bwrap reports its child, as lines of JSON. */
export const STATUS_HANDLE = 4;
/** From the wish to end until the end, for a run whose time is over. */
const GRACE_MS = 10_000;

export interface Supervised {
  readonly limits?: RunLimits | undefined;
  readonly cgroup?: Cgroup | undefined;
  /** True where a shell does something first, and says when it can't. */
  readonly inShell: boolean;
  /** True where the child is bwrap. */
  readonly inView: boolean;
  readonly environment: string;
  /** The command's first word. */
  readonly name: string;
  /** Told of what ended although the command went on. */
  readonly warn: (text: string) => void;
}

/** The command's own pid: bwrap's child is the first process of its namespace, and the command that one's child. */
function commandIn(statusLine: string): number | undefined {
  const first = /"child-pid": *(\d+)/.exec(statusLine)?.[1];
  return first === undefined ? undefined : childrenOf(Number(first))[0];
}

/** Never throws for what the system says: it is called where a signal is handled, and the run is to end as its child does. */
function signalCommand(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone by itself, or another user's by now: as with kill(2) from anyone else, nothing happens.
    if (systemCode(error) === undefined) throw error;
  }
}

interface Ending {
  /** Asks the command to end. */
  readonly ask: () => void;
  readonly abandon: () => void;
  readonly cgroup: Cgroup | undefined;
  /** Where its timers are kept, for whoever ends before they do. */
  readonly timers: NodeJS.Timeout[];
}

/** Ends a command and what it started: it is asked first, and killed when that was of no use. */
function endInTime(child: ChildProcess, { ask, abandon, cgroup, timers }: Ending): void {
  const pid = child.pid!;
  const [self, ...known] = [{ pid, start: processStart(pid) }, ...descendantsOf(pid)] as const;
  const endAll = (): void => {
    // Once the child has ended, its id may be someone else's.
    const later = processStart(pid) === self.start ? descendantsOf(pid) : [];
    // Of the child itself it is known without that, also where no system tells of processes.
    if (!hasEnded(child)) child.kill("SIGKILL");
    for (const one of [self, ...known, ...later]) killKnown(one);
    cgroup?.kill();
  };
  const over = (): void => {
    endAll();
    timers.push(setTimeout(abandon, LAST_OUTPUT_MS));
  };
  // The command has ended, and what it left behind holds its output open.
  if (hasEnded(child)) {
    over();
    return;
  }
  child.once("exit", over);
  ask();
  timers.push(setTimeout(endAll, GRACE_MS));
}

export function supervise(given: Supervised): ChildWatch {
  const { limits, cgroup, inView, inShell, environment } = given;
  const timers: NodeJS.Timeout[] = [];
  let failure: Promise<string> = Promise.resolve("");
  let status = "";
  let statusEnd: Promise<unknown> = Promise.resolve();
  let isLate = false;
  const signalled = (child: ChildProcess, signal: NodeJS.Signals): void => {
    const inner = inView ? commandIn(status) : undefined;
    if (inner === undefined) child.kill(signal);
    else signalCommand(inner, signal);
  };
  const endLate = (child: ChildProcess, abandon: () => void): void => {
    isLate = true;
    endInTime(child, { ask: () => signalled(child, "SIGTERM"), abandon, cgroup, timers });
  };
  const stop = (): void => {
    for (const timer of timers) clearTimeout(timer);
  };
  return {
    stop,
    reports: inView || inShell ? [inShell ? "pipe" : "ignore", inView ? "pipe" : "ignore"] : [],
    started(child, abandon) {
      const complaints = child.stdio[FAILURE_HANDLE];
      if (complaints instanceof Readable) failure = text(complaints);
      const reports = child.stdio[STATUS_HANDLE];
      if (reports instanceof Readable) {
        statusEnd = new Promise((resolve) => reports.once("close", resolve));
        reports.on("data", (chunk) => {
          status += String(chunk);
        });
      }
      if (limits?.timeMs !== undefined) timers.push(setTimeout(endLate, limits.timeMs, child, abandon));
    },
    signal: signalled,
    async ended(end: ChildEnd) {
      stop();
      const killed = cgroup?.killedForMemory() ?? 0;
      cgroup?.remove();
      await statusEnd;
      if ((await failure) !== "") throw unenforceable(given);
      if (inView && !status.includes('"exit-code"') && end.code !== null) throw noView();
      if (isLate) throw timeIsOver(environment, limits!.timeMs!);
      if (killed === 0) return;
      const memory = memoryExceeded(given, killed);
      // 137: a shell, or bwrap, says so that its child was killed.
      if (end.signal === "SIGKILL" || end.code === 137) throw memory;
      given.warn(`RUN_LIMIT_MEMORY: ${memory.message}; the command itself went on`);
    },
  };
}

function unenforceable({ environment }: Supervised): Error {
  return runErrors.RUN_LIMIT_UNENFORCEABLE({
    what: `the limits of ${environment} could not be set for the command`,
    where: "policy run.limits",
    why: "the control group or ulimit refused them; nothing was started",
    fix: "ulimit -a; cat /proc/self/cgroup",
  });
}

function noView(): Error {
  return runErrors.RUN_VIEW_UNAVAILABLE({
    what: "bubblewrap could not make the view; nothing was started",
    where: "policy run.view: own",
    why: "its own words stand above; user namespaces may be forbidden here",
    fix: "bwrap --ro-bind / / true; sysctl kernel.unprivileged_userns_clone user.max_user_namespaces",
  });
}

function timeIsOver(environment: string, timeMs: number): Error {
  return runErrors.RUN_LIMIT_TIME({
    what: `the run was ended after ${formatDuration(timeMs)}`,
    where: "policy run.limits.time",
    why: `runs in ${environment} may take no longer`,
    fix: "ringfence env compare   # shows each environment's limits",
  });
}

function memoryExceeded({ environment, limits, name }: Supervised, killed: number): Error {
  const processes = killed === 1 ? "a process" : `${killed} processes`;
  return runErrors.RUN_LIMIT_MEMORY({
    what: `${processes} of ${name} needed more memory than there is and ended`,
    where: "policy run.limits.memory",
    why: `a run in ${environment} has ${formatSize(limits?.memoryBytes ?? 0)}`,
    fix: "ringfence env compare   # shows each environment's limits",
  });
}
