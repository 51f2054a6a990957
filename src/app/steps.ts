/** Running an operation's steps forward, and taking them back: intent, work, result, each journalled. */
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import type { OperationRecord } from "../model/operation.ts";
import type { App } from "./app.ts";
import type { Context, Operation, Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { whyBroken } from "./incident.ts";
import type { Journal } from "./journal.ts";

/** Errors that mean: somebody else has the environment now, touch nothing more. */
function isTakenOver(error: unknown): boolean {
  return isRingfenceError(error, "LEASE_LOST") || isRingfenceError(error, "TARGET_FENCED");
}

function failed({ plan }: OperationRecord, title: string): string {
  return `${plan.summary}: ${title} failed`;
}

/** Whatever a part of an operation threw, as the error that it is kept with. */
export function asFailure(app: App, error: unknown, record: OperationRecord, title: string): RingfenceError {
  if (isRingfenceError(error)) return error;
  return appErrors.OPERATION_FAILED({
    what: failed(record, title),
    where: `operation ${record.id}`,
    why: whyBroken(app, record, error),
    fix: `ringfence operation show ${record.id}`,
    cause: error,
  });
}

/**
 * Runs what is not done yet, then verifies.
 *
 * @returns the failure, journalled; undefined when everything is done.
 * @throws LEASE_LOST, TARGET_FENCED
 */
export async function runSteps(
  context: Context,
  kind: Operation,
  journal: Journal,
  steps: readonly Step[],
): Promise<RingfenceError | undefined> {
  for (const step of steps) {
    if (journal.isDone(step)) continue;
    context.app.progress({
      operation: journal.record.id,
      step: step.key,
      title: step.title,
      state: "started",
    });
    await journal.intend(step);
    const failure = await attempt(context, journal, step, step.title, async () => {
      const result = (await step.run?.(journal.step)) ?? null;
      await journal.done(step, result);
      context.app.progress({
        operation: journal.record.id,
        step: step.key,
        title: step.title,
        state: "done",
        result,
      });
    });
    if (failure) {
      context.app.progress({
        operation: journal.record.id,
        step: step.key,
        title: step.title,
        state: "failed",
        result: failure.why ?? failure.message,
      });
      return failure;
    }
  }
  const { verify } = kind;
  if (!verify) return undefined;
  return attempt(context, journal, undefined, "verification", async () => {
    await journal.verified(await verify.call(kind, context, journal.record.plan));
  });
}

async function attempt(
  { app }: Context,
  journal: Journal,
  step: Step | undefined,
  title: string,
  work: () => Promise<void>,
): Promise<RingfenceError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const cause = journal.step.signal.aborted ? journal.step.signal.reason : error;
    if (isTakenOver(cause)) throw cause;
    const failure = asFailure(app, cause, journal.record, title);
    await journal.failed(step, failure);
    return failure;
  }
}

/** What was begun and is no step any more: nobody here knows how to take it back. */
function unknownSteps({ id, plan }: OperationRecord, titles: readonly string[]): RingfenceError {
  return appErrors.OPERATION_STEPS_UNKNOWN({
    what: `${plan.summary}: nobody can tell how to take back ${titles.join(", ")}`,
    where: `operation ${id}`,
    why: "it was begun and is no step of the operation any more; nothing was taken back",
    fix: `ringfence operation resume ${id} --undo   # with the version of Ringfence, and of the project, that began it`,
  });
}

/**
 * Takes back, last first, whatever was begun.
 *
 * @returns the failure of an undo; the rest is then left for a resume. Where something was begun that is no step of
 * the operation any more, nothing is taken back.
 * @throws LEASE_LOST, TARGET_FENCED
 */
export async function undoSteps(
  journal: Journal,
  steps: readonly Step[],
  why: RingfenceError,
): Promise<RingfenceError | undefined> {
  const open = journal.record.steps.filter(({ state }) => state !== "pending" && state !== "undone");
  const begun = new Set(open.map(({ key }) => key));
  const unknown = open.filter(({ key }) => !steps.some((step) => step.key === key));
  if (unknown.length > 0)
    return unknownSteps(
      journal.record,
      unknown.map(({ title }) => title),
    );
  for (const step of [...steps].reverse().filter(({ key }) => begun.has(key))) {
    try {
      await step.undo?.(journal.step);
    } catch (error) {
      if (isTakenOver(error)) throw error;
      const what = isRingfenceError(error) ? error.message : failed(journal.record, step.title);
      return appErrors.OPERATION_FAILED({
        what: `${journal.record.plan.summary}: could not be taken back (${step.title})`,
        where: `operation ${journal.record.id}`,
        why: `${what}; it was taken back because ${why.message}`,
        fix: `ringfence operation resume ${journal.record.id} --undo`,
        cause: error,
      });
    }
    await journal.undone(step);
  }
  return undefined;
}
