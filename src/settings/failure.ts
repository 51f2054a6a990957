/**
 * How a failure is shown: whole where people develop, and elsewhere only what somebody outside needs to get help.
 * Nothing here writes or sends anything.
 */
import { newId } from "../base/id.ts";
import { redact } from "../base/redact.ts";
import { rememberSecrets } from "./secret.ts";
import type { Variables } from "./specification.ts";

export interface FailureOptions {
  /** `RINGFENCE_ERRORS` unless told; without that `detailed` in an environment named development or local. */
  readonly errors?: "detailed" | "operational";
  /** Whom to turn to; `RINGFENCE_ESCALATION` unless told. */
  readonly escalation?: string;
  /** What to do next, for whoever sees it. */
  readonly next?: string;
  /** Made unless told; the same error gets the same one again. */
  readonly incident?: string;
  /** `process.env` unless told. */
  readonly variables?: Variables;
}

/** One error of a chain. */
export interface FailureCause {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

export interface FailureDescription {
  readonly errors: "detailed" | "operational";
  /** The error's own code, such as `SETTINGS_INVALID` or `ECONNREFUSED`; `INTERNAL` where it has none. */
  readonly code: string;
  readonly incident: string;
  readonly escalation: string | undefined;
  readonly next: string;
  /** The same for people. */
  readonly text: string;
  /** Only where errors are detailed; secrets of this process are blanked out. */
  readonly message?: string;
  readonly stack?: string;
  readonly causes?: readonly FailureCause[];
}

const DEVELOPMENT: readonly (string | undefined)[] = ["development", "local"];
const DEEPEST_CAUSE = 10;
/** Codes are for programs; whatever else stands there may be a text with internals. */
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const LONGEST_CODE = 64;

function modeOf({ errors, variables = process.env }: FailureOptions): "detailed" | "operational" {
  const told = errors ?? variables.RINGFENCE_ERRORS;
  if (told) return told === "detailed" ? "detailed" : "operational";
  return DEVELOPMENT.includes(variables.RINGFENCE_ENVIRONMENT) ? "detailed" : "operational";
}

function propertyOf(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null && name in error
    ? (error as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = propertyOf(error, "code");
  return typeof code === "string" && code.length <= LONGEST_CODE && CODE.test(code) ? code : undefined;
}

const incidents = new WeakMap<object, string>();

/** One incident for one error, however often and however it is shown. */
function incidentOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return newId("inc");
  const id = incidents.get(error) ?? newId("inc");
  incidents.set(error, id);
  return id;
}

/** What the error comes from, the nearest first: causes, and the errors of an AggregateError. */
function causesOf(error: unknown): FailureCause[] {
  const seen = new Set<unknown>([error]);
  const causes: FailureCause[] = [];
  const queue = [error];
  for (let at = 0; at < queue.length && causes.length < DEEPEST_CAUSE; at++) {
    const several = propertyOf(queue[at], "errors");
    for (const cause of [propertyOf(queue[at], "cause"), ...(Array.isArray(several) ? several : [])]) {
      if (cause === undefined || seen.has(cause)) continue;
      seen.add(cause);
      queue.push(cause);
      const code = codeOf(cause);
      const name = cause instanceof Error ? cause.name : typeof cause;
      const message = redact(cause instanceof Error ? cause.message : String(cause));
      causes.push({ name, message, ...(code !== undefined && { code }) });
    }
  }
  return causes;
}

type Core = Omit<FailureDescription, "text" | "errors">;

function detailed(error: unknown, core: Core): FailureDescription {
  rememberSecrets();
  const message = redact(error instanceof Error ? error.message : String(error));
  const stack = redact((error instanceof Error && error.stack) || message);
  const causes = causesOf(error);
  const fix = propertyOf(error, "fix");
  const next = core.next || (typeof fix === "string" ? redact(fix) : "look where the stack points");
  const lines = [
    stack,
    ...causes.map((cause) => `caused by ${cause.name}: ${cause.message}`),
    `code ${core.code}, incident ${core.incident}`,
    `next: ${next}`,
  ];
  return { ...core, errors: "detailed", next, message, stack, causes, text: lines.join("\n") };
}

function operational(error: unknown, core: Core): FailureDescription {
  const { code, incident, escalation } = core;
  const report = `report incident ${incident} to ${escalation ?? "whoever operates this service"}`;
  const again = propertyOf(error, "retryable") === true;
  const next = core.next || (again ? `try again; if it fails again, ${report}` : report);
  return { ...core, errors: "operational", next, text: `error ${code}, incident ${incident}\nnext: ${next}` };
}

/**
 * The failure as it may be shown here. Detailed: message, stack and causes. Operational: its code, an incident id,
 * whom to turn to and what to do next; no message, no stack. Whoever shows the operational form keeps the detailed
 * one in a log: `describeFailure(error, { errors: "detailed" })` has the same incident id.
 */
export function describeFailure(error: unknown, options: FailureOptions = {}): FailureDescription {
  const { variables = process.env } = options;
  const core: Core = {
    code: codeOf(error) ?? "INTERNAL",
    incident: options.incident ?? incidentOf(error),
    escalation: options.escalation ?? (variables.RINGFENCE_ESCALATION || undefined),
    next: options.next ?? "",
  };
  return modeOf(options) === "detailed" ? detailed(error, core) : operational(error, core);
}
