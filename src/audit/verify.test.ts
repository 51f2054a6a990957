import { describe, expect, test } from "vitest";
import type { Checkpoint } from "./checkpoint.ts";
import { type ArrayEvents, anEvent, arrayEvents, recordOf } from "./events.fixture.ts";
import { leafHash } from "./merkle.ts";
import { appendEvent, rootAt } from "./tree.ts";
import { logError, verifyLog } from "./verify.ts";

async function checkpointOf(record: ArrayEvents, size = record.events.length): Promise<Checkpoint> {
  return { origin: "test", size, root: await rootAt(record, size) };
}

async function codes(record: ArrayEvents, checkpoint: Checkpoint | undefined): Promise<string[]> {
  const verdict = await verifyLog(record, checkpoint);
  expect(verdict.valid).toBe(verdict.problems.length === 0);
  return [...new Set(verdict.problems.map((problem) => problem.code))];
}

describe("an untouched record verifies", () => {
  test.each([0, 1, 2, 7, 8, 499, 500, 501, 1003])("of %i events", async (size) => {
    const record = await recordOf(size);
    const checkpoint = await checkpointOf(record);
    expect(await verifyLog(record, checkpoint)).toEqual({
      size,
      root: checkpoint.root,
      signed: size,
      valid: true,
      problems: [],
    });
  });

  test("and grows past its checkpoint", async () => {
    const record = await recordOf(20);
    for (let size = 0; size <= 20; size++) {
      expect(await verifyLog(record, await checkpointOf(record, size))).toMatchObject({
        valid: true,
        signed: size,
      });
    }
  });

  test("and is empty without a checkpoint", async () => {
    expect(await verifyLog(arrayEvents(), undefined)).toMatchObject({ size: 0, signed: 0, valid: true });
  });
});

/** What somebody who can write to the store may do, and what the verifier says of it. */
const tampering: [string, (record: ArrayEvents) => unknown, string[]][] = [
  [
    "a body is changed",
    ({ events }) => {
      events[3] = { ...events[3]!, body: events[3]!.body.replace("alice", "mallory") };
    },
    ["AUDIT_LEAF_MISMATCH", "AUDIT_NODE_MISMATCH", "AUDIT_ROOT_MISMATCH"],
  ],
  [
    "a body and its leaf are changed",
    ({ events }) => {
      const body = events[3]!.body.replace("alice", "mallory");
      events[3] = { ...events[3]!, body, leaf: leafHash(body) };
    },
    ["AUDIT_NODE_MISMATCH", "AUDIT_ROOT_MISMATCH"],
  ],
  [
    "everything is made again with another event",
    async ({ events, nodes }) => {
      const other = arrayEvents();
      for (let i = 0; i < 11; i++) await appendEvent(other, anEvent(i === 3 ? 99 : i));
      events.splice(0, events.length, ...other.events);
      nodes.clear();
      for (const [key, hash] of other.nodes) nodes.set(key, hash);
    },
    ["AUDIT_ROOT_MISMATCH"],
  ],
  [
    "white space is added",
    ({ events }) => {
      events[10] = { ...events[10]!, body: `${events[10]!.body} ` };
    },
    ["AUDIT_BODY_MALFORMED", "AUDIT_LEAF_MISMATCH", "AUDIT_ROOT_MISMATCH"],
  ],
  [
    "a lone surrogate stands for the replacement character that was hashed",
    ({ events }) => {
      events[10] = { ...events[10]!, body: '"\ud800"', leaf: leafHash('"\ufffd"') };
    },
    ["AUDIT_BODY_MALFORMED", "AUDIT_ROOT_MISMATCH"],
  ],
  ["a node is changed", ({ nodes }) => nodes.set("2/1", "0".repeat(64)), ["AUDIT_NODE_MISMATCH"]],
  ["a node is removed", ({ nodes }) => nodes.delete("3/0"), ["AUDIT_NODE_MISMATCH"]],
  ["the tail is cut", ({ events }) => events.pop(), ["AUDIT_TAIL_CUT"]],
  ["everything is removed", ({ events }) => events.splice(0), ["AUDIT_TAIL_CUT"]],
  ["two events change places", ({ events }) => events.reverse(), ["AUDIT_INDEX_GAP"]],
  [
    "an index is changed",
    ({ events }) => {
      events[4] = { ...events[4]!, index: 5 };
    },
    ["AUDIT_INDEX_GAP"],
  ],
];

describe("a touched record does not verify", () => {
  test.each(tampering)("%s", async (_, tamper, expected) => {
    const record = await recordOf(11);
    const checkpoint = await checkpointOf(record);
    await tamper(record);
    expect(await codes(record, checkpoint)).toEqual(expected);
  });

  test("an event in the middle is missing", async () => {
    const record = await recordOf(1200);
    const checkpoint = await checkpointOf(record);
    for (const missing of [0, 499, 500, 700]) {
      const view = {
        ...record,
        range: async (from: number, to: number) =>
          record.events.slice(from, to).filter((event) => event.index !== missing),
      };
      const verdict = await verifyLog(view, checkpoint);
      expect(verdict.problems).toMatchObject([{ index: missing, code: "AUDIT_INDEX_GAP" }]);
    }
  });

  test("events and no checkpoint", async () => {
    expect(await codes(await recordOf(2), undefined)).toEqual(["AUDIT_CHECKPOINT_MISSING"]);
  });

  test("events and a checkpoint of the empty record with a foreign root", async () => {
    const checkpoint = { origin: "test", size: 0, root: "0".repeat(64) };
    expect(await codes(await recordOf(2), checkpoint)).toEqual(["AUDIT_ROOT_MISMATCH"]);
  });

  test("a record that is damaged everywhere gives the first hundred problems", async () => {
    const record = await recordOf(300);
    const checkpoint = await checkpointOf(record);
    for (const event of record.events) record.events[event.index] = { ...event, body: "{}" };
    expect((await verifyLog(record, checkpoint)).problems).toHaveLength(100);
  });

  test("the error says where and what, and carries the verdict", async () => {
    const record = await recordOf(5);
    const checkpoint = await checkpointOf(record);
    record.events.pop();
    const error = logError(await verifyLog(record, checkpoint));
    expect(error).toMatchObject({ code: "AUDIT_LOG_INVALID", exit: 1, where: "event 4" });
    expect(error.why).toBe("AUDIT_TAIL_CUT: events 4 to 4 were signed and are gone");
    expect(error.details).toMatchObject({ size: 4, valid: false });
  });
});
