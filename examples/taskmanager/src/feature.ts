/** What this release shows on /status, and what it needs of the database to be ready. */
import type { DatabaseSync } from "node:sqlite";
import type { Pool } from "./database.ts";

export function status(pool: Pool): Record<string, unknown> {
  return pool.use((database) => ({ ...database.prepare("SELECT count(*) AS tasks FROM tasks").get() }));
}

/** Throws what keeps this release from serving. */
export function checkReady(database: DatabaseSync): void {
  database.prepare("SELECT title, due_at, done FROM tasks LIMIT 1").get();
}
