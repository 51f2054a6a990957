/**
 * The runs that Ringfence stays with: output is scrubbed or kept, conditions or leases go with the command, or only
 * trying tells whether it starts. A run that replaces this process does not load this.
 */
import { hasConditions } from "../../snapshot/conditions.ts";
import { type ChildEnd, runChild } from "./child.ts";
import { prepareConditioned } from "./conditions.ts";
import { type ResolvedRun, recordRun } from "./execute.ts";
import { dieBy } from "./signals.ts";

/**
 * Runs the command to its end; answers its exit code, unless conditions let it replace this process after all. Ends
 * this process itself where a signal ended the run.
 *
 * @param beforeEnd is called when the child has ended, or right before this process is replaced.
 * @throws SPOOL_UNWRITABLE where a record is required, RUN_* for what can't be started or kept to.
 */
export async function attend(run: ResolvedRun, beforeEnd: () => void = () => {}): Promise<number> {
  const conditioned = hasConditions(run.snapshot.conditions) ? prepareConditioned(run) : undefined;
  recordRun(run);
  const { code, signal } = await (conditioned ? conditioned.start(beforeEnd) : start(run));
  beforeEnd();
  return signal === null ? (code ?? 1) : await dieBy(signal);
}

function start({ snapshot, file, command, variables, scrub, leases }: ResolvedRun): Promise<ChildEnd> {
  const { environment } = snapshot;
  leases?.start();
  return runChild({ file, command, environment, variables, scrub, beforeEnd: () => leases?.end() });
}
