/** What this release shows on /status, and what it needs of the database to be ready. New: tasks by priority. */
import type { DatabaseSync } from "node:sqlite";
import type { Pool } from "./database.ts";

export function status(pool: Pool): Record<string, unknown> {
  return pool.use((database) => ({ ...database.prepare("SELECT count(*) AS tasks FROM tasks").get() }));
}

/** Throws what keeps this release from serving: nobody wrote the migration that adds `priority`. */
export function checkReady(database: DatabaseSync): void {
  database.prepare("SELECT title, due_at, done, priority FROM tasks LIMIT 1").get();
}
