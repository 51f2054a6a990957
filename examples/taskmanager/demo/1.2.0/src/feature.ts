/** What this release shows on /status, and what it needs of the database to be ready. New: faster status, it says. */
import type { DatabaseSync } from "node:sqlite";
import type { Pool } from "./database.ts";

const KEPT_MS = 800;

/**
 * The mistake of this release: it keeps each connection for a while "to spare the next request the wait", but the
 * next request never finds it. A person who looks at /status sees nothing; under real traffic the pool runs dry.
 */
export function status(pool: Pool): Record<string, unknown> {
  const database = pool.acquire();
  setTimeout(() => pool.release(database), KEPT_MS).unref();
  return { ...database.prepare("SELECT count(*) AS tasks FROM tasks").get() };
}

/** Throws what keeps this release from serving. */
export function checkReady(database: DatabaseSync): void {
  database.prepare("SELECT title, due_at, done FROM tasks LIMIT 1").get();
}
