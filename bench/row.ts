/** One line of a benchmark's result. */

export interface Row {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with; empty for a plain measurement. */
  readonly against: string;
  /** Value divided by the other side's value. */
  readonly ratio: number | null;
  /** The largest ratio that we promise; where there is no ratio, the largest value. */
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

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
