import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, test } from "vitest";
import { readToml } from "./source-toml.ts";
import { plainValue, type Source, type SourceNode } from "./source-tree.ts";

function value(source: Source): unknown {
  return source.root && JSON.parse(JSON.stringify(plainValue(source.root)));
}

function problems(source: Source): string[] {
  return source.problems.map(({ kind, place }) => `${kind} ${place.line}:${place.column}`);
}

/** smol-toml's value of a text without dates and large numbers; undefined where it refuses the text. */
function oracle(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(parse(text)));
  } catch {
    return undefined;
  }
}

/** Every key stands where its place says, bare or in quotes. */
function expectKeys(node: SourceNode, lines: readonly string[]): void {
  if (node.kind === "list") for (const item of node.items) expectKeys(item, lines);
  if (node.kind !== "map") return;
  for (const [key, { keyPlace, value: inside }] of node.entries) {
    const at = lines[keyPlace.line - 1]!.slice(keyPlace.column - 1);
    expect(at.startsWith(key) || /^["']/.test(at), `${key} at ${at}`).toBe(true);
    expectKeys(inside, lines);
  }
}

function expectAsOracle(text: string): boolean {
  const source = readToml(text, "a.toml");
  const expected = oracle(text);
  expect(source.problems.length > 0, text).toBe(expected === undefined);
  if (expected === undefined) return false;
  expect(value(source), text).toEqual(expected);
  expectKeys(source.root!, text.split("\n"));
  return true;
}

test("what smol-toml writes is read as smol-toml reads it, with every key at its place", () => {
  const key = fc.oneof(
    fc.constantFrom("a", "b-c", "8080", "", "é", 'q"\\', "x.y"),
    fc.string({ maxLength: 4 }),
  );
  const { table } = fc.letrec((tie) => ({
    scalar: fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom("a\nb", "]", "}", "#", "'''", '"""'),
    ),
    value: fc.oneof(
      { depthSize: "small" },
      tie("scalar"),
      fc.array(tie("scalar")),
      tie("table"),
      fc.array(tie("table")),
    ),
    table: fc.dictionary(
      key.filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  }));
  fc.assert(
    fc.property(table, (plain) => {
      expect(expectAsOracle(stringify(plain))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("whatever smol-toml refuses is refused, and the rest is read as it reads it", () => {
  const piece = fc.constantFrom(
    ...[
      "a",
      "b",
      "a.b",
      '"q.r"',
      "'l'",
      " = ",
      "=",
      "1",
      "0x1F",
      "1_0.5",
      "true",
      "x\n",
      "\n",
      "\n",
      "\r\n",
      " # c\n",
    ],
    ...[
      "[",
      "]",
      "[[",
      "]]",
      "{",
      "}",
      ", ",
      "[a]\n",
      "[a.b]\n",
      "[[a]]\n",
      "[[a.b]]\n",
      '"',
      "'",
      '"""',
      "'''",
    ],
    ...["a = 1\n", "b.c = 2\n", "a = [", "a = {", "b = 1", "\\", '\\"', "é", "inf"],
  );
  let valid = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      if (expectAsOracle(pieces.join(""))) valid++;
    }),
    { numRuns: 10_000 },
  );
  expect(valid).toBeGreaterThan(500);
});

test("numbers keep their text, dates and large numbers are texts, keys keep their order", () => {
  const text = `version = 1.10
count = 1_000
large = 9_223_372_036_854_775_807
day = 2030-01-31
moment = 2030-01-31 08:00:00Z # a space is allowed
hours = [08:00:00]
8080 = "a"
`;
  const { root } = readToml(text, "a.toml");
  expect(root?.kind === "map" && [...root.entries].map(([key, { value: node }]) => [key, node])).toEqual([
    ["version", { kind: "scalar", value: 1.1, text: "1.10", place: { file: "a.toml", line: 1, column: 11 } }],
    ["count", expect.objectContaining({ value: 1000, text: "1_000" })],
    ["large", expect.objectContaining({ value: "9_223_372_036_854_775_807" })],
    ["day", expect.objectContaining({ value: "2030-01-31" })],
    ["moment", expect.objectContaining({ value: "2030-01-31 08:00:00Z" })],
    ["hours", expect.objectContaining({ items: [expect.objectContaining({ value: "08:00:00" })] })],
    ["8080", expect.objectContaining({ value: "a" })],
  ]);
});

describe("TOML with a mistake", () => {
  test.each([
    ["a = 1\na = 2", "duplicate 2:1", "the key a stands here and at f:1:1"],
    ["[a.b]\n[a.b]", "duplicate 2:2", "the key a.b stands here and at f:1:4"],
    ["a = { b = 1, b = 2 }", "duplicate 1:14", "the key b stands here and at f:1:7"],
    ["a = 1\n[a.b]", "duplicate 2:2", "the key a stands here and at f:1:1"],
    ["a = []\n[[a]]", "duplicate 2:3", "the key a stands here and at f:1:1"],
    ["[[x]]\na=1\n[[x]]\na=2\na=3", "duplicate 5:1", "the key a stands here and at f:4:1"],
    ["[[x.y]]\n[x.y.z]\n[x.y.z]", "duplicate 3:2", "the key x.y.z stands here and at f:2:6"],
    ["a.b = 1\n[a]", "duplicate 2:2", "the key a stands here and at f:1:1"],
    ['a = { "b\\u0041" = { c = 1 }, bA.d = 1 }', "duplicate 1:30", "the key bA stands here and at f:1:7"],
    [`a = 1\na = ${"[".repeat(100_000)}`, "duplicate 2:1", "the key a stands here and at f:1:1"],
    ["[ a ]\n[ a ] # x", "duplicate 2:2", "the key a stands here and at f:1:3"],
    ["a = 1 2", "syntax 1:7", "something follows after the value"],
    ["a", "syntax 1:1", "this is no key = value"],
    ["a = 01", "syntax 1:5", "this is no number"],
    ["a = word", "syntax 1:5", "no TOML value begins here"],
    ["a = 2030-13-01", "syntax 1:5", "this is no date or time"],
    ['a = "x', "syntax 1:5", "a string is not closed"],
    ["a = [1", "syntax 1:7", "a bracket or a comma is missing"],
    ["__proto__ = 1", "syntax 1:1", "this can be no key"],
    [`a = ${"[".repeat(200)}`, "syntax 1:105", "nested deeper than 100 levels"],
    [`${"a.".repeat(150)}a = 1`, "syntax 1:201", "nested deeper than 100 levels"],
  ])("%s", (text, expected, why) => {
    const source = readToml(text, "f");
    expect(problems(source)).toEqual([expected]);
    expect(source.problems[0]!.why).toContain(why);
  });
});

test("no message quotes the text: a secret might stand in it", () => {
  const secret = "hunter2hunter2";
  for (const text of [
    `a = ${secret}`,
    `a = "${secret}`,
    `a = "${secret}" ${secret}`,
    `a = ["${secret}" 1]`,
  ]) {
    for (const { why, fix } of readToml(text, "a").problems) expect(why + fix).not.toContain(secret);
  }
});

test("a byte order mark moves no column, and an empty text has no settings", () => {
  expect(problems(readToml("\ufeffa = 1\na = 2", "a.toml"))).toEqual(["duplicate 2:1"]);
  expect(value(readToml("\ufeff# nothing\n", "a.toml"))).toEqual({});
});
