/** The value of a secret as a command gets it: on standard input, never as an argument. */
import { rememberSecret } from "../../base/redact.ts";
import type { Context } from "../definition.ts";
import { appErrors } from "../errors.ts";

/**
 * Without the one line break at its end; no message shows it from then on.
 *
 * @param command for the fix, without its environment
 * @throws APP_SECRET_INPUT for none, and for one that no variable could hold
 */
export async function readValue(context: Context, name: string, command: string): Promise<string> {
  const input = (await context.readInput()).replace(/\r?\n$/, "");
  if (input.length > 0 && !input.includes("\0")) {
    rememberSecret(input);
    return input;
  }
  throw appErrors.APP_SECRET_INPUT({
    what:
      input.length === 0
        ? `no value for ${name} on standard input`
        : `the value for ${name} holds a NUL byte`,
    why: "a value is never an argument: those are seen by every process of the machine",
    fix: `printf %s "$VALUE" | ${command} -e ${context.environment.name}`,
  });
}
