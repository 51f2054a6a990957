/**
 * Kysely over `node:sqlite`: one connection, writing transactions that begin with the write lock, reading ones
 * that can't write. Kysely's own SQLite dialect is made for another library: it takes this one and returns no rows.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from "kysely";
import { isWriteRefused, storeFailure } from "./errors.ts";
import { type Patience, patiently } from "./patience.ts";

const MOST_STATEMENTS = 100;

class Connection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #patience: Patience;
  readonly #statements = new Map<string, StatementSync>();
  #readOnly = false;

  constructor(database: DatabaseSync, patience: Patience) {
    this.#database = database;
    this.#patience = patience;
  }

  /** @param begun looks at the database in the new transaction; what it throws ends it. */
  async begin(readOnly: boolean, begun: () => void): Promise<void> {
    this.#readOnly = readOnly;
    this.#database.exec(`pragma query_only = ${readOnly ? "on" : "off"}`);
    await patiently(this.#patience, () => {
      // A deferred transaction that turns to writing loses its place when another one wrote in between.
      this.#database.exec(readOnly ? "begin deferred" : "begin immediate");
      try {
        begun();
      } catch (error) {
        this.rollback();
        throw error;
      }
    });
  }

  commit(): void {
    this.#run(() => this.#database.exec("commit"));
  }

  /** SQLite itself has already ended the transaction after some errors, such as a full disk. */
  rollback(): void {
    if (this.#database.isTransaction) this.#database.exec("rollback");
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.#run(() => {
      const statement = this.#statement(sql);
      const values = parameters as SQLInputValue[];
      if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
      const { changes, lastInsertRowid } = statement.run(...values);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    });
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncGenerator<QueryResult<R>> {
    const { rows } = await this.executeQuery<R>(query);
    for (let from = 0; from < rows.length; from += chunkSize)
      yield { rows: rows.slice(from, from + chunkSize) };
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run<T>(work: () => T): T {
    // Without this, what follows such an error in the same work would be committed statement by statement.
    if (!this.#database.isTransaction) throw new Error("the store's transaction has ended");
    try {
      return work();
    } catch (error) {
      if (this.#readOnly && isWriteRefused(error)) {
        throw new Error("a read of the store can't write", { cause: error });
      }
      throw storeFailure(error, this.#patience.path, this.#patience.patienceMs);
    }
  }
}

/**
 * @param begun is called at the beginning of every transaction, inside it.
 * Closing the database is left to who opened it.
 */
export function nodeSqliteDialect(database: DatabaseSync, patience: Patience, begun: () => void): Dialect {
  const connection = new Connection(database, patience);
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: (_, settings: TransactionSettings) =>
      connection.begin(settings.accessMode === "read only", begun),
    commitTransaction: async () => connection.commit(),
    rollbackTransaction: async () => connection.rollback(),
    releaseConnection: async () => {},
    destroy: async () => {},
  };
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}
