/** An operation whose parts each ask for the keys that they lack. */
import type { Operation, Step } from "./definition.ts";
import { answering } from "./key-answers.ts";

function answeringStep(step: Step): Step {
  const { run, undo } = step;
  return {
    ...step,
    ...(run && { run: (context) => answering(() => run.call(step, context)) }),
    ...(undo && { undo: (context) => answering(() => undo.call(step, context)) }),
  };
}

/** Steps are idempotent and all other parts only read, so that each can be begun again with the answer. */
export function answeringOperation(kind: Operation): Operation {
  const { changed, gates, verify, answer } = kind;
  return {
    ...kind,
    plan: (context, input) => answering(() => kind.plan(context, input)),
    steps: (context, plan) => kind.steps(context, plan).map(answeringStep),
    ...(changed && { changed: (context, plan) => answering(() => changed.call(kind, context, plan)) }),
    ...(gates && {
      gates: (context, plan, record) => answering(() => gates.call(kind, context, plan, record)),
    }),
    ...(verify && { verify: (context, plan) => answering(() => verify.call(kind, context, plan)) }),
    ...(answer && { answer: (context, record) => answering(() => answer.call(kind, context, record)) }),
  };
}
