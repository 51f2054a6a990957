/**
 * The journal of one operation: every change of its state and of its steps commits together with its audit
 * entry and only while its lease is still held.
 */
import type { Json } from "../base/canonical-json.ts";
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import type { OperationRecord, OperationState, StepState } from "../model/operation.ts";
import type { Lease } from "../ports/store/leases.ts";
import type { StoreTransaction } from "../ports/store/store.ts";
import type { Context, Operation, Step, StepContext } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { assertLease, fenceOf, freeLease, PROJECT_LEASE, renewLease, takeLease } from "./lease.ts";
import type { Entry } from "./record.ts";

/** How long an operation on the whole project waits for another one; those are short. */
const PROJECT_PATIENCE_MS = 10_000;

/** The journal while the lease is held. Its methods throw LEASE_LOST once another operation has taken it. */
export interface Journal {
  readonly record: OperationRecord;
  readonly step: StepContext;
  isDone(step: Step): boolean;
  isPastPivot(steps: readonly Step[]): boolean;
  /** A step has failed or is undone: the operation was being taken back when it was interrupted. */
  wasGoingBack(): boolean;
  intend(step: Step): Promise<void>;
  done(step: Step, result: Json): Promise<void>;
  failed(step: Step | undefined, error: RingfenceError): Promise<void>;
  undone(step: Step): Promise<void>;
  verified(evidence: Json): Promise<void>;
  succeed(): Promise<OperationRecord>;
  fail(error: RingfenceError, kind: Operation): Promise<OperationRecord>;
  /** Stays running, to be resumed; the lease is freed. */
  pause(error: RingfenceError): Promise<OperationRecord>;
  stopRenewing(): void;
}

function entryOf(
  context: Context,
  record: OperationRecord,
  action: string,
  more: Partial<Entry> = {},
): Entry {
  return {
    actor: context.actor.name,
    action,
    subject: record.plan.summary,
    environment: record.environment,
    operation: record.id,
    reason: context.reason,
    ...more,
  };
}

function stamp(context: Context, record: OperationRecord): OperationRecord {
  return { ...record, updatedAt: new Date(context.app.clock.now()).toISOString() };
}

function planFacts(record: OperationRecord): Json {
  const gates = record.gates.map(({ name, state, why }) => ({ name, state, why }));
  return { plan: record.plan.digest, effects: record.plan.effects, gates };
}

/** Keeps an operation in a state that needs no lease, with its reason. */
export async function closeOperation(
  context: Context,
  record: OperationRecord,
  state: Extract<OperationState, "waiting" | "refused" | "cancelled">,
  error: RingfenceError | undefined,
  options: { readonly voidApprovals?: boolean } = {},
): Promise<OperationRecord> {
  const closed = stamp(context, { ...record, state, error: jsonOf(error) });
  await context.app.record.transact(async (transaction, write) => {
    await transaction.operations.put(closed);
    if (options.voidApprovals) await transaction.operations.voidApprovals(record.id);
    const result = state === "refused" ? "refused" : "ok";
    await write(entryOf(context, closed, `operation.${state}`, { result, details: planFacts(closed) }));
  });
  return closed;
}

function jsonOf(error: RingfenceError | undefined): Json {
  return error ? JSON.parse(JSON.stringify(error)) : null;
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

async function takeOnce(
  context: Context,
  record: OperationRecord,
): Promise<{ lease: Lease; record: OperationRecord }> {
  const environment = record.environment ?? PROJECT_LEASE;
  return context.app.record.transact(async (transaction, write) => {
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
    const again = record.state === "running";
    const started = stamp(context, { ...record, state: "running", token: lease.token });
    await transaction.operations.put(started);
    const details = { plan: planFacts(started), token: lease.token };
    await write(
      entryOf(context, started, again ? "operation.resumed" : "operation.started", {
        result: "intended",
        details,
      }),
    );
    return { lease, record: started };
  });
}

async function takePatiently(context: Context, record: OperationRecord) {
  const { clock } = context.app;
  const until = clock.now() + (record.environment === null ? PROJECT_PATIENCE_MS : 0);
  for (;;) {
    try {
      return await takeOnce(context, record);
    } catch (error) {
      if (!isRingfenceError(error, "LEASE_HELD") || clock.now() >= until) throw error;
      await clock.wait(50);
    }
  }
}

/**
 * Takes the lease and marks the operation as running.
 *
 * @throws LEASE_HELD, OPERATION_UNFINISHED
 */
export async function takeJournal(context: Context, record: OperationRecord): Promise<Journal> {
  const taken = await takePatiently(context, record);
  return new HeldJournal(context, taken.lease, taken.record);
}

class HeldJournal implements Journal {
  record: OperationRecord;
  readonly step: StepContext;
  readonly #context: Context;
  readonly #lease: Lease;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(context: Context, lease: Lease, record: OperationRecord) {
    this.#context = context;
    this.#lease = lease;
    this.record = record;
    this.step = { operation: record.id, fence: fenceOf(lease), signal: this.#lost.signal };
    this.#timer = setInterval(() => void this.#renew(), context.app.leaseMs / 3);
  }

  async #renew(): Promise<void> {
    const { store, clock, leaseMs } = this.#context.app;
    try {
      await store.transaction((transaction) =>
        renewLease(transaction.leases, this.#lease, clock.now() + leaseMs),
      );
    } catch (error) {
      // A busy store is asked again at the next beat; only a lost lease ends the work.
      if (isRingfenceError(error, "LEASE_LOST")) this.#lost.abort(error);
    }
  }

  stopRenewing(): void {
    clearInterval(this.#timer);
  }

  isDone(step: Step): boolean {
    return this.record.steps.some((one) => one.key === step.key && one.state === "done");
  }

  isPastPivot(steps: readonly Step[]): boolean {
    return steps.some((step) => step.pivot && this.isDone(step));
  }

  wasGoingBack(): boolean {
    return this.record.steps.some(({ state }) => state === "failed" || state === "undone");
  }

  async #write(
    change: (record: OperationRecord) => OperationRecord,
    action: string,
    more: Partial<Entry> = {},
    commit?: (transaction: StoreTransaction, record: OperationRecord) => Promise<void>,
  ): Promise<OperationRecord> {
    const next = stamp(this.#context, change(this.record));
    await this.#context.app.record.transact(async (transaction, write) => {
      await assertLease(transaction.leases, this.#lease);
      if (next.state !== "running" || action === "operation.paused")
        await freeLease(transaction.leases, this.#lease);
      await commit?.(transaction, next);
      await transaction.operations.put(next);
      await write(entryOf(this.#context, next, action, more));
    });
    this.record = next;
    return next;
  }

  async #writeStep(
    step: Step,
    state: StepState,
    more: Partial<Entry>,
    result?: Json,
    commit?: Step["commit"],
  ) {
    const change = (record: OperationRecord): OperationRecord => ({
      ...record,
      steps: record.steps.map((one) =>
        one.key === step.key ? { ...one, state, result: result ?? one.result } : one,
      ),
    });
    const details = { step: step.key, title: step.title, result: result ?? null };
    await this.#write(change, `step.${state}`, { details, ...more }, commit?.bind(step));
  }

  intend(step: Step): Promise<void> {
    return this.#writeStep(step, "intended", { result: "intended" });
  }

  done(step: Step, result: Json): Promise<void> {
    return this.#writeStep(step, "done", {}, result, step.commit);
  }

  undone(step: Step): Promise<void> {
    return this.#writeStep(step, "undone", {});
  }

  async failed(step: Step | undefined, error: RingfenceError): Promise<void> {
    const json = jsonOf(error);
    const change = (record: OperationRecord): OperationRecord => ({
      ...record,
      error: json,
      steps: record.steps.map((one) =>
        one.key === step?.key ? { ...one, state: "failed", result: json } : one,
      ),
    });
    const details = { step: step?.key ?? "verify", error: json };
    await this.#write(change, "step.failed", { result: "failed", details });
  }

  async verified(evidence: Json): Promise<void> {
    await this.#write((record) => record, "operation.verified", { details: evidence });
  }

  succeed(): Promise<OperationRecord> {
    return this.#write((record) => ({ ...record, state: "succeeded", error: null }), "operation.succeeded");
  }

  fail(error: RingfenceError, kind: Operation): Promise<OperationRecord> {
    const change = (record: OperationRecord): OperationRecord => ({
      ...record,
      state: "failed",
      error: record.error ?? jsonOf(error),
    });
    const commit = async (transaction: StoreTransaction, record: OperationRecord) =>
      kind.failed?.(transaction, record);
    return this.#write(change, "operation.failed", { result: "failed", details: jsonOf(error) }, commit);
  }

  pause(error: RingfenceError): Promise<OperationRecord> {
    const change = (record: OperationRecord): OperationRecord => ({ ...record, error: jsonOf(error) });
    return this.#write(change, "operation.paused", { result: "failed", details: jsonOf(error) });
  }
}
