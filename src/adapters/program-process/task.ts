/** Runs a command that changes or tries something: as a process group of its own, which is ended as a whole. */
import { systemCode } from "../../base/error.ts";
import { type GroupEnd, runGroup } from "../../base/process-group.ts";
import type { TaskAnswer, TaskCall } from "../../ports/programs.ts";
import { holdNode, nodeVariables } from "./held-node.ts";

function answerOf({ code, signal }: GroupEnd, isLate: boolean, { timeoutMs }: TaskCall): TaskAnswer {
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
    const ended = await runGroup(
      {
        words: [isNode ? process.execPath : first, ...(held?.flags ?? []), ...rest],
        folder: call.folder,
        variables: isNode ? nodeVariables(call.variables) : call.variables,
        input: call.input,
      },
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
