/** Other processes as `/proc` shows them (proc(5)); where there is none, nothing is known of them. */
import { readFileSync } from "node:fs";
import { processStart } from "../../base/machine.ts";

/** A process of which is known that it is still the same: ids are given again. */
export interface KnownProcess {
  readonly pid: number;
  readonly start: string | undefined;
}

/** The ids of the processes that one has started and that are still its children. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** The children of a process, their children, and so on. */
export function descendantsOf(pid: number): KnownProcess[] {
  return childrenOf(pid).flatMap((child) => [
    { pid: child, start: processStart(child) },
    ...descendantsOf(child),
  ]);
}

/** Ends a process by SIGKILL; whoever has its id by now is left alone. */
export function killKnown({ pid, start }: KnownProcess): void {
  if (start === undefined || processStart(pid) !== start) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone by itself.
  }
}
