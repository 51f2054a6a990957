import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeValues } from "./merge.ts";

describe("secrets are merged by name", () => {
  const base = { A: "1", B: "1" };
  const rows: [string, Record<string, string>, Record<string, string>, object][] = [
    ["nothing changed", base, base, { values: base, conflicts: [], taken: [] }],
    ["one side each", { A: "2", B: "1" }, { A: "1", B: "2" }, { values: { A: "2", B: "2" }, taken: ["B"] }],
    ["both alike", { A: "2", B: "1" }, { A: "2", B: "1" }, { values: { A: "2", B: "1" }, conflicts: [] }],
    ["both differently", { A: "2", B: "1" }, { A: "3", B: "1" }, { conflicts: ["A"] }],
    ["added by them", base, { ...base, C: "1" }, { values: { ...base, C: "1" }, taken: ["C"] }],
    ["removed by them", base, { A: "1" }, { values: { A: "1" }, taken: ["B"] }],
    ["removed here, changed there", { A: "1" }, { A: "1", B: "2" }, { conflicts: ["B"] }],
    ["added by both differently", { ...base, C: "1" }, { ...base, C: "2" }, { conflicts: ["C"] }],
  ];
  test.each(rows)("%s", (_, ours, theirs, expected) => {
    expect(mergeValues(base, ours, theirs)).toMatchObject(expected);
  });
});

test("who merges into whom changes neither values nor conflicts", () => {
  const values = fc.dictionary(fc.constantFrom("A", "B", "C"), fc.constantFrom("1", "2"), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(values, values, values, (base, ours, theirs) => {
      const [one, other] = [mergeValues(base, ours, theirs), mergeValues(base, theirs, ours)];
      expect([...one.conflicts].sort()).toEqual([...other.conflicts].sort());
      if (one.conflicts.length === 0) expect(one.values).toEqual(other.values);
      expect(mergeValues(base, ours, base)).toMatchObject({ values: ours, conflicts: [], taken: [] });
    }),
  );
});
