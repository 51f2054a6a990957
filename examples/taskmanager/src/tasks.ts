/** Tasks of one account: list, add, change, delete. Nobody sees another's. */
import type { Pool } from "./database.ts";
import { Refusal, type Reply, type Request } from "./http.ts";

interface Row {
  readonly id: number;
  readonly title: string;
  readonly due_at: number | null;
  readonly done: number;
}

interface Fields {
  readonly title: string;
  readonly due_at: number | null;
  readonly done: number;
}

function shown({ id, title, due_at, done }: Row): object {
  return { id, title, due: due_at === null ? null : new Date(due_at).toISOString(), done: done === 1 };
}

/** The fields that the body sets, over those of `before`. */
function fieldsOf({ body }: Request, before: Fields): Fields {
  const { title = before.title, done = before.done === 1, due } = body;
  if (typeof title !== "string" || title.trim() === "" || title.length > 500) {
    throw new Refusal(422, "invalid", "title must be a text of 1 to 500 characters");
  }
  if (typeof done !== "boolean") throw new Refusal(422, "invalid", "done must be true or false");
  const due_at = due === undefined ? before.due_at : due === null ? null : Date.parse(String(due));
  if (Number.isNaN(due_at))
    throw new Refusal(422, "invalid", "due must be a time such as 2026-12-31T12:00:00Z");
  return { title, due_at, done: Number(done) };
}

export interface Tasks {
  list(account: number): Reply;
  add(account: number, request: Request): Reply;
  change(account: number, request: Request): Reply;
  remove(account: number, request: Request): Reply;
}

export function createTasks(pool: Pool): Tasks {
  const missing = (id: string | undefined) => new Refusal(404, "not_found", `you have no task ${id}`);
  return {
    list: (account) =>
      pool.use((database) => {
        const rows = database.prepare("SELECT * FROM tasks WHERE account_id = ? ORDER BY id").all(account);
        return { body: { tasks: (rows as unknown as Row[]).map(shown) } };
      }),

    add: (account, request) =>
      pool.change((database) => {
        const { title, due_at, done } = fieldsOf(request, { title: "", due_at: null, done: 0 });
        const row = database
          .prepare(
            "INSERT INTO tasks (account_id, title, due_at, done, created_at) VALUES (?, ?, ?, ?, ?) RETURNING *",
          )
          .get(account, title, due_at, done, Date.now());
        return { status: 201, body: shown(row as unknown as Row) };
      }),

    change: (account, request) =>
      pool.change((database) => {
        const { id } = request.params;
        const before = database
          .prepare("SELECT * FROM tasks WHERE id = ? AND account_id = ?")
          .get(id!, account);
        if (!before) throw missing(id);
        const { title, due_at, done } = fieldsOf(request, before as unknown as Row);
        // A task that is due at another time is worth another reminder.
        const row = database
          .prepare(
            "UPDATE tasks SET reminded = reminded AND due_at IS ?, title = ?, due_at = ?, done = ? WHERE id = ? RETURNING *",
          )
          .get(due_at, title, due_at, done, id!);
        return { body: shown(row as unknown as Row) };
      }),

    remove: (account, request) =>
      pool.change((database) => {
        const { id } = request.params;
        const { changes } = database
          .prepare("DELETE FROM tasks WHERE id = ? AND account_id = ?")
          .run(id!, account);
        if (changes === 0) throw missing(id);
        return {};
      }),
  };
}
