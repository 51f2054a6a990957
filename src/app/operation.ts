/**
 * The one door: every mutation is authorised, planned, gated, leased, run step by step with a journal,
 * verified and recorded here, the same way for every kind.
 *
 * An operation is planned → (waiting | refused | running); waiting → running when its approvals are there and
 * its plan still holds, refused when a gate shuts meanwhile; running → succeeded when every step and the
 * verification are done, failed when a step failed and what was done is undone. After a step that is a pivot
 * there is no way back: a step that fails then leaves it running, to be resumed. A process that dies leaves it
 * running as well; whoever resumes takes the lease (with a higher token) and carries on or undoes. A running
 * operation that has an error goes back; it never turns forward again.
 */

import { authorise } from "../access/index.ts";
import { digestOf } from "../base/digest.ts";
import { isRingfenceError, type RingfenceError, systemCode } from "../base/error.ts";
import { newId } from "../base/id.ts";
import { redact } from "../base/redact.ts";
import type { OperationView } from "../contract/operation.ts";
import type { Gate } from "../model/gate.ts";
import type { OperationRecord, Plan } from "../model/operation.ts";
import { environmentOf } from "../model/project.ts";
import { closeOperation, finishedOperation, type Prepare, takeJournal } from "./begin.ts";
import type { Context, Operation, PlanDraft, Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { isPastPivot, type Journal, jsonOf } from "./journal.ts";
import { asFailure, runSteps, undoSteps } from "./steps.ts";

/** What the door answers: the operation's view, what its kind says of it, and why it did not succeed. */
export interface Outcome {
  readonly record: OperationRecord;
  readonly answer: unknown;
  readonly error: RingfenceError | undefined;
}

export interface DoorOptions {
  readonly dryRun: boolean;
  readonly confirm?: Confirm | undefined;
}

/** Shows what is planned and asks whether it is wanted; undefined where nobody could be asked. */
export type Confirm = (planned: OperationView) => Promise<boolean | undefined>;

/** An operation as every face shows it. */
export function viewOf(record: OperationRecord): OperationView {
  const { input: _input, token: _token, ...view } = record;
  return view;
}

function withDigest(draft: PlanDraft): Plan {
  return { ...draft, digest: digestOf(draft) };
}

function newRecord(
  context: Context,
  kind: Operation,
  input: Readonly<Record<string, unknown>>,
  plan: Plan,
): OperationRecord {
  const at = new Date(context.app.clock.now()).toISOString();
  return {
    id: newId("op", context.app.clock.now()),
    kind: kind.name,
    state: "waiting",
    environment: plan.environment,
    author: context.actor.name,
    input: JSON.parse(JSON.stringify(input)),
    plan,
    gates: [],
    steps: kind
      .steps(context, plan)
      .map(({ key, title }) => ({ key, title, state: "pending", result: null })),
    error: null,
    token: 0,
    createdAt: at,
    updatedAt: at,
  };
}

/** What stands in the way. Gates are kept with the operation and in the record, so no secret may stand in their words. */
async function gatesOf(
  context: Context,
  kind: Operation,
  plan: Plan,
  record: OperationRecord,
): Promise<readonly Gate[]> {
  const gates = (await kind.gates?.(context, plan, record)) ?? [];
  return gates.map((gate) => ({
    ...gate,
    why: redact(gate.why),
    opens: gate.opens === null ? null : redact(gate.opens),
  }));
}

/**
 * Takes an operation from its input as far as its gates allow.
 *
 * @throws what planning throws, ACCESS_DENIED, OPERATION_UNCONFIRMED, LEASE_HELD, OPERATION_UNFINISHED, LEASE_LOST. A shut gate, a
 * missing approval and a failed step are no exception: they are the outcome's `error`.
 */
export async function perform(
  context: Context,
  kind: Operation,
  input: Readonly<Record<string, unknown>>,
  options: DoorOptions,
): Promise<Outcome> {
  const rescued = (error: RingfenceError) => kind.rescue?.(context, error) ?? error;
  try {
    const outcome = await enterNew(context, kind, input, options);
    const { record, error } = outcome;
    const isOver = record.state === "failed" || record.state === "refused";
    return error && isOver ? { ...outcome, error: rescued(error) } : outcome;
  } catch (error) {
    throw kind.rescue ? rescued(asExpected(error, kind)) : error;
  }
}

/** What is no expected failure, as one: its own text may quote what nobody has masked. */
function asExpected(error: unknown, { name }: Operation): RingfenceError {
  if (isRingfenceError(error)) return error;
  const why = systemCode(error) ?? (error instanceof Error ? error.name : "an unknown failure");
  return appErrors.OPERATION_FAILED({ what: `${name} broke off`, why, cause: error });
}

async function enterNew(
  context: Context,
  kind: Operation,
  input: Readonly<Record<string, unknown>>,
  options: DoorOptions,
): Promise<Outcome> {
  const environment = kind.scope === "environment" ? context.environment : undefined;
  if (!kind.anybody) authorise(context.app.project, context.actor.person, environment);
  const planned = withDigest(await kind.plan(context, input));
  const record = (await waitingFor(context, kind, planned)) ?? newRecord(context, kind, input, planned);
  const gates = await gatesOf(context, kind, planned, record);
  if (options.dryRun) {
    const shown = { ...record, gates: gates.map(forDryRun) };
    return { record: shown, answer: plannedView(shown), error: undefined };
  }
  // The very plan that was shown is what then runs; under the lease it is compared once more.
  const asks = kind.isConfirmed !== undefined && !kind.isConfirmed(input, planned);
  const wanted = asks ? await options.confirm?.(plannedView({ ...record, gates })) : true;
  if (!wanted) throw unconfirmed(kind, planned, wanted === false);
  return enter(context, kind, { ...record, gates });
}

function plannedView(record: OperationRecord): OperationView {
  return { ...viewOf(record), state: "planned" };
}

function unconfirmed(kind: Operation, { summary, effects }: Plan, wasShown: boolean): RingfenceError {
  return appErrors.OPERATION_UNCONFIRMED({
    what: `${summary}: not confirmed, nothing is done`,
    where: `ringfence ${kind.name}`,
    why: wasShown ? undefined : ["it would", ...effects].join("\n"),
    fix: `ringfence ${kind.name} --yes   # after reading: ringfence ${kind.name} --dry-run`,
  });
}

/** Nothing of a dry run is kept, so there is nothing yet that could be approved. */
function forDryRun(gate: Gate): Gate {
  if (gate.name !== "approvals" || gate.opens === null) return gate;
  return { ...gate, opens: "without --dry-run it waits, and another person approves it" };
}

/** Carries on what waits or was interrupted; with `undo` takes back what it had done. */
export async function resume(context: Context, kind: Operation, id: string, undo: boolean): Promise<Outcome> {
  const record = await context.app.store.read((view) => view.operations.get(id));
  if (!record) throw unknownOperation(id);
  if (record.state !== "waiting" && record.state !== "running") throw finishedOperation(record);
  if (!kind.anybody)
    authorise(context.app.project, context.actor.person, environmentFor(context, record.plan));
  if (record.state === "running") return run(context, kind, record, undo);
  if (undo)
    return finish(context, kind, await closeOperation(context, record, "cancelled", undefined), undefined);
  const reason = await whyChanged(context, kind, record);
  if (reason) {
    const error = planChanged(kind, record, reason);
    const closed = await closeOperation(context, record, "refused", error, { voidApprovals: true });
    return finish(context, kind, closed, error);
  }
  const gates = await gatesOf(context, kind, record.plan, record);
  return enter(context, kind, { ...record, gates });
}

/** The error for an id that no operation has. */
export function unknownOperation(id: string): RingfenceError {
  return appErrors.OPERATION_UNKNOWN({
    what: `no operation has the id ${id}`,
    fix: "ringfence operation list",
  });
}

function environmentFor(context: Context, plan: Plan) {
  return plan.environment === null ? undefined : environmentOf(context.app.project, plan.environment);
}

/** The waiting operation of this kind that has exactly this plan: asking again goes on with it. */
async function waitingFor(
  context: Context,
  kind: Operation,
  plan: Plan,
): Promise<OperationRecord | undefined> {
  const waiting = await context.app.store.read((view) => view.operations.list({ state: "waiting" }));
  return waiting.find((record) => record.kind === kind.name && record.plan.digest === plan.digest);
}

async function whyChanged(
  context: Context,
  kind: Operation,
  record: OperationRecord,
): Promise<string | undefined> {
  if (kind.changed) return kind.changed(context, record.plan);
  const again = withDigest(await kind.plan(context, record.input as Record<string, unknown>));
  return again.digest === record.plan.digest
    ? undefined
    : `the plan is now: ${again.summary} (${again.digest})`;
}

function planChanged(kind: Operation, record: OperationRecord, why: string): RingfenceError {
  return appErrors.OPERATION_PLAN_CHANGED({
    what: `what ${record.id} would do has changed since it was planned; its approvals are void`,
    where: `operation ${record.id}`,
    why,
    fix: `ringfence ${kind.name} … again, and have the new plan approved`,
  });
}

async function enter(context: Context, kind: Operation, record: OperationRecord): Promise<Outcome> {
  const shut = record.gates.filter((gate) => gate.state !== "open");
  if (shut.length === 0) return run(context, kind, record, false);
  const waits = shut.every((gate) => gate.name === "approvals");
  const error = gateError(record, shut, waits);
  const closed = await closeOperation(context, record, waits ? "waiting" : "refused", error);
  return finish(context, kind, closed, error);
}

function gateError(record: OperationRecord, shut: readonly Gate[], waits: boolean): RingfenceError {
  const detail = {
    where: `operation ${record.id}`,
    why: shut.map((gate) => `${gate.name} is ${gate.state}: ${gate.why}`).join("\n"),
    // Approvals can only be given to what waits, and with another gate shut nothing does.
    fix: shut
      .flatMap((gate) => (gate.opens && (waits || gate.name !== "approvals") ? gate.opens : []))
      .join("\n"),
    details: { operation: record.id, gates: shut },
  };
  return waits
    ? appErrors.OPERATION_WAITING({ what: `${record.plan.summary}: waits for approval`, ...detail })
    : appErrors.OPERATION_REFUSED({ what: `${record.plan.summary}: refused`, ...detail });
}

/** How the store's record of an interrupted operation is carried on: forward, or back as it was going or is told to. */
function prepareBy(steps: readonly Step[], undo: boolean): Prepare {
  return (record) => {
    const noWayBack = isPastPivot(record, steps);
    if (undo && noWayBack) throw pastPivot(record);
    if (noWayBack) return { ...record, error: null };
    return undo ? { ...record, error: record.error ?? jsonOf(takenBack(record)) } : record;
  };
}

async function run(
  context: Context,
  kind: Operation,
  record: OperationRecord,
  undo: boolean,
): Promise<Outcome> {
  const steps = kind.steps(context, record.plan);
  const held = await takeJournal(context, record, prepareBy(steps, undo));
  try {
    if (held.isGoingBack()) return await goBack(context, kind, held, steps, takenBack(held.record));
    const changed = held.isUntouched() ? await whyNoLonger(context, kind, held.record) : undefined;
    if (changed) return await finish(context, kind, await held.refuse(changed), changed);
    const error = await runSteps(context, kind, held, steps);
    if (!error) return await finish(context, kind, await held.succeed(), undefined);
    if (!held.isPastPivot(steps)) return await goBack(context, kind, held, steps, error);
    // Everything is done and only the verification is not content: a rollback is the way back then.
    const ended = steps.every((step) => held.isDone(step)) ? held.fail(error, kind) : held.pause(error);
    return await finish(context, kind, await ended, error);
  } finally {
    held.stopRenewing();
  }
}

/** Under the lease nobody else changes the environment: what was planned before it was taken is looked at again. */
async function whyNoLonger(
  context: Context,
  kind: Operation,
  record: OperationRecord,
): Promise<RingfenceError | undefined> {
  try {
    const why = await whyChanged(context, kind, record);
    if (why !== undefined) return planChanged(kind, record, why);
    // A release may have failed elsewhere meanwhile: gates are no part of the plan.
    const shut = (await gatesOf(context, kind, record.plan, record)).filter(({ state }) => state !== "open");
    return shut.length > 0 ? gateError(record, shut, false) : undefined;
  } catch (error) {
    return asFailure(context.app, error, record, "planning it again");
  }
}

async function goBack(
  context: Context,
  kind: Operation,
  held: Journal,
  steps: readonly Step[],
  error: RingfenceError,
): Promise<Outcome> {
  const undoError = await undoSteps(held, steps, error);
  if (undoError) return finish(context, kind, await held.pause(undoError), undoError);
  return finish(context, kind, await held.fail(error, kind), error);
}

/** The error of an operation that was undone after an interruption: what had gone wrong before it, if anything had. */
function takenBack(record: OperationRecord): RingfenceError {
  const before = record.error as { error?: { what?: string; why?: string } } | null;
  return appErrors.OPERATION_FAILED({
    what: before?.error?.what ?? `${record.plan.summary}: taken back`,
    where: `operation ${record.id}`,
    why: before?.error?.why ?? "it was interrupted and undone on request",
    fix: `ringfence operation show ${record.id}`,
  });
}

function pastPivot(record: OperationRecord): RingfenceError {
  return appErrors.OPERATION_PAST_PIVOT({
    what: `${record.plan.summary} can no longer be taken back`,
    where: `operation ${record.id}`,
    why: "its decisive step is done; only the rest remains",
    fix: `ringfence operation resume ${record.id}`,
  });
}

async function finish(
  context: Context,
  kind: Operation,
  record: OperationRecord,
  error: RingfenceError | undefined,
): Promise<Outcome> {
  const succeeded = record.state === "succeeded";
  const answer = succeeded && kind.answer ? await kind.answer(context, record) : viewOf(record);
  return { record, answer, error };
}
