import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createScanner, type ScanResult } from "./secret-scanner.ts";

/** So much data is not searched for one needle after the other any more. */
const INDEXED_BYTES = 20_000;

interface Masked {
  readonly from: number;
  readonly to: number;
}

/** All bytes of all needles, found the simple way: stretches of masked bytes, where overlapping finds are one. */
function oracle(needles: readonly string[], data: Buffer): Masked[] {
  const all: Masked[] = [];
  for (const needle of needles) {
    const bytes = Buffer.from(needle);
    for (let at = data.indexOf(bytes); at >= 0; at = data.indexOf(bytes, at + 1)) {
      all.push({ from: at, to: at + bytes.length });
    }
  }
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of all.sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** What a stream of chunks finds, in places of the whole. */
function streamed(needles: readonly string[], chunks: readonly Buffer[]): Masked[] {
  const scanner = createScanner(needles);
  const found: { from: number; to: number }[] = [];
  let [before, covered] = [0, 0];
  let held = Buffer.alloc(0);
  const take = ({ ranges, decided, covered: beyond }: ScanResult, length: number) => {
    for (const { from, to, continued } of ranges) {
      const last = found.at(-1);
      if (continued && last) last.to = before + to;
      else found.push({ from: before + from, to: before + to });
    }
    expect(decided).toBeLessThanOrEqual(length);
    before += decided;
    covered = beyond;
  };
  for (const chunk of chunks) {
    const data = Buffer.concat([held, chunk]);
    const result = scanner.scan(data, false, covered);
    take(result, data.length);
    held = data.subarray(result.decided);
  }
  take(scanner.scan(held, true, covered), held.length);
  return found;
}

const letters = fc.string({ unit: fc.constantFrom("a", "b", "A", "1", "-"), minLength: 4, maxLength: 24 });
const texts = fc.array(fc.oneof(letters, fc.string({ minLength: 12, maxLength: 30, unit: "grapheme" })), {
  minLength: 1,
  maxLength: 12,
});

/** Needles, parts of them and other text, somewhere in data so long that the index is used, at any alignment. */
const scene = texts
  .map((needles) => needles.filter((needle) => Buffer.byteLength(needle) >= 4))
  .filter((needles) => needles.length > 0)
  .chain((needles) =>
    fc.record({
      needles: fc.constant(needles),
      pieces: fc.array(
        fc.oneof(
          fc.constantFrom(...needles),
          fc.constantFrom(...needles).map((needle) => needle.slice(0, -1)),
          fc.constantFrom(...needles).map((needle) => needle.slice(1)),
          fc.string({ maxLength: 9 }),
        ),
        { maxLength: 12 },
      ),
      padding: fc.constantFrom(0, INDEXED_BYTES),
      shift: fc.nat(7),
      cuts: fc.array(fc.nat(400), { maxLength: 5 }),
    }),
  );

test("finds what a simple search finds: every needle, at every alignment, however the data is cut", () => {
  fc.assert(
    fc.property(scene, ({ needles, pieces, padding, shift, cuts }) => {
      const text = Buffer.from(pieces.join(""));
      const memory = Buffer.alloc(8 + padding + text.length, ".");
      memory.set(text, 8 + padding);
      const data = memory.subarray(8 - shift);
      expect(createScanner(needles).scan(data, true, 0).ranges).toEqual(
        oracle(needles, data).map((range) => ({ ...range, continued: false })),
      );
      const places = cuts.map((cut) => Math.max(0, data.length - cut)).sort((a, b) => a - b);
      const chunks = [...places, data.length].map((end, i) =>
        data.subarray(i === 0 ? 0 : places[i - 1], end),
      );
      expect(streamed(needles, chunks)).toEqual(oracle(needles, data));
    }),
    { numRuns: 200 },
  );
});

describe("one needle at every place and alignment of a large piece, also as its first and last bytes", () => {
  const shapes: readonly (readonly [string, string])[] = [
    ["four bytes", "q7-Z"],
    ["six bytes", "q7-Zk0"],
    ["seven bytes", "q7-Zk0w"],
    ["ten bytes", "q7-Zk0wM4_"],
    ["eleven bytes", "q7-Zk0wM4_x"],
    ["fifteen bytes", "q7-Zk0wM4_xA9+b"],
    ["a hundred bytes", "q7-Zk0wM4_".repeat(10)],
  ];
  test.each(shapes)("%s", (_, needle) => {
    const scanner = createScanner([needle, "another-needle-0"]);
    for (let at = 0; at < 24; at++) {
      for (const size of [INDEXED_BYTES, INDEXED_BYTES + 1, INDEXED_BYTES + 2, INDEXED_BYTES + 3]) {
        const first = Buffer.alloc(size, ".");
        first.write(needle, at);
        const last = Buffer.alloc(size, ".");
        const place = size - needle.length - (at >> 2);
        last.write(needle, place);
        for (const [data, from] of [[first, at] as const, [last, place] as const]) {
          const { ranges } = scanner.scan(data, true, 0);
          expect(ranges).toEqual([{ from, to: from + needle.length, continued: false }]);
        }
      }
    }
  });
});

test("a thousand needles of one kind, of which each is found", () => {
  const needles = Array.from(
    { length: 1000 },
    (_, i) => `https://hooks.test/services/${i.toString(36)}/x${i * 7919}y`,
  );
  const data = Buffer.from(needles.join(" "));
  const { ranges } = createScanner(needles).scan(data, true, 0);
  expect(ranges.map(({ from, to }) => data.toString("utf8", from, to))).toEqual(needles);
});

test("what is undecided is the longest rest that begins a needle", () => {
  const scanner = createScanner(["https://one.test/abcdef", "https://two.test/abcdef", "p-one!"]);
  const cases: readonly (readonly [string, number])[] = [
    ["no rest.", 8],
    ["a https://t", 2],
    ["a https://two.test/abcde", 2],
    ["a https://two.test/abcdef", 25],
    ["a https://two.test/abcdx", 24],
    ["a https://tree.test/abc", 23],
    ["a htt", 2],
    ["a h", 2],
    ["http-one", 3],
    ["htp-o", 2],
  ];
  for (const [text, decided] of cases) {
    expect([text, scanner.scan(Buffer.from(text), false, 0).decided]).toEqual([text, decided]);
  }
});
