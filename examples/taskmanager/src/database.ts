/** The SQLite file: its schema, and a pool of connections to it. Holds no rule about accounts or tasks. */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

const BUSY_TIMEOUT_MS = 5_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL,
    verification_code TEXT NOT NULL,
    verified INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    title TEXT NOT NULL,
    due_at INTEGER,
    done INTEGER NOT NULL DEFAULT 0,
    reminded INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS tasks_by_account ON tasks (account_id, id);
  CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    taken_at INTEGER,
    done_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS heartbeat (service TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
`;

/** `sqlite:///path`, as SQLAlchemy writes it; the path is relative to the environment's data folder. */
function databasePath(url: string, dataFolder: string): string {
  const path = /^sqlite:\/\/\/(.+)$/.exec(url)?.[1];
  if (path === undefined) throw new Error("DATABASE_URL must look like sqlite:///taskmanager.db");
  return resolve(dataFolder, path);
}

/** A connection that is used between `acquire` and `release` by one caller alone. */
export class Pool {
  readonly #path: string;
  readonly #limit: number;
  readonly #all = new Set<DatabaseSync>();
  readonly #free: DatabaseSync[] = [];

  constructor(url: string, dataFolder: string, limit: number) {
    this.#path = databasePath(url, dataFolder);
    this.#limit = limit;
    mkdirSync(dirname(this.#path), { recursive: true });
    this.use((database) => database.exec(SCHEMA));
  }

  get inUse(): number {
    return this.#all.size - this.#free.length;
  }

  acquire(): DatabaseSync {
    const free = this.#free.pop();
    if (free) return free;
    if (this.#all.size >= this.#limit) {
      throw new Error(`connection pool exhausted: all ${this.#limit} connections are in use`);
    }
    const opened = new DatabaseSync(this.#path, { timeout: BUSY_TIMEOUT_MS });
    opened.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    this.#all.add(opened);
    return opened;
  }

  release(database: DatabaseSync): void {
    this.#free.push(database);
  }

  use<T>(work: (database: DatabaseSync) => T): T {
    const database = this.acquire();
    try {
      return work(database);
    } finally {
      this.release(database);
    }
  }

  /** All or nothing; takes the write lock at once, so that it never has to be upgraded. */
  change<T>(work: (database: DatabaseSync) => T): T {
    return this.use((database) => {
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = work(database);
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    for (const database of this.#all) database.close();
    this.#all.clear();
    this.#free.length = 0;
  }
}
