/**
 * Runs a program as a process group of its own, so that it and what it has started are ended as a whole: when its time
 * is over, when this process exits, and when a signal ends this process, whose terminal does not know the group.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { systemCode } from "./error.ts";

/** How often it is looked whether anybody of the group still holds the output of a program that has ended. */
const LOOK_MS = 50;
const HAS_GROUPS = process.platform !== "win32";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

export interface GroupCall {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** Absolute; the working folder. */
  readonly folder: string;
  /** All that the program finds in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** What it reads on standard input. Undefined: there is nothing to read. */
  readonly input?: string;
  /** The group is ended where it prints more. Undefined: what it prints is thrown away. */
  readonly largestOutputBytes?: number;
}

export interface GroupEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Undefined: more than is taken. */
  readonly output: Buffer | undefined;
}

/** Signals the group. @returns whether there is somebody in it. */
function signalled(pid: number, signal: "SIGKILL" | 0): boolean {
  try {
    process.kill(HAS_GROUPS ? -pid : pid, signal);
    return true;
  } catch (error) {
    const code = systemCode(error);
    // EPERM: somebody is there, who runs as another user and has to end by itself.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
    return code === "EPERM";
  }
}

/** What ends the groups that run now. */
const running = new Set<() => void>();

function endAll(): void {
  for (const stop of running) stop();
}

/** Where others listen too, they decide: if they exit, the groups end with this process. */
function meet(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  endAll();
  process.off(signal, meet);
  process.kill(process.pid, signal);
}

function enter(stop: () => void): void {
  if (running.size === 0) {
    process.on("exit", endAll);
    // First, as a listener that hears a signal only once is no longer counted after it.
    for (const signal of SIGNALS) process.prependListener(signal, meet);
  }
  running.add(stop);
}

function leave(stop: () => void): void {
  running.delete(stop);
  if (running.size > 0) return;
  process.off("exit", endAll);
  for (const signal of SIGNALS) process.off(signal, meet);
}

/**
 * Lets go of the output when nobody of the group can write to it any more. Who has left the group (a daemon that the
 * program needed and started) may hold it for hours, and says nothing that was asked for.
 */
function letGoOfOutput({ pid, stdout }: ChildProcess): void {
  if (!HAS_GROUPS || pid === undefined || !stdout) return;
  const look = () => {
    if (signalled(pid, 0)) return;
    clearInterval(looking);
    // What was written lies in the pipe, and is read before that which is immediate.
    setImmediate(() => stdout.destroy());
  };
  const looking = setInterval(look, LOOK_MS);
  stdout.once("close", () => clearInterval(looking));
}

/**
 * Runs the program to its end, and until nobody of its group can print any more. What it says on standard error is
 * thrown away.
 *
 * @param signal ends the group and the wait; how the program ended is answered then too
 * @throws the system's error where it can't be started
 */
export function runGroup(call: GroupCall, signal: AbortSignal): Promise<GroupEnd> {
  const { words, input, largestOutputBytes: largest } = call;
  return new Promise((resolve, reject) => {
    const child = spawn(words[0]!, words.slice(1), {
      cwd: call.folder,
      env: call.variables,
      stdio: [input === undefined ? "ignore" : "pipe", largest === undefined ? "ignore" : "pipe", "ignore"],
      detached: HAS_GROUPS,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = () => {
      if (child.pid !== undefined) signalled(child.pid, "SIGKILL");
      child.stdout?.destroy();
    };
    const ended = () => {
      signal.removeEventListener("abort", stop);
      leave(stop);
    };
    enter(stop);
    signal.addEventListener("abort", stop, { once: true });
    // Who reads no input closes it, or has ended before it was written: its exit code says what that means.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    child.stdout?.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= largest!) chunks.push(chunk);
      else stop();
    });
    child.once("error", (error) => {
      ended();
      reject(error);
    });
    child.once("exit", () => letGoOfOutput(child));
    child.once("close", (code, endedBy) => {
      ended();
      const isTooMuch = length > (largest ?? 0);
      resolve({ code, signal: endedBy, output: isTooMuch ? undefined : Buffer.concat(chunks) });
    });
  });
}
