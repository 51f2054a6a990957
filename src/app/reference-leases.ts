/**
 * Leased credentials while a command runs: each is renewed when two thirds of its time are over, and given back when
 * the command has ended. One that can't be renewed is said so, loudly: the command goes on until the credential ends.
 *
 * A lease is held → (renewed → held)… → given back. Whatever fails in between ends in a warning, never in a broken run.
 */

import type { Clock } from "../ports/clock.ts";
import type { SecretLease } from "../ports/secret-store.ts";
import { giveBack, type HeldLease } from "./references.ts";

/** Of a lease's time, so that a renewal that fails can be tried again before it ends. */
const RENEW_AFTER = 2 / 3;
const CALL_MS = 10_000;
/** No sooner than that, whatever a store says of its leases. */
const SHORTEST_WAIT_MS = 1_000;
/** A timer of Node takes no more, and ends at once instead: nearly 25 days. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
/** A renewal comes after the shortest wait at least; one that moves the end by less than this has given no time. */
const SAME_END_MS = 500;

export interface LeaseKeeper {
  /** From now on they are renewed. */
  start(): void;
  /** Stops renewing and gives them back. Doing so twice is no mistake. */
  end(): Promise<void>;
}

/** What keeps leases needs to know of the run. */
export interface LeaseRoom {
  readonly clock: Clock;
  /** For what a person must see. */
  readonly warn: (text: string) => void;
}

class Keeper implements LeaseKeeper {
  readonly #held: readonly HeldLease[];
  readonly #room: LeaseRoom;
  readonly #stop = new AbortController();
  readonly #since: number;
  #ended: Promise<void> | undefined;

  constructor(held: readonly HeldLease[], room: LeaseRoom) {
    this.#held = held;
    this.#room = room;
    this.#since = room.clock.now();
  }

  start(): void {
    for (const held of this.#held) {
      this.#keep(held).catch(() => {
        // The end of the run makes a wait fail as well.
        if (this.#stop.signal.aborted) return;
        this.#warn(held.reference, this.#since + held.lease.durationMs, "renewing it failed");
      });
    }
  }

  end(): Promise<void> {
    this.#stop.abort();
    this.#ended ??= giveBack(this.#held, CALL_MS);
    return this.#ended;
  }

  async #keep({ store, lease: first, reference }: HeldLease): Promise<void> {
    const { clock } = this.#room;
    let lease: SecretLease = first;
    let endsAt = this.#since + lease.durationMs;
    let isLast = false;
    for (;;) {
      const left = endsAt - clock.now();
      const wait = Math.min(LONGEST_WAIT_MS, Math.max(left * RENEW_AFTER, SHORTEST_WAIT_MS));
      await clock.wait(wait, this.#stop.signal);
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(CALL_MS)]);
      const renewed = lease.renewable ? await store.leases?.renew(lease, signal) : undefined;
      if (this.#stop.signal.aborted) return;
      if (renewed && !("kind" in renewed)) {
        lease = renewed;
        const former = endsAt;
        endsAt = clock.now() + lease.durationMs;
        // It has reached its longest time, or ends with the login that got it: said while something can be done.
        if (!isLast && endsAt - former < SAME_END_MS) {
          isLast = true;
          this.#warn(reference, endsAt, "its store gives it no more time");
        }
        continue;
      }
      const canWait = renewed?.kind === "unreachable" && endsAt - clock.now() > SHORTEST_WAIT_MS;
      this.#warn(reference, endsAt, renewed ? renewed.why : "it can't be renewed");
      if (!canWait) return;
    }
  }

  #warn(reference: string, endsAt: number, why: string): void {
    const at = new Date(endsAt).toISOString();
    this.#room.warn(
      `the credential of ${reference} is not renewed: ${why}; it ends at ${at}, and the command then loses access`,
    );
  }
}

/** Keeps the leases of one run; undefined where there are none. */
export function keepLeases(held: readonly HeldLease[], room: LeaseRoom): LeaseKeeper | undefined {
  return held.length === 0 ? undefined : new Keeper(held, room);
}
