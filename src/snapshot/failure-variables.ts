/** How a process shall show its failures, told by variables: `describeFailure` of ringfence/settings reads them. */

export interface FailurePolicy {
  /** `detailed` shows stack traces; `operational` a code, the escalation path and the next step. */
  readonly errors: "detailed" | "operational";
  /** Who is asked next, in order. */
  readonly escalation: readonly string[];
}

export function failureVariables({ errors, escalation }: FailurePolicy): Readonly<Record<string, string>> {
  const path = escalation.join(", then ");
  return { RINGFENCE_ERRORS: errors, RINGFENCE_ESCALATION: path };
}
