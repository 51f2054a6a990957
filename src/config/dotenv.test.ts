import * as dotenv from "dotenv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDotenv } from "./dotenv.ts";

function values(text: string): Record<string, unknown> {
  return Object.fromEntries(parseDotenv(text, ".env").entries.map(({ name, value }) => [name, value]));
}

function problems(text: string): string[] {
  return parseDotenv(text, ".env").problems.map(
    ({ code, place, severity = "error" }) => `${severity} ${code} ${place.line}:${place.column}`,
  );
}

describe("agreed with the dotenv package", () => {
  test.each([
    "A=1",
    "A=",
    "A = spaced out ",
    "export A=1",
    "  A=indented",
    "# comment\n\nA=1\n#B=2",
    "A=value # comment",
    "A=1\r\nB=2\r\n",
    "\ufeffA=1",
    "A='single # not a comment'",
    "A='it is \\n literal'",
    'A="double # not a comment"',
    'A="line\\nbreak"',
    'A="two\nlines"\nB=1',
    "A='two\nlines'\nB=1",
    'A="two\r\nlines"',
    "A=`back'quo\"tes`",
    'A="quoted" # comment',
    "A='quoted'#comment",
    "A=postgres://u:p@h:5432/db?x=1&y=2",
    "A=it's",
    'A={"json": "text"}',
    "A=a=b=c",
    "A=back\\slash",
    "A=$(whoami) `id`",
    "A=one\nA=two",
    "a_b1=lower",
  ])("%j", (text) => {
    expect(values(text)).toEqual(dotenv.parse(text));
  });
});

describe("different on purpose", () => {
  const rows: [why: string, text: string, ours: unknown, theirs: unknown][] = [
    ["only a # after a space begins a comment: URLs and colours have one", "A=a#b", "a#b", "a"],
    [
      "all escapes of the dialect are resolved",
      'A="say \\"hi\\"\\t\\\\"',
      'say "hi"\t\\',
      'say \\"hi\\"\\t\\\\',
    ],
    ["an escaped dollar sign is a dollar sign", 'A="\\$5"', "$5", "\\$5"],
    ["an unclosed quote is an error, no value", "A='open", undefined, "'open"],
    ["text behind a quote is an error, no value", "A='a'b", undefined, "'a'b"],
    ["YAML is no dotenv", "A: b", undefined, "b"],
  ];
  test.each(rows)("%s", (_, text, ours, theirs) => {
    expect(values(text).A).toEqual(ours);
    expect(dotenv.parse(text).A).toEqual(theirs);
  });

  test("names that no shell can carry are errors", () => {
    expect(values("A.B=1\nC-D=2")).toEqual({});
    expect(dotenv.parse("A.B=1\nC-D=2")).toEqual({ "A.B": "1", "C-D": "2" });
  });
});

describe("what is no line of the dialect is said, not passed over", () => {
  const rows: [text: string, expected: string[]][] = [
    ["A=1\n  nonsense\nB=2", ["error SETTING_SYNTAX 2:3"]],
    ["export A", ["error SETTING_SYNTAX 1:1"]],
    ["1A=x", ["error SETTING_SYNTAX 1:1"]],
    ["A.B=1", ["error SETTING_SYNTAX 1:1"]],
    ["=x", ["error SETTING_SYNTAX 1:1"]],
    ["A='a' b", ["error SETTING_SYNTAX 1:6"]],
    ['A="open\nsecond line\nB=2', ["error SETTING_SYNTAX 1:3"]],
    [
      'A="open\\"\nB=`x\nnope\nC=3\nnope',
      ["error SETTING_SYNTAX 1:3", "error SETTING_SYNTAX 2:3", "error SETTING_SYNTAX 5:1"],
    ],
    ["A=1\n\nA=2", ["warning SETTING_DUPLICATE 3:1"]],
    ["A=\u0000", ["error SETTING_SYNTAX 1:3"]],
  ];
  test.each(rows)("%j", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test("the lines around keep their values", () => {
    expect(values('A=1\nnonsense\nB="open\n-----\nC=3')).toEqual({ A: "1", C: "3" });
  });
});

test("places are those of the names", () => {
  const { entries } = parseDotenv("\ufeffA=1\r\n  export   B = 'x\ny'\nC=3", ".env");
  expect(entries.map(({ name, place }) => `${name} ${place.line}:${place.column}`)).toEqual([
    "A 1:1",
    "B 2:12",
    "C 4:1",
  ]);
});

test("single quotes and backquotes are literal, others are interpolated", () => {
  const { entries } = parseDotenv("A='${X}'\nB=`${X}`\nC=\"${X}\"\nD=${X}", ".env");
  expect(entries.map(({ interpolated }) => interpolated)).toEqual([false, false, true, true]);
});

test("comments where a value could be", () => {
  expect(values("A= # nothing\nB=#colour\nC=  # x")).toEqual({ A: "", B: "#colour", C: "" });
});

test("laws: any text survives double quotes with escapes; any text at all is read without an exception", () => {
  const written = (text: string): string => `A="${text.replace(/[\\"$]/g, "\\$&").replaceAll("\r", "\\r")}"`;
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (raw) => {
      const text = raw.replaceAll("\u0000", "");
      expect(values(written(text))).toEqual({ A: text });
    }),
  );
  const noise = fc.array(
    fc.constantFrom("A", "=", "'", '"', "`", "\\", "#", " ", "\n", "\r", "$", "{", "export ", "\t"),
  );
  fc.assert(fc.property(noise, (parts) => void parseDotenv(parts.join(""), ".env")));
});

test.each(["ringfence", "compose", "dotenv", "node"] as const)("%s: a name that objects lose", (dialect) => {
  const { entries, problems: found } = parseDotenv("A=1\n__proto__=2\nconstructor=3\n", ".env", dialect);
  expect(entries.map(({ name }) => name)).toEqual(["A", "constructor"]);
  expect(found).toMatchObject([{ code: "SETTING_NAME", place: { file: ".env", line: 2, column: 1 } }]);
  expect(found[0]).not.toHaveProperty("severity", "warning");
});
