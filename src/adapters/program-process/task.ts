/** Runs a command that changes or tries something: as a process group of its own, which is ended as a whole. */
import { type ChildProcess, spawn } from "node:child_process";
import { systemCode } from "../../base/error.ts";
import type { TaskAnswer, TaskCall } from "../../ports/programs.ts";
import { holdNode, nodeVariables } from "./held-node.ts";

/** Ends the program and what it has started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch (error) {
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function started(
  program: string,
  words: readonly string[],
  call: TaskCall,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: call.folder,
      env: variables,
      stdio: ["pipe", "ignore", "ignore"],
      detached: process.platform !== "win32",
    });
    const stop = () => kill(child);
    signal.addEventListener("abort", stop, { once: true });
    // Who reads no input closes it, or has ended before it was written: its exit code says what that means.
    child.stdin.on("error", () => {});
    child.stdin.end(call.input);
    child.once("error", (error) => {
      signal.removeEventListener("abort", stop);
      reject(error);
    });
    child.once("close", (code, ended) => {
      signal.removeEventListener("abort", stop);
      resolve({ code, signal: ended });
    });
  });
}

function answerOf({ code, signal }: Ended, isLate: boolean, { timeoutMs }: TaskCall): TaskAnswer {
  if (isLate) return { ok: false, kind: "unknown", why: `it did not end within ${timeoutMs / 1_000} s` };
  if (code === 0) return { ok: true };
  if (code !== null) return { ok: false, kind: "refused", why: `it ended with exit code ${code}` };
  return { ok: false, kind: "unknown", why: `it ended with the signal ${signal}` };
}

/** The program port's `perform`. @throws the signal's reason once it is aborted */
export async function performTask(call: TaskCall, signal: AbortSignal): Promise<TaskAnswer> {
  signal.throwIfAborted();
  const [first = "", ...rest] = call.words;
  const isNode = first === "node" || first === process.execPath;
  const held = isNode ? holdNode(call) : undefined;
  const late = AbortSignal.timeout(call.timeoutMs);
  try {
    const ended = await started(
      isNode ? process.execPath : first,
      [...(held?.flags ?? []), ...rest],
      call,
      isNode ? nodeVariables(call.variables) : call.variables,
      AbortSignal.any([signal, late]),
    );
    signal.throwIfAborted();
    const refused = held?.refused();
    if (refused) return { ok: false, kind: "refused", ...refused };
    return answerOf(ended, late.aborted, call);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const why = code === "ENOENT" ? `there is no program ${first}` : `it could not be started (${code})`;
    return { ok: false, kind: "unknown", why };
  } finally {
    held?.end();
  }
}
