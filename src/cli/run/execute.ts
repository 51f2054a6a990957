/**
 * The last stretch of every run, hot or slow: guards, record, child. Whoever has a trusted snapshot ends here, so
 * that no way to a child goes around the guards or the record.
 */
import { hostname } from "node:os";
import { isRingfenceError } from "../../base/error.ts";
import { hasConditions, tellConditions } from "../../snapshot/conditions.ts";
import { detect, guardNested, guardRun } from "../../snapshot/detection.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { appendSpool, type Injection } from "../../snapshot/spool.ts";
import { type RunRequest, runAgain } from "./arguments.ts";
import type { RunLeases } from "./child.ts";
import { resolveCommand } from "./command.ts";
import { runErrors } from "./errors.ts";
import { planExec, replaceProcess } from "./exec.ts";
import { say } from "./report.ts";
import { childVariables } from "./variables.ts";

export interface Execution {
  /** Freshly compiled, or read from a sealed file and found fresh. */
  readonly snapshot: Snapshot;
  /** The project's root. */
  readonly root: string;
  readonly request: Pick<RunRequest, "environment" | "project" | "force" | "phase" | "set" | "command">;
  /** The caller's variables; `process.env` unless told. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** This machine's name unless told. */
  readonly host?: string;
  /** Credentials that end with the run: this process then stays, to renew them and to give them back. */
  readonly leases?: RunLeases | undefined;
}

function warn(text: string): void {
  say(`warning ${text}\n`);
}

function record(snapshot: Snapshot, root: string, injection: Injection): void {
  try {
    appendSpool(root, injection);
  } catch (error) {
    if (snapshot.recordRequired || !isRingfenceError(error, "SPOOL_UNWRITABLE")) throw error;
    warn(`${error.code}: ${error.message}: ${error.why} (${snapshot.environment} runs without a record)`);
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}

/** Piped through the scrubber: by policy, for production always, and under CI, whose logs many people read. */
export function isScrubbed(
  snapshot: Snapshot,
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  return snapshot.production || snapshot.runOutput === "scrubbed" || isOn(variables.CI);
}

/**
 * Runs the command in the snapshot's environment. Direct output replaces this process and never returns;
 * otherwise the child's exit code is answered.
 *
 * @param beforeEnd is called right before this process is replaced, or when the child has ended.
 *
 * @throws GUARD_*, ENV_* (see detection), RUN_ENVIRONMENT_CHANGED when the snapshot's own rule selects another
 * environment, SPOOL_UNWRITABLE where a record is required, RUN_* for a command that can't be started.
 */
export async function execute(
  { snapshot, root, request, variables: outer = process.env, host = hostname(), leases }: Execution,
  beforeEnd: () => void = () => {},
): Promise<number> {
  const { command, force } = request;
  const selection = detect(snapshot.detection, { flag: request.environment, variables: outer, host });
  if (selection.environment !== snapshot.environment) {
    throw runErrors.RUN_ENVIRONMENT_CHANGED({
      what: `the settings are those of ${snapshot.environment}, but ${selection.environment} is selected`,
      where: root,
      why: "the project's index does not agree with the sealed settings",
      fix: `rm -r '${root}/.ringfence/cache'   # everything in it is compiled again`,
    });
  }
  const again = runAgain(request);
  guardNested(selection, outer, again);
  const forced = guardRun(snapshot.detection, selection, { host, force, again });
  const variables = childVariables(snapshot, outer);
  const { conditions } = snapshot;
  tellConditions(variables, conditions, { root, command: command[0]! });
  const file = resolveCommand(command[0]!, variables.PATH);
  const secrets = snapshot.secretNames.flatMap((name) =>
    Object.hasOwn(snapshot.variables, name) ? snapshot.variables[name]! : [],
  );
  const scrub = isScrubbed(snapshot, outer) ? secrets : undefined;
  const { environment } = snapshot;
  const run = { conditions, environment, root, file, command, variables, outer, scrub, secrets, leases };
  const conditioned = hasConditions(conditions)
    ? (await import("./conditions.ts")).prepareConditioned(run)
    : undefined;
  if (forced) warn(`GUARD_WRONG_HOST: ${forced.warning}`);
  record(snapshot, root, {
    environment: snapshot.environment,
    command: command[0]!,
    arguments: command.length - 1,
    secrets: snapshot.secretNames,
    revision: snapshot.revision,
    method: selection.method,
    ...(forced && { force: forced.reason }),
  });
  if (conditioned) return conditioned.start(beforeEnd);
  const plan = scrub || leases ? undefined : planExec(file, command, variables);
  if (plan) return replaceProcess(plan, variables, beforeEnd);
  const { runChild } = await import("./child.ts");
  leases?.start();
  const code = await runChild({ file, command, variables, scrub, beforeEnd: () => leases?.end() });
  beforeEnd();
  return code;
}
