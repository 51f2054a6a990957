import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerByKind, answerEach, answerInBatches, answerInGroups, answerOnce } from "./answering.ts";

const never = new AbortController().signal;
const questions = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 });
const answer = (question: number) => `answer ${question}`;

describe("every question gets its own answer, in the order of the questions", () => {
  const ways: Readonly<Record<string, (asked: readonly number[]) => Promise<string[]>>> = {
    "in groups": (asked) =>
      answerInGroups(
        asked,
        (question) => `${question % 3}`,
        async (group) => group.map(answer),
      ),
    once: (asked) => answerOnce(asked, String, async (distinct) => distinct.map(answer)),
    "by kind": (asked) =>
      answerByKind<number, string>(
        asked,
        {
          kindOf: (question) => `${question % 2}`,
          keyOf: String,
          works: { 0: async (group) => group.map(answer), 1: async (group) => group.map(answer) },
          none: () => "nobody",
        },
        never,
      ),
    each: (asked) => answerEach(asked, 3, async (question) => answer(question)),
    "in batches": (asked) => answerInBatches(asked, 4, async (batch) => batch.map(answer)),
  };
  test.each(Object.entries(ways))("%s", async (_name, way) => {
    await fc.assert(
      fc.asyncProperty(questions, async (asked) => {
        expect(await way(asked)).toEqual(asked.map(answer));
      }),
    );
  });
});

test("equal questions are asked once", async () => {
  const asked: number[] = [];
  await answerOnce([1, 2, 1, 1, 2], String, async (distinct) => {
    asked.push(...distinct);
    return distinct;
  });
  expect(asked).toEqual([1, 2]);
});

test("no more are asked at a time than allowed", async () => {
  let now = 0;
  let most = 0;
  await answerEach([1, 2, 3, 4, 5, 6, 7], 3, async () => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
  });
  expect(most).toBe(3);
});

test("a batch is no larger than allowed, and a group has one key", async () => {
  const sizes: number[] = [];
  await answerInBatches([1, 2, 3, 4, 5], 2, async (batch) => {
    sizes.push(batch.length);
    return batch;
  });
  expect(sizes).toEqual([2, 2, 1]);
  await answerInGroups(
    [1, 2, 3, 4],
    (question) => `${question % 2}`,
    async (group) => {
      expect(new Set(group.map((question) => question % 2)).size).toBe(1);
      return group;
    },
  );
});

test("each kind is asked by its own work, equal ones once, and what nobody does is said", async () => {
  const groups: (readonly string[])[] = [];
  const work = (kind: string) => async (group: readonly string[], signal: AbortSignal) => {
    expect(signal).toBe(never);
    groups.push(group);
    return group.map((question) => `${kind} did ${question}`);
  };
  const answers = await answerByKind<string, string>(
    ["a1", "b1", "c1", "a1", "a2", "c1"],
    {
      kindOf: (question) => question[0]!,
      keyOf: String,
      works: { a: work("a"), b: work("b") },
      none: (kind) => `nobody does ${kind}`,
    },
    never,
  );
  expect(answers).toEqual(["a did a1", "b did b1", "nobody does c", "a did a1", "a did a2", "nobody does c"]);
  expect(groups).toEqual([["a1", "a2"], ["b1"]]);
});
