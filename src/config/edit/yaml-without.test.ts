import { describe, expect, test } from "vitest";
import { withoutListItem, withoutValue } from "./yaml-without.ts";

describe("an item is taken out of a list", () => {
  const rows: [string, string, string][] = [
    ["in brackets", "a:\n  b: [x, y, z] # why\n", "a:\n  b: [x, z] # why\n"],
    ["the last in brackets", "a: { b: [x, y] }\n", "a: { b: [x] }\n"],
    ["the only one", "a:\n  b: [y]\n", "a:\n  b: []\n"],
    [
      "on a line",
      "a:\n  b:\n    - x # ada's\n    - y # ben's\n    - z\nc: 1\n",
      "a:\n  b:\n    - x # ada's\n    - z\nc: 1\n",
    ],
    ["the only one on a line", "a:\n  b:\n    - y\nc: 1\n", "a:\n  b: []\nc: 1\n"],
    ["one that is not there", "a:\n  b: [x]\n", "a:\n  b: [x]\n"],
  ];
  test.each(rows)("%s", (_, before, after) => {
    const path = ["a", "b"];
    expect(withoutListItem(before, path, "y")).toBe(after);
  });
});

describe("a key is taken out", () => {
  const rows: [string, string, string][] = [
    ["in braces", "a: { b: 1, c: 2 } # why\n", "a: { c: 2 } # why\n"],
    [
      "on a line",
      "# head\n\na:\n  # about b\n  b: 1\n  # about c\n  c: 2\n",
      "# head\n\na:\n  # about c\n  c: 2\n",
    ],
    ["one that is not there", "a: { c: 2 }\n", "a: { c: 2 }\n"],
  ];
  test.each(rows)("%s", (_, before, after) => expect(withoutValue(before, ["a", "b"])).toBe(after));
});
