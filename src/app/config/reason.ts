/** The reason that a change must have which somebody will look at later. */
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
    why: "whoever looks at it later must see why",
    fix: `ringfence ${command} -e ${environment.name} --reason "<why>"`,
  });
}
