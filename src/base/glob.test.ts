import { expect, test } from "vitest";
import { globMatches } from "./glob.ts";

test.each([
  ["DB_*", "DB_HOST", true],
  ["DB_*", "DB_", true],
  ["DB_*", "MY_DB_HOST", false],
  ["*_URL", "DATABASE_URL", true],
  ["*", "", true],
  ["A*B*C", "AxxBxxC", true],
  ["A*B*C", "AC", false],
  ["AB*BA", "ABA", false],
  ["LEVEL", "LEVEL", true],
  ["LEVEL", "level", false],
  ["A.C", "ABC", false],
])("%s and %s: %s", (pattern, text, fits) => {
  expect(globMatches(pattern, text)).toBe(fits);
});

test("a pattern of many stars takes no longer than its text is", () => {
  expect(globMatches(`${"a*".repeat(5_000)}b`, "a".repeat(10_000))).toBe(false);
});
