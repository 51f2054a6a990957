/** What became of a declared expectation in one environment. */

/** `unknown` counts as not good. */
export type ExpectationVerdict = "passed" | "failed" | "unknown";

export interface ExpectationResult {
  readonly setting: string;
  /** The environment, kind or `all` that it is declared for. */
  readonly target: string;
  readonly verdict: ExpectationVerdict;
  /** What is not as expected, one line each; no secret's value. Empty where it passed. */
  readonly reasons: readonly string[];
  /** `file:line:column` of the expectation. */
  readonly where: string;
  /** Where the value is set; null where nothing sets it. */
  readonly valueAt: string | null;
}
