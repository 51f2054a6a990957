/** The queue between API and worker: rows of the same database. A job is taken by one worker, however many run. */
import type { DatabaseSync } from "node:sqlite";

export type Job =
  | { readonly kind: "verification"; readonly to: string; readonly code: string }
  | { readonly kind: "reminder"; readonly to: string; readonly title: string; readonly due: string };

export interface TakenJob {
  readonly id: number;
  readonly job: Job;
}

/** A worker that has not finished a job by then is taken for dead. */
const TAKEN_FOR_MS = 60_000;
const ATTEMPTS = 5;
const REMIND_BEFORE_MS = 24 * 60 * 60 * 1000;

export function addJob(database: DatabaseSync, job: Job): void {
  database.prepare("INSERT INTO jobs (kind, payload) VALUES (?, ?)").run(job.kind, JSON.stringify(job));
}

/** Up to `limit` jobs that nobody else has. */
export function takeJobs(database: DatabaseSync, limit: number, now: number): TakenJob[] {
  const rows = database
    .prepare(
      `UPDATE jobs SET taken_at = :now, attempts = attempts + 1
       WHERE id IN (
         SELECT id FROM jobs
         WHERE done_at IS NULL AND attempts < :attempts AND (taken_at IS NULL OR taken_at < :stale)
         ORDER BY id LIMIT :limit)
       RETURNING id, payload`,
    )
    .all({ now, limit, attempts: ATTEMPTS, stale: now - TAKEN_FOR_MS });
  return rows.map(({ id, payload }) => ({ id: Number(id), job: JSON.parse(String(payload)) as Job }));
}

export function finishJob(database: DatabaseSync, id: number, now: number): void {
  database.prepare("UPDATE jobs SET done_at = ? WHERE id = ?").run(now, id);
}

/** One reminder for each open task that is due within a day. */
export function addReminders(database: DatabaseSync, now: number): void {
  const due = database
    .prepare(
      `UPDATE tasks SET reminded = 1
       WHERE NOT done AND NOT reminded AND due_at BETWEEN :now AND :until
       RETURNING title, due_at, (SELECT email FROM accounts WHERE id = account_id) AS email`,
    )
    .all({ now, until: now + REMIND_BEFORE_MS });
  for (const { title, due_at, email } of due) {
    const at = new Date(Number(due_at)).toISOString();
    addJob(database, { kind: "reminder", to: String(email), title: String(title), due: at });
  }
}
