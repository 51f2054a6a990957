/**
 * A process of its own that uses a store, for tests of several at once.
 *
 * `count PATH N` adds one to a lease's token in each of N transactions, after it is told to go.
 * `hold PATH` changes a token inside a transaction, says so, and never ends it.
 * `die PATH N` opens the store, and is killed right before its N-th command to SQLite.
 */
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../src/adapters/store-sqlite/index.ts";
import type { StoreTransaction } from "../../src/ports/store/store.ts";
import { aLease } from "./store-records.ts";

const [mode, path = "", count = "0"] = process.argv.slice(2);

async function increment({ leases }: StoreTransaction): Promise<void> {
  const token = (await leases.get("staging"))?.token ?? 0;
  // Gives way, so that a store whose transactions were no transactions would be seen.
  await new Promise((resolve) => setImmediate(resolve));
  await leases.put(aLease(token + 1));
}

function dieBefore(command: number): void {
  const { exec } = DatabaseSync.prototype;
  let commands = 0;
  DatabaseSync.prototype.exec = function (sql) {
    commands += 1;
    if (commands === command) {
      process.kill(process.pid, "SIGKILL");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
    exec.call(this, sql);
  };
}

if (mode === "die") dieBefore(Number(count));
const store = await openSqliteStore({ path, patienceMs: 60_000 });
if (mode === "die") {
  await store.close();
  process.exit(0);
}
if (mode === "count") {
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  for (let i = 0; i < Number(count); i++) await store.transaction(increment);
  await store.close();
  process.exit(0);
}
await store.transaction(async (transaction) => {
  await increment(transaction);
  process.stdout.write("inside\n");
  // Ends with the test that started it, at the latest.
  process.stdin.resume();
  await once(process.stdin, "end");
});
