/**
 * How an operation enters the store: kept as waiting, refused or cancelled, or begun under the lease of its
 * environment. What was read of it before the transaction is held against what the store says in it, so that two
 * who carry on the same operation don't both do so.
 */
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import type { OperationRecord, OperationState } from "../model/operation.ts";
import type { Lease } from "../ports/store/leases.ts";
import type { StoreTransaction } from "../ports/store/store.ts";
import type { Context } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { entryOf, HeldJournal, type Journal, jsonOf, planFacts, stamp } from "./journal.ts";
import { PROJECT_LEASE, takeLease } from "./lease.ts";

/** How long an operation on the whole project waits for another one; those are short. */
const PROJECT_PATIENCE_MS = 10_000;

/** The error for carrying on what has ended, or approving it. */
export function finishedOperation(record: OperationRecord): RingfenceError {
  return appErrors.OPERATION_FINISHED({
    what: `${record.id} has ended: ${record.state}`,
    where: `operation ${record.id}`,
    why: "only what waits or was interrupted can be carried on",
    fix: `ringfence operation show ${record.id}`,
  });
}

/** The operation as the store has it now; undefined for a new one. @throws OPERATION_FINISHED */
async function present(
  { operations }: StoreTransaction,
  record: OperationRecord,
): Promise<OperationRecord | undefined> {
  const stored = await operations.get(record.id);
  if (stored && stored.state !== "waiting" && stored.state !== "running") throw finishedOperation(stored);
  return stored;
}

function unfinished(other: OperationRecord): RingfenceError {
  return appErrors.OPERATION_UNFINISHED({
    what: `${other.plan.summary} (${other.id}, by ${other.author}) was interrupted`,
    where: other.environment ? `environment ${other.environment}` : "the project",
    why: "what it left half done comes first",
    fix: `ringfence operation resume ${other.id}\nringfence operation resume ${other.id} --undo`,
    details: { operation: other.id },
  });
}

/**
 * Keeps an operation in a state that needs no lease, with its reason.
 *
 * @throws OPERATION_FINISHED, OPERATION_UNFINISHED when somebody else carried it on meanwhile.
 */
export async function closeOperation(
  context: Context,
  record: OperationRecord,
  state: Extract<OperationState, "waiting" | "refused" | "cancelled">,
  error: RingfenceError | undefined,
  options: { readonly voidApprovals?: boolean } = {},
): Promise<OperationRecord> {
  const closed = stamp(context, { ...record, state, error: jsonOf(error) });
  await context.app.record.transact(async (transaction, write) => {
    const stored = await present(transaction, record);
    if (stored?.state === "running") throw unfinished(stored);
    await transaction.operations.put(closed);
    if (options.voidApprovals) await transaction.operations.voidApprovals(record.id);
    const result = state === "refused" ? "refused" : "ok";
    await write(entryOf(context, closed, `operation.${state}`, { result, details: planFacts(closed) }));
  });
  return closed;
}

/** Says how an interrupted operation is carried on, by what the store has of it; may refuse by throwing. */
export type Prepare = (interrupted: OperationRecord) => OperationRecord;

async function beginOnce(
  context: Context,
  record: OperationRecord,
  prepare: Prepare,
): Promise<{ lease: Lease; record: OperationRecord }> {
  const environment = record.environment ?? PROJECT_LEASE;
  return context.app.record.transact(async (transaction, write) => {
    const stored = await present(transaction, record);
    const lease = await takeLease(transaction.leases, {
      environment,
      operation: record.id,
      label: `${record.kind} ${record.id} by ${context.actor.name}`,
      nowMs: context.app.clock.now(),
      leaseMs: context.app.leaseMs,
    });
    const running = await transaction.operations.list({ state: "running" });
    const other = running.find(
      (one) => one.id !== record.id && (one.environment ?? PROJECT_LEASE) === environment,
    );
    if (other) throw unfinished(other);
    const again = stored?.state === "running";
    const prepared = again ? prepare(stored) : { ...record, error: null };
    const begun = stamp(context, { ...prepared, state: "running", token: lease.token });
    await transaction.operations.put(begun);
    const action = again ? "operation.resumed" : "operation.started";
    const details = { plan: planFacts(begun), token: lease.token, undo: begun.error !== null };
    await write(entryOf(context, begun, action, { result: "intended", details }));
    return { lease, record: begun };
  });
}

/**
 * Takes the lease and marks the operation as running.
 *
 * @throws LEASE_HELD, OPERATION_UNFINISHED, OPERATION_FINISHED, and what `prepare` throws; nothing is taken then.
 */
export async function takeJournal(
  context: Context,
  record: OperationRecord,
  prepare: Prepare,
): Promise<Journal> {
  const { clock } = context.app;
  const until = clock.now() + (record.environment === null ? PROJECT_PATIENCE_MS : 0);
  for (;;) {
    try {
      const begun = await beginOnce(context, record, prepare);
      return new HeldJournal(context, begun.lease, begun.record);
    } catch (error) {
      if (!isRingfenceError(error, "LEASE_HELD") || clock.now() >= until) throw error;
      await clock.wait(50);
    }
  }
}
