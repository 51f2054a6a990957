/** What this release shows on /status, and what it needs of the database to be ready. New: open and overdue tasks. */
import type { DatabaseSync } from "node:sqlite";
import type { Pool } from "./database.ts";

const COUNTS = `
  SELECT count(*) AS tasks,
         count(*) FILTER (WHERE NOT done) AS open,
         count(*) FILTER (WHERE NOT done AND due_at < ?) AS overdue
  FROM tasks`;

export function status(pool: Pool): Record<string, unknown> {
  return pool.use((database) => ({ ...database.prepare(COUNTS).get(Date.now()) }));
}

/** Throws what keeps this release from serving. */
export function checkReady(database: DatabaseSync): void {
  database.prepare("SELECT title, due_at, done FROM tasks LIMIT 1").get();
}
