/**
 * Failures by environment. Where errors are `detailed` a bug shows its stack. Where they are `operational` it shows a
 * code, who is asked next and what to do; its details are kept as an incident, which only its owner can read.
 */
import { join } from "node:path";
import { inspect } from "node:util";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { EXIT, RingfenceError, systemCode } from "../base/error.ts";
import { newId } from "../base/id.ts";
import { redact } from "../base/redact.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import type { OperationRecord } from "../model/operation.ts";
import { type Environment, environmentOf, type Project } from "../model/project.ts";
import { ensureStateFolder, stateFolder } from "../snapshot/state-folder.ts";
import type { App } from "./app.ts";
import { appErrors } from "./errors.ts";

/** What is known of the place that a failure belongs to. */
export interface FailurePlace {
  readonly project: Project;
  readonly environment: Environment;
  /** As typed: `config show`. */
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const OWNER_ONLY = 0o600;

/** Keeps what went wrong. @returns the id, and what it says of where the details are */
function keepIncident({ project, environment, command, now }: FailurePlace, error: unknown) {
  const id = newId("inc", now);
  const file = join(stateFolder(project.root), "incidents", `${id}.txt`);
  const head = {
    incident: id,
    at: new Date(now).toISOString(),
    environment: environment.name,
    command,
    version: RINGFENCE_VERSION,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  try {
    ensureStateFolder(project.root);
    writeFileAtomic(file, redact(`${lines.join("\n")}\n\n${inspect(error)}\n`), OWNER_ONLY);
    return { id, kept: `the details are kept in .ringfence/incidents/${id}.txt` };
  } catch (failure) {
    return { id, kept: `the details could not be kept: ${systemCode(failure) ?? "the disk refused"}` };
  }
}

function nextStep({ environment }: FailurePlace, id: string): string {
  const [first] = environment.policies.escalation;
  return first === undefined
    ? `give the incident ${id} to whoever looks after ${environment.name}; name them under policies.escalation`
    : `run it once more; where it fails again, give the incident ${id} to ${first}`;
}

/** Who made the mistake in the command line needs nobody else for it. */
function isOperators({ exit }: RingfenceError): boolean {
  return exit !== EXIT.usage;
}

/** The failure as the environment's policies let it be shown; what has nothing to hide comes back as it is. */
export function shownFailure(place: FailurePlace, error: unknown): unknown {
  const { errors, escalation } = place.environment.policies;
  if (errors === "detailed") return error;
  if (error instanceof RingfenceError)
    return escalation.length > 0 && isOperators(error) ? error.escalatedTo(escalation) : error;
  const { id, kept } = keepIncident(place, error);
  return appErrors.APP_INTERNAL({
    what: `ringfence ${place.command} failed in a way that nobody foresaw`,
    where: `environment ${place.environment.name}, incident ${id}`,
    why: kept,
    fix: nextStep(place, id),
    details: { incident: id },
    ...(escalation.length > 0 && { escalation }),
  });
}

/** Why a part of an operation broke, where the cause is no expected failure. */
export function whyBroken({ project, clock }: App, record: OperationRecord, error: unknown): string {
  const environment = record.environment === null ? undefined : environmentOf(project, record.environment);
  if (environment?.policies.errors !== "operational")
    return error instanceof Error ? error.message : String(error);
  const { id, kept } = keepIncident({ project, environment, command: record.kind, now: clock.now() }, error);
  return `incident ${id}: ${kept}`;
}

/** Does the work, and shows its failure as the environment lets it. @throws what the work throws, or in its place APP_INTERNAL */
export async function failingIn<T>(
  place: () => FailurePlace | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = place();
    throw known ? shownFailure(known, error) : error;
  }
}
