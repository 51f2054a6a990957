/** What is shown of the rotation of secrets. No value stands in it. */

export interface SecretAgeView {
  readonly name: string;
  readonly environment: string;
  /**
   * `current`, `due` (soon), `overdue`; `manual`: people decide when; `unknown`: it may get only so old, and nothing
   * says how old it is.
   */
  readonly state: "current" | "due" | "overdue" | "manual" | "unknown";
  /** How old it may get, such as `30d`; null: as old as people like. */
  readonly every: string | null;
  /** ISO 8601, UTC; null where nobody knows. */
  readonly changedAt: string | null;
  /** ISO 8601, UTC. */
  readonly dueAt: string | null;
  /** Until when the former value is kept; null where there is none. */
  readonly previousUntil: string | null;
  /** That time is over: the former value is to be retired. */
  readonly retirable: boolean;
  /** A rotation has not come to its end. */
  readonly pending: boolean;
  /** Why nothing is known; null where something is. */
  readonly why: string | null;
}

export interface SecretStatusView {
  /** When this was looked at (ISO 8601, UTC). */
  readonly at: string;
  readonly secrets: readonly SecretAgeView[];
  /** How many of them need somebody now. */
  readonly attention: number;
}

/** What a rotation has changed. */
export interface RotatedView {
  readonly summary: string;
  readonly environment: string;
  readonly names: readonly string[];
  readonly file: string;
  readonly revision: number;
  /** Until when the former values are kept beside the new ones (ISO 8601, UTC), by name. */
  readonly previousUntil: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly operation: string;
}
