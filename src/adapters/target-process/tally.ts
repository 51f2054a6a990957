/** Counting what was answered for each set. A request is counted when its answer has ended. */
import type { Counts } from "./router-state.ts";

/** How many sets are remembered beside those in use; a rollout asks for two. */
const REMEMBERED_SETS = 8;

export interface Outcome {
  /** HTTP status; 0 when the set gave no answer. */
  readonly status: number;
  readonly failed: boolean;
  readonly rescued: boolean;
}

interface Sums {
  requests: number;
  failures: number;
  rescued: number;
  inFlight: number;
  statuses: Record<string, number>;
}

export class Tally {
  readonly #sets = new Map<string, Sums>();

  /** A request is on its way to the set. */
  enter(set: string): void {
    this.#of(set).inFlight += 1;
  }

  /** It has left. Without an outcome the caller went away, or the set only helped out. */
  leave(set: string, outcome?: Outcome): void {
    const sums = this.#of(set);
    sums.inFlight -= 1;
    if (!outcome) return;
    sums.requests += 1;
    if (outcome.failed) sums.failures += 1;
    if (outcome.rescued) sums.rescued += 1;
    sums.statuses[outcome.status] = (sums.statuses[outcome.status] ?? 0) + 1;
  }

  /** Traffic is led to the set from now on: its sums begin anew, what is in flight stays. */
  restart(set: string): void {
    const { inFlight } = this.#of(set);
    this.#sets.delete(set);
    this.#sets.set(set, { requests: 0, failures: 0, rescued: 0, inFlight, statuses: {} });
    const idle = [...this.#sets].filter(([name, sums]) => name !== set && sums.inFlight === 0);
    for (const [name] of idle.slice(0, Math.max(0, idle.length - REMEMBERED_SETS))) this.#sets.delete(name);
  }

  /** Requests in flight over all sets. */
  get inFlight(): number {
    return [...this.#sets.values()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  counts(): Counts[] {
    return [...this.#sets].map(([set, sums]) => ({ set, ...sums, statuses: { ...sums.statuses } }));
  }

  #of(set: string): Sums {
    const known = this.#sets.get(set);
    if (known) return known;
    const sums = { requests: 0, failures: 0, rescued: 0, inFlight: 0, statuses: {} };
    this.#sets.set(set, sums);
    return sums;
  }
}
