/** Taking an operation back: only where everything that was begun is known. */
import { expect, test } from "vitest";
import { RingfenceError } from "../base/error.ts";
import type { OperationRecord, StepRecord, StepState } from "../model/operation.ts";
import type { Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { undoSteps } from "./steps.ts";

const WHY = appErrors.OPERATION_FAILED({ what: "it failed" });

async function takenBack(begun: Readonly<Record<string, StepState>>, keys: readonly string[]) {
  const undone: string[] = [];
  const steps = keys.map(
    (key): Step => ({
      key,
      title: key,
      async undo() {
        undone.push(key);
      },
    }),
  );
  const records = Object.entries(begun).map(
    ([key, state]): StepRecord => ({ key, title: key, state, result: null }),
  );
  const record = { id: "op_1", plan: { summary: "do it" }, steps: records } as unknown as OperationRecord;
  const journal = { record, async undone() {} } as unknown as Journal;
  const failure = await undoSteps(journal, steps, WHY);
  return { undone, code: failure instanceof RingfenceError ? failure.code : undefined };
}

test.each<[Readonly<Record<string, StepState>>, string[], string[]]>([
  [{ a: "done", b: "failed", c: "pending" }, ["a", "b", "c"], ["b", "a"]],
  [{ a: "done", b: "undone", c: "pending" }, ["a"], ["a"]],
  [{ a: "intended" }, ["a", "b"], ["a"]],
])("of %j with the steps %j is undone %j", async (begun, keys, undone) => {
  expect(await takenBack(begun, keys)).toEqual({ undone, code: undefined });
});

test.each<StepState>(["intended", "done", "failed"])(
  "nothing is undone past a lost step that is %s",
  async (state) => {
    const given = await takenBack({ a: "done", b: state, c: "done" }, ["a", "c"]);
    expect(given).toEqual({ undone: [], code: "OPERATION_STEPS_UNKNOWN" });
  },
);
