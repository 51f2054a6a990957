/** Taking turns inside one process: work runs one at a time, in the order in which it asked. */
import { AsyncLocalStorage } from "node:async_hooks";

export interface Turns {
  /**
   * Runs the work when everything that asked before has ended, however it ended.
   *
   * @throws Error at once when called from inside work that has the turn: it would wait for itself for ever.
   */
  take<T>(work: () => Promise<T>): Promise<T>;
}

/** @param what names the thing that is taken in turns, for the message of the error. */
export function createTurns(what: string): Turns {
  const inside = new AsyncLocalStorage<{ running: boolean }>();
  let last: Promise<unknown> = Promise.resolve();

  return {
    async take(work) {
      if (inside.getStore()?.running) throw new Error(`${what} was asked again from inside its own work`);
      const turn = { running: true };
      const result = last.then(() =>
        inside.run(turn, work).finally(() => {
          turn.running = false;
        }),
      );
      last = result.catch(() => undefined);
      return result;
    },
  };
}
