/**
 * The last stretch of every run, hot or slow: guards, record, child. Whoever has a trusted snapshot ends here, so
 * that no way to a child goes around the guards or the record.
 */
import { isRingfenceError } from "../../base/error.ts";
import { hostName } from "../../base/machine.ts";
import { hasConditions, tellConditions } from "../../snapshot/conditions.ts";
import {
  type DetectionMethod,
  detect,
  type Forced,
  guardNested,
  guardRun,
} from "../../snapshot/detection.ts";
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
  const isRequired = snapshot.recordRequired || injection.force !== undefined;
  try {
    appendSpool(root, injection, isRequired);
  } catch (error) {
    if (isRequired || !isRingfenceError(error, "SPOOL_UNWRITABLE")) throw error;
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

/** A run that no guard refuses, its command found. Plain data but for the leases: it may be handed to another bundle. */
export interface ResolvedRun {
  readonly snapshot: Snapshot;
  readonly root: string;
  /** The file that the command's first word means. */
  readonly file: string;
  readonly command: readonly string[];
  /** What the command gets. */
  readonly variables: Readonly<Record<string, string>>;
  /** The caller's. */
  readonly outer: Readonly<Record<string, string | undefined>>;
  /** Secrets that its output must not show; undefined: output is not looked at. */
  readonly scrub: readonly string[] | undefined;
  /** All secrets, for what is kept in a file. */
  readonly secrets: readonly string[];
  readonly leases?: RunLeases | undefined;
  /** What selected the environment. */
  readonly method: DetectionMethod;
  readonly forced: Forced | undefined;
}

/**
 * Asks the guards, and finds out what the command is and gets. Changes nothing.
 *
 * @throws GUARD_*, ENV_* (see detection), RUN_ENVIRONMENT_CHANGED when the snapshot's own rule selects another
 * environment, RUN_* for a command that can't be started.
 */
export function resolveRun(execution: Execution): ResolvedRun {
  const { snapshot, root, request, variables: outer = process.env, host = hostName(), leases } = execution;
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
  tellConditions(variables, snapshot.conditions, { root, command: command[0]! });
  const file = resolveCommand(command[0]!, variables.PATH);
  const secrets = snapshot.secretNames.flatMap((name) =>
    Object.hasOwn(snapshot.variables, name) ? snapshot.variables[name]! : [],
  );
  const scrub = isScrubbed(snapshot, outer) ? secrets : undefined;
  const { method } = selection;
  return { snapshot, root, file, command, variables, outer, scrub, secrets, leases, method, forced };
}

/**
 * Says what was forced, and records the injection: the last step before the command starts.
 *
 * @throws SPOOL_UNWRITABLE where a record is required.
 */
export function recordRun({ snapshot, root, command, method, forced }: ResolvedRun): void {
  if (forced) warn(`GUARD_WRONG_HOST: ${forced.warning}`);
  record(snapshot, root, {
    environment: snapshot.environment,
    command: command[0]!,
    arguments: command.length - 1,
    secrets: snapshot.secretNames,
    revision: snapshot.revision,
    method,
    ...(forced && { force: forced.reason }),
  });
}

/**
 * Replaces this process by the command. Returns, with nothing done, where this process has to stay with it, or the
 * command is not sure to start: `attend` is for those.
 *
 * @param beforeEnd is called right before this process is replaced.
 * @throws SPOOL_UNWRITABLE where a record is required.
 */
export function replaceByCommand(run: ResolvedRun, beforeEnd: () => void): void {
  if (run.scrub || run.leases || hasConditions(run.snapshot.conditions)) return;
  const plan = planExec(run.file, run.command, run.variables);
  if (!plan) return;
  recordRun(run);
  replaceProcess(plan, run.variables, beforeEnd);
}
