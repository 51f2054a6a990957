/**
 * Ctrl-C while an operation runs. The operation is left as it is, as after a crash: its journal says what was done,
 * and whoever resumes it carries on or takes it back. Without an operation Ctrl-C ends the process as ever.
 */
import { EXIT, type RingfenceError } from "../base/error.ts";
import { cliErrors } from "./errors.ts";

function interrupted(operation: string): RingfenceError {
  return cliErrors.CLI_INTERRUPTED({
    what: `${operation} was interrupted and is left as it is`,
    where: `operation ${operation}`,
    why: "Ctrl-C ends only the wait: what was begun is neither lost nor taken back",
    fix: `ringfence operation resume ${operation}\nringfence operation resume ${operation} --undo`,
    details: { operation },
  });
}

export interface InterruptWatch {
  /** From now on Ctrl-C leaves this operation to be resumed. */
  running(operation: string): void;
  stop(): void;
}

/** @param report tells the person; the process exits with 130 right after it. */
export function watchInterrupt(report: (error: RingfenceError) => void): InterruptWatch {
  let current: string | undefined;
  const leave = () => {
    report(interrupted(current!));
    process.exit(EXIT.interrupted);
  };
  return {
    running(operation) {
      if (current === undefined) process.once("SIGINT", leave);
      current = operation;
    },
    stop() {
      process.off("SIGINT", leave);
    },
  };
}
