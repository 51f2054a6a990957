/** One thing a check has to say. */

export type Severity = "error" | "warning" | "advice";

export interface Finding {
  /** Stable, as `SETTING_MISSING`. */
  readonly code: string;
  readonly severity: Severity;
  /** The setting it is about; undefined where it is about no single one. */
  readonly setting: string | undefined;
  /** `file:line:column`, or what it is about. */
  readonly where: string;
  /** What is wrong. Never a secret's value. */
  readonly why: string;
  readonly fix: string;
}
