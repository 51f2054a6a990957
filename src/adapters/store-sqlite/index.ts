/** The store in one SQLite file: opening it, and its transactions. */
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, type Transaction } from "kysely";
import { syncFolder } from "../../base/atomic-file.ts";
import { systemCode } from "../../base/error.ts";
import { createTurns } from "../../base/turns.ts";
import type { Store, StoreTransaction } from "../../ports/store/store.ts";
import { deploymentStore } from "./deployments.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { storeErrors, storeFailure, unwritable } from "./errors.ts";
import { eventStore } from "./events.ts";
import { leaseStore } from "./leases.ts";
import { operationStore } from "./operations.ts";
import { type Patience, patiently } from "./patience.ts";
import { releaseStore } from "./releases.ts";
import { revisionStore } from "./revisions.ts";
import { identify, migrate, SCHEMA, type Tables } from "./schema.ts";

export { storeErrors } from "./errors.ts";

export interface SqliteStoreOptions {
  /** The database file. SQLite keeps two more beside it, with `-wal` and `-shm` at the end. */
  readonly path: string;
  /** How long to wait for other processes before STORE_BUSY, in milliseconds; 10 seconds unless told. */
  readonly patienceMs?: number;
  /** Make file and folder (readable by their owner only) where there is none. True unless told. */
  readonly create?: boolean;
}

/** How long SQLite itself waits, blocking this process, before the asynchronous wait takes over. */
const BLOCKING_WAIT_MS = 50;

function fileExists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return false;
    throw unwritable(path, error);
  }
}

function createFile(path: string): void {
  const folder = dirname(path);
  try {
    const topmost = mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "wx", 0o600));
    syncFolder(folder);
    if (topmost !== undefined) syncFolder(dirname(topmost));
  } catch (error) {
    // Another process made it first.
    if (systemCode(error) === "EEXIST" && fileExists(path)) return;
    throw unwritable(path, error);
  }
}

function missing(path: string) {
  return storeErrors.STORE_MISSING({
    what: "there is no store",
    where: path,
    why: "the project's first operation makes it, and none has run here",
    fix: "ringfence release create",
  });
}

/** The id of the store in the file, made with its tables where the file is new. */
async function prepare(database: DatabaseSync, patience: Patience, create: boolean): Promise<string> {
  // Before the first write, so that another program's database stays as it is.
  const found = await patiently(patience, () => identify(database, patience.path));
  if (!found && !create) throw missing(patience.path);
  await patiently(patience, () => database.exec("pragma journal_mode = wal"));
  database.exec("pragma synchronous = full");
  // Nothing to change: who only reads waits for no writer.
  if (found?.schema === SCHEMA) return found.id;
  return patiently(patience, () => {
    database.exec("begin immediate");
    try {
      const { id } = migrate(database, patience.path);
      database.exec("commit");
      return id;
    } catch (error) {
      if (database.isTransaction) database.exec("rollback");
      throw error;
    }
  });
}

function viewOf(db: Transaction<Tables>): StoreTransaction {
  return {
    events: eventStore(db),
    operations: operationStore(db),
    leases: leaseStore(db),
    releases: releaseStore(db),
    deployments: deploymentStore(db),
    revisions: revisionStore(db),
  };
}

/**
 * Opens the project's store, with one connection for this process, and brings its tables up to date.
 * Writers of all processes take turns; readers see the last commit and wait for nobody.
 *
 * @throws STORE_MISSING without `create` where there is none; STORE_UNWRITABLE, STORE_DAMAGED, STORE_NEWER, STORE_BUSY.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, patienceMs = 10_000, create = true } = options;
  const patience = { path, patienceMs };
  if (!fileExists(path)) {
    if (!create) throw missing(path);
    createFile(path);
  }
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { timeout: BLOCKING_WAIT_MS, enableForeignKeyConstraints: true });
  } catch (error) {
    throw storeFailure(error, path, patienceMs);
  }
  try {
    const id = await prepare(database, patience, create);
    return openedStore(database, patience, id);
  } catch (error) {
    database.close();
    throw error;
  }
}

function openedStore(database: DatabaseSync, patience: Patience, id: string): Store {
  const turns = createTurns("the store");
  // Each transaction looks whether a newer program has changed the tables in the meantime.
  const dialect = nodeSqliteDialect(database, patience, () => identify(database, patience.path));
  const db = new Kysely<Tables>({ dialect });
  const use = <T>(accessMode: "read only" | "read write", work: (view: StoreTransaction) => Promise<T>) =>
    turns.take(async () => {
      if (!database.isOpen) throw new Error("the store is closed");
      return db
        .transaction()
        .setAccessMode(accessMode)
        .execute((transaction) => work(viewOf(transaction)));
    });
  return {
    id,
    read: (work) => use("read only", work),
    transaction: (work) => use("read write", work),
    close: () =>
      turns.take(async () => {
        await db.destroy();
        if (database.isOpen) database.close();
      }),
  };
}
