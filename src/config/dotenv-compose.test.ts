import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluatedOf, nastyText, nastyValue, problemsOf } from "./dotenv.fixture.ts";
import { parseDotenv } from "./index.ts";

/**
 * Texts, and what compose-go v2.9.1 (`dotenv.ParseWithLookup`, no process environment) answered: values after
 * interpolation, or null where it refuses the file. No package of npm or Debian brings it, so the answers are kept.
 */
const VECTORS: readonly (readonly [text: string, values: Record<string, string> | null])[] = JSON.parse(
  readFileSync(new URL("dotenv-compose.vectors.json", import.meta.url), "utf8"),
);

test.each(VECTORS)("compose-go reads %j the same way", (text, values) => {
  expect(evaluatedOf(text, "compose") ?? null).toEqual(values);
});

describe("where Compose refuses the file or guesses, a finding says where", () => {
  const rows: [text: string, expected: string[]][] = [
    ["A=1\nB!=2\nC=3", ["error SETTING_SYNTAX 2:2"]],
    ["A=1\nB C=2\n", ["error SETTING_SYNTAX 2:1"]],
    ["A=1\n  B='open\nC=3", ["error SETTING_SYNTAX 2:5"]],
    ['A="x" y!\nB=1', ["error SETTING_SYNTAX 1:8"]],
    ["=x", ["warning SETTING_SYNTAX 1:1"]],
    ["A B", ["warning SETTING_SYNTAX 1:1"]],
    ["export ", ["error SETTING_SYNTAX 1:1"]],
    ['A="\\0000"', ["error SETTING_SYNTAX 1:3"]],
    ["A.B=1", ["warning SETTING_NAME 1:1"]],
    ['A="1" export A=2', ["warning SETTING_DUPLICATE 1:14"]],
    ["A\nexport B\nC=1 # c\n# c\n", []],
  ];
  test.each(rows)("%j", (text, expected) => {
    expect(problemsOf(text, "compose")).toEqual(expected);
  });
});

test("a broken reference is an error, also in a default that Compose would not look at", () => {
  expect(evaluatedOf("A=1\nB=${A:-${}}", "compose")).toBeUndefined();
});

test("values are those before interpolation; an escaped dollar sign is no reference", () => {
  const { entries } = parseDotenv("A=\"\\$B $B $$\"\nC='$B'\nD", ".env", "compose");
  expect(entries).toMatchObject([
    { name: "A", value: "$B $B $$", text: "$$B $B $$", interpolated: true, syntax: "compose" },
    { name: "C", value: "$B", text: "$B", interpolated: false, syntax: "compose" },
  ]);
});

test("any text at all is read without an exception", () => {
  fc.assert(fc.property(nastyText, nastyValue, (text, value) => void evaluatedOf(text + value, "compose")));
});
