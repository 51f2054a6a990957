/** How old a secret is, and what that means by what is declared of it. What is not known never counts as good. */

/**
 * `current`: young enough. `due`: it should be replaced soon. `overdue`: it is older than it may get. `manual`: people
 * decide when it is replaced. `unknown`: it may get only so old, and nothing says how old it is.
 */
export type RotationState = "current" | "due" | "overdue" | "manual" | "unknown";

export interface Age {
  readonly state: RotationState;
  /** Undefined where nobody knows. */
  readonly ageMs: number | undefined;
  /** When it is to be replaced at the latest, in milliseconds since 1970; undefined where there is no such time. */
  readonly dueAt: number | undefined;
}

/** Clocks of the people who write a file differ by so much at most. */
const SKEW_MS = 5 * 60_000;
const WEEK_MS = 7 * 86_400_000;
/** A value is due in the last fifth of its time, but not earlier than a week before its end. */
const LAST_PART = 0.2;

/**
 * @param everyMs how old the value may get; undefined: as old as people like
 * @param changedAt milliseconds since 1970; NaN and what lies in the future tell nothing
 */
export function ageOf(everyMs: number | undefined, changedAt: number | undefined, now: number): Age {
  const isKnown = changedAt !== undefined && changedAt <= now + SKEW_MS;
  const ageMs = isKnown ? Math.max(0, now - changedAt) : undefined;
  if (everyMs === undefined) return { state: "manual", ageMs, dueAt: undefined };
  if (!isKnown) return { state: "unknown", ageMs, dueAt: undefined };
  const dueAt = changedAt + everyMs;
  const soon = dueAt - Math.min(WEEK_MS, everyMs * LAST_PART);
  const state = now >= dueAt ? "overdue" : now >= soon ? "due" : "current";
  return { state, ageMs, dueAt };
}

/** Whether somebody has to do something now. */
export function needsAttention(state: RotationState): boolean {
  return state === "overdue" || state === "unknown";
}
