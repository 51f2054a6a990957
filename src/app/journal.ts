/**
 * The journal of one operation: every change of its state and of its steps commits together with its audit
 * entry and only while its lease is still held.
 */
import type { Json } from "../base/canonical-json.ts";
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import type { OperationRecord, StepState } from "../model/operation.ts";
import type { Lease } from "../ports/store/leases.ts";
import type { StoreTransaction } from "../ports/store/store.ts";
import type { Context, Operation, Step, StepContext } from "./definition.ts";
import { assertLease, fenceOf, freeLease, renewLease } from "./lease.ts";
import type { Entry } from "./record.ts";

/** The journal while the lease is held. Its methods throw LEASE_LOST once another operation has taken it. */
export interface Journal {
  readonly record: OperationRecord;
  readonly step: StepContext;
  isDone(step: Step): boolean;
  isPastPivot(steps: readonly Step[]): boolean;
  /** A step has failed, or it is taken back on request: kept before the first step is undone. */
  isGoingBack(): boolean;
  /** No step was even intended yet. */
  isUntouched(): boolean;
  intend(step: Step): Promise<void>;
  done(step: Step, result: Json): Promise<void>;
  failed(step: Step | undefined, error: RingfenceError): Promise<void>;
  undone(step: Step): Promise<void>;
  verified(evidence: Json): Promise<void>;
  succeed(): Promise<OperationRecord>;
  fail(error: RingfenceError, kind: Operation): Promise<OperationRecord>;
  /** Nothing was done, since the plan no longer holds; its approvals are void. */
  refuse(error: RingfenceError): Promise<OperationRecord>;
  /** Stays running, to be resumed; the lease is freed. */
  pause(error: RingfenceError): Promise<OperationRecord>;
  stopRenewing(): void;
}

/** An audit entry of an operation. */
export function entryOf(
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

/** The record, changed now. */
export function stamp(context: Context, record: OperationRecord): OperationRecord {
  return { ...record, updatedAt: new Date(context.app.clock.now()).toISOString() };
}

/** What an audit entry says of the plan: its digest, effects and gates. */
export function planFacts(record: OperationRecord): Json {
  const gates = record.gates.map(({ name, state, why }) => ({ name, state, why }));
  return { plan: record.plan.digest, effects: record.plan.effects, gates };
}

/** An error as it is kept. */
export function jsonOf(error: RingfenceError | undefined): Json {
  return error ? JSON.parse(JSON.stringify(error)) : null;
}

function isDone(record: OperationRecord, step: Step): boolean {
  return record.steps.some(({ key, state }) => key === step.key && state === "done");
}

/** A decisive step is done: what follows is only ever carried on. */
export function isPastPivot(record: OperationRecord, steps: readonly Step[]): boolean {
  return steps.some((step) => step.pivot && isDone(record, step));
}

/** The journal of an operation that was begun; renews its lease until it is told to stop. */
export class HeldJournal implements Journal {
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
    return isDone(this.record, step);
  }

  isPastPivot(steps: readonly Step[]): boolean {
    return isPastPivot(this.record, steps);
  }

  isGoingBack(): boolean {
    return this.record.error !== null;
  }

  isUntouched(): boolean {
    return this.record.steps.every(({ state }) => state === "pending");
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

  refuse(error: RingfenceError): Promise<OperationRecord> {
    const change = (record: OperationRecord): OperationRecord => ({
      ...record,
      state: "refused",
      error: jsonOf(error),
    });
    const more: Partial<Entry> = { result: "refused", details: jsonOf(error) };
    return this.#write(change, "operation.refused", more, ({ operations }, { id }) =>
      operations.voidApprovals(id),
    );
  }

  pause(error: RingfenceError): Promise<OperationRecord> {
    // What went wrong first decides how it ends; a failed undo stands in the audit entry.
    const change = (record: OperationRecord): OperationRecord => ({
      ...record,
      error: record.error ?? jsonOf(error),
    });
    return this.#write(change, "operation.paused", { result: "failed", details: jsonOf(error) });
  }
}
