/** Errors on standard error, for people. Writes with `fs.writeSync`: the hot path touches no stream of Node's. */
import { writeSync } from "node:fs";
import { inspect } from "node:util";
import { EXIT, isRingfenceError } from "../../base/error.ts";
import { redact } from "../../base/redaction.ts";
import { renderError } from "../render/error.ts";

/** Writes to standard error, without known secrets. Where nobody can be told any more, that is no reason to fail. */
export function say(text: string): void {
  try {
    writeSync(2, redact(text));
  } catch {
    // Closed, or its reader is gone.
  }
}

/** Prints an error and answers the exit code. What is no expected failure is a bug and shows its stack. */
export function reportError(error: unknown): number {
  if (isRingfenceError(error)) {
    say(`${renderError(error)}\n`);
    return error.exit;
  }
  say(`error: a bug in Ringfence\n${inspect(error)}\n`);
  return EXIT.failed;
}
