/** One line of a benchmark's result. */

export interface Row {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with; empty for a plain measurement. */
  readonly against: string;
  /** Value divided by the other side's value; null where the value is what it adds to that. */
  readonly ratio: number | null;
  /** The largest ratio that we promise; without a ratio, the largest value. */
  readonly limit: number | null;
  readonly holds: boolean | null;
}

/** A row that compares; the smaller the ratio the better. */
export function compare(
  metric: string,
  unit: string,
  value: number,
  against: { readonly name: string; readonly value: number; readonly limit?: number },
): Row {
  const ratio = value / against.value;
  const limit = against.limit ?? null;
  return {
    metric,
    value,
    unit,
    against: against.name,
    ratio,
    limit,
    holds: limit === null ? null : ratio <= limit,
  };
}

/** A row that is held against a number; the smaller the value the better. */
export function atMost(metric: string, unit: string, value: number, limit: number): Row {
  return { metric, value, unit, against: "", ratio: null, limit, holds: value <= limit };
}

/** A row that says what is added to the other side; the less the better. */
export function addition(
  metric: string,
  unit: string,
  value: number,
  against: { readonly name: string; readonly value: number; readonly limit: number | undefined },
): Row {
  const added = value - against.value;
  const limit = against.limit ?? null;
  return {
    metric: `${metric}, added`,
    value: added,
    unit,
    against: against.name,
    ratio: null,
    limit,
    holds: limit === null ? null : added <= limit,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
