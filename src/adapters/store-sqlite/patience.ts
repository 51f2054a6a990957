/** Waiting for a lock that another process holds, without blocking this one. */
import { setTimeout as wait } from "node:timers/promises";
import { isBusy, storeFailure } from "./errors.ts";

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

export interface Patience {
  /** The store's file, for errors. */
  readonly path: string;
  /** How long to try, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Tries until it is not busy. Pauses grow and vary, so that processes that wait for each other don't meet again.
 *
 * @throws STORE_BUSY when patience has run out, and the catalogue's error for anything else that SQLite says.
 */
export async function patiently<T>({ path, patienceMs }: Patience, attempt: () => T): Promise<T> {
  const end = performance.now() + patienceMs;
  for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      const left = end - performance.now();
      if (!isBusy(error) || left <= 0) throw storeFailure(error, path, patienceMs);
      await wait(Math.min(left, pause * (0.5 + Math.random())));
    }
  }
}
