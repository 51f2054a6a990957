/** The reason that a change of the history must have. */
import type { Context } from "../definition.ts";
import { appErrors } from "../errors.ts";

/**
 * @param what why there has to be one, for the error
 * @param command the command without `-e` and `--reason`, for the fix
 * @throws APP_BAD_INPUT
 */
export function reasonOf({ reason, environment }: Context, what: string, command: string): string {
  if (reason?.trim()) return reason.trim();
  throw appErrors.APP_BAD_INPUT({
    what,
    why: "whoever looks at the history must see why the configuration changed",
    fix: `ringfence ${command} -e ${environment.name} --reason "<why>"`,
  });
}
