import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { rememberSecret } from "../base/redact.ts";
import { type ArrayEvents, anEvent, arrayEvents, recordOf } from "./events.fixture.ts";
import { EMPTY_ROOT, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { appendEvent, consistencyProof, inclusionProof, rootAt } from "./tree.ts";

const SIZE = 300;

/** MTH as RFC 6962, section 2.1 defines it, word by word, over the bodies themselves. */
function naiveRoot(bodies: readonly string[]): Buffer {
  const hash = (...parts: (Buffer | string)[]) => {
    const sum = createHash("sha256");
    for (const part of parts) sum.update(part);
    return sum.digest();
  };
  if (bodies.length === 0) return hash();
  if (bodies.length === 1) return hash(Buffer.of(0), bodies[0]!);
  let split = 1;
  while (split * 2 < bodies.length) split *= 2;
  return hash(Buffer.of(1), naiveRoot(bodies.slice(0, split)), naiveRoot(bodies.slice(split)));
}

describe("a record of 300 events", () => {
  let record: ArrayEvents;
  let roots: string[];

  beforeAll(async () => {
    record = await recordOf(SIZE);
    roots = await Promise.all(Array.from({ length: SIZE + 1 }, (_, size) => rootAt(record, size)));
  });

  test("has at every size the root that RFC 6962 defines", () => {
    const bodies = record.events.map((event) => event.body);
    expect(roots[0]).toBe(EMPTY_ROOT);
    expect(roots).toEqual(roots.map((_, size) => naiveRoot(bodies.slice(0, size)).toString("hex")));
  });

  test("stores every full subtree above the leaves once, and nothing else", () => {
    const full = Array.from({ length: 9 }, (_, level) => Math.floor(SIZE / 2 ** (level + 1)));
    expect(record.nodes.size).toBe(full.reduce((sum, count) => sum + count, 0));
  });

  test("needs at most two nodes a level for a root", async () => {
    let lookups = 0;
    const counted = {
      node: (level: number, index: number) => {
        lookups++;
        return record.node(level, index);
      },
    };
    await rootAt(counted, SIZE - 1);
    expect(lookups).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(SIZE)));
  });

  test("proves every event of some trees", async () => {
    for (const size of [1, 2, 3, 7, 8, 9, 64, 255, 256, 257, SIZE]) {
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(record, index, size);
        expect(verifyInclusion(proof, record.events[index]!.leaf, roots[size]!)).toBe(true);
      }
    }
  });

  test("proves that every tree continues every earlier one", async () => {
    for (let size2 = 1; size2 <= 70; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        const proof = await consistencyProof(record, size1, size2);
        expect(verifyConsistency(proof, roots[size1]!, roots[size2]!)).toBe(true);
      }
    }
  });

  test("a proof proves nothing else: another event, root, size or a changed hash is refused", async () => {
    const cases = fc
      .tuple(fc.integer({ min: 2, max: SIZE }), fc.nat(), fc.nat(), fc.nat())
      .map(([size, a, b, bit]) => ({ size, index: a % size, other: b % size, bit }));
    await fc.assert(
      fc.asyncProperty(cases, async ({ size, index, other, bit }) => {
        const leaf = record.events[index]!.leaf;
        const included = await inclusionProof(record, index, size);
        expect(verifyInclusion(included, leaf, roots[size]!)).toBe(true);
        expect(verifyInclusion(included, leaf, roots[size - 1]!)).toBe(false);
        if (other !== index) {
          expect(verifyInclusion(included, record.events[other]!.leaf, roots[size]!)).toBe(false);
          expect(verifyInclusion({ ...included, index: other }, leaf, roots[size]!)).toBe(false);
        }
        const path = [...included.path];
        const bytes = Buffer.from(path[bit % path.length]!, "hex");
        bytes[bit % 32]! ^= 1 << (bit % 8);
        path[bit % path.length] = bytes.toString("hex");
        expect(verifyInclusion({ ...included, path }, leaf, roots[size]!)).toBe(false);

        const continued = await consistencyProof(record, index + 1, size);
        expect(verifyConsistency(continued, roots[index + 1]!, roots[size]!)).toBe(true);
        expect(verifyConsistency(continued, roots[index]!, roots[size]!)).toBe(false);
        expect(verifyConsistency(continued, roots[index + 1]!, roots[size - 1]!)).toBe(false);
      }),
    );
  });

  test.each([
    ["a root of more events than there are", () => rootAt(record, SIZE + 1)],
    ["a proof in a larger tree", () => inclusionProof(record, 1, SIZE + 40)],
    ["a node that was removed", () => rootAt({ node: async () => undefined }, 8)],
  ])("%s is AUDIT_NODE_MISSING", async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ code: "AUDIT_NODE_MISSING", exit: 1 });
  });

  test.each([
    ["a negative size", () => rootAt(record, -1)],
    ["half an event", () => rootAt(record, 1.5)],
    ["an event past the tree", () => inclusionProof(record, 5, 5)],
    ["consistency with the empty tree", () => consistencyProof(record, 0, 5)],
    ["consistency with a smaller tree", () => consistencyProof(record, 6, 5)],
  ])("%s is a RangeError", async (_, ask) => {
    await expect(ask()).rejects.toThrow(RangeError);
  });
});

test("the body is the event's canonical JSON", async () => {
  const record = arrayEvents();
  const stored = await appendEvent(record, { ...anEvent(3), details: { b: 1, a: [null] } });
  expect(stored.body).toBe(
    '{"action":"step.done","actor":"alice","at":"2026-11-21T12:00:03.000Z","details":{"a":[null],"b":1},' +
      '"environment":"staging","host":"build-1","operation":"op_1","reason":null,"result":"ok","subject":"step 3"}',
  );
  expect(record.events).toEqual([stored]);
});

test("a known secret does not get into the record by reason or details", async () => {
  rememberSecret("tr0ub4dor&3");
  const event = { ...anEvent(0), reason: "uses tr0ub4dor&3", details: { nested: ["x tr0ub4dor&3 y"] } };
  const { body } = await appendEvent(arrayEvents(), event);
  expect(body).not.toContain("tr0ub4dor");
  expect(JSON.parse(body)).toMatchObject({ reason: "uses [secret]", details: { nested: ["x [secret] y"] } });
});
