/** A rotation that has not come to its end: its new value may be the one that counts, so no other one takes its place. */
import { rotationErrors } from "../../rotation/index.ts";
import type { Context } from "../definition.ts";
import { appErrors } from "../errors.ts";
import type { SecretsState } from "../resolution.ts";

/** The operations that leave pending values behind when they are interrupted. */
const REPLACING: ReadonlySet<string> = new Set(["secret rotate", "secret rollback"]);

/** Those of the names that have a pending value in the file. */
export function pendingNames({ opened }: SecretsState, names: readonly string[]): string[] {
  return names.filter((name) => opened?.pasts.get(name)?.pending !== undefined);
}

/** The operations here that have to be finished first. */
async function unfinishedHere({ app, environment }: Context): Promise<string[]> {
  const running = await app.store.read((view) => view.operations.list({ state: "running" }));
  return running
    .filter(({ kind, environment: of }) => REPLACING.has(kind) && of === environment.name)
    .map(({ id }) => id);
}

/** Lets secrets pass that have no pending value. @throws ROTATION_PENDING */
export async function assertNonePending(
  context: Context,
  secrets: SecretsState,
  names: readonly string[],
): Promise<void> {
  const { name: environment } = context.environment;
  const pending = pendingNames(secrets, names);
  if (pending.length === 0) return;
  const unfinished = await unfinishedHere(context);
  const list = pending.join(",");
  throw rotationErrors.ROTATION_PENDING({
    what: `a rotation of ${pending.join(", ")} of ${environment} has not come to its end`,
    where: secrets.file,
    why:
      unfinished.length > 0
        ? "its new value may be the one that counts, and would be lost"
        : "its new value may be the one that counts, and would be lost; it was begun elsewhere, or its record is gone",
    fix:
      unfinished.length > 0
        ? unfinished
            .map((id) => `ringfence operation resume ${id}\nringfence operation resume ${id} --undo`)
            .join("\n")
        : `ringfence operation list --state running   # on the machine that began it, then: ringfence operation resume ID\nringfence secret rotate ${list} -e ${environment} --forget-pending --reason "the pending value does not count"   # once that is certain`,
  });
}

/** Nobody forgets a value without saying why. @throws APP_BAD_INPUT */
export function assertForgettingReason({ reason, environment }: Context, names: string | undefined): void {
  if (reason !== null && reason.trim() !== "") return;
  throw appErrors.APP_BAD_INPUT({
    what: "--forget-pending needs a reason",
    where: "ringfence secret rotate",
    why: "the pending value may be the one that counts, and is lost",
    fix: `ringfence secret rotate ${names ?? "--due"} -e ${environment.name} --forget-pending --reason "the pending value does not count"`,
  });
}
