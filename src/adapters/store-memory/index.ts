/**
 * A store in memory, for tests and for looking without writing anything. It keeps the whole contract of the
 * port except durability: what it holds ends with the process.
 */
import { newId } from "../../base/id.ts";
import { createTurns } from "../../base/turns.ts";
import type { Store, StoreTransaction } from "../../ports/store/store.ts";
import { copyTables, emptyTables, type Tables } from "./tables.ts";
import { viewOf } from "./view.ts";

/** A new, empty store. A transaction works on a copy, which replaces the tables when it succeeds. */
export function createMemoryStore(): Store {
  const turns = createTurns("the store");
  let tables = emptyTables();
  let closed = false;

  const use = <T>(work: (view: StoreTransaction) => Promise<T>, own: Tables, writable: boolean) => {
    if (closed) throw new Error("the store is closed");
    let ended = false;
    const reading = () => {
      if (ended) throw new Error("this view of the store has ended");
      return own;
    };
    const writing = () => {
      if (!writable) throw new Error("a read of the store can't write");
      return reading();
    };
    return work(viewOf({ reading, writing })).finally(() => {
      ended = true;
    });
  };

  return {
    id: newId("store"),
    read: (work) => turns.take(async () => use(work, tables, false)),
    transaction: (work) =>
      turns.take(async () => {
        const copy = copyTables(tables);
        const result = await use(work, copy, true);
        tables = copy;
        return result;
      }),
    close: () =>
      turns.take(async () => {
        closed = true;
      }),
  };
}
