/**
 * The runs that Ringfence stays with: output is scrubbed or kept, conditions or leases go with the command, or only
 * trying tells whether it starts. A run that replaces this process does not load this.
 */
import { hasConditions } from "../../snapshot/conditions.ts";
import { runChild } from "./child.ts";
import { prepareConditioned } from "./conditions.ts";
import { type ResolvedRun, recordRun } from "./execute.ts";

/**
 * Runs the command to its end; answers its exit code, unless conditions let it replace this process after all.
 *
 * @param beforeEnd is called when the child has ended, or right before this process is replaced.
 * @throws SPOOL_UNWRITABLE where a record is required, RUN_* for what can't be started or kept to.
 */
export async function attend(run: ResolvedRun, beforeEnd: () => void = () => {}): Promise<number> {
  const { snapshot, file, command, variables, scrub, leases } = run;
  const conditioned = hasConditions(snapshot.conditions) ? prepareConditioned(run) : undefined;
  recordRun(run);
  if (conditioned) return conditioned.start(beforeEnd);
  leases?.start();
  const code = await runChild({ file, command, variables, scrub, beforeEnd: () => leases?.end() });
  beforeEnd();
  return code;
}
