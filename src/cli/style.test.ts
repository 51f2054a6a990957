import { stripVTControlCharacters, styleText } from "node:util";
import { describe, expect, test } from "vitest";
import { labelled, table } from "./style.ts";

/** Coloured whatever the stream is. */
const red = (text: string) => styleText("red", text, { validateStream: false });

describe("a table", () => {
  test.each<[name: string, header: string[], rows: string[][], expected: string[]]>([
    ["alone", ["a", "bb"], [], ["a  bb"]],
    [
      "aligned",
      ["name", "x"],
      [
        ["a", "1"],
        ["longer", "2"],
      ],
      ["name    x", "a       1", "longer  2"],
    ],
    [
      "with colours",
      ["name", "x"],
      [
        [red("a"), "1"],
        ["b", red("2")],
      ],
      ["name  x", "a     1", "b     2"],
    ],
    [
      "without spaces at the ends",
      ["a", "b"],
      [
        ["x", ""],
        ["", ""],
      ],
      ["a  b", "x", ""],
    ],
    ["with a wide last column", ["a", "b"], [["x", "a long text"]], ["a  b", "x  a long text"]],
  ])("%s", (_name, header, rows, expected) => {
    expect(stripVTControlCharacters(table(header, rows)).split("\n")).toEqual(expected);
  });
});

describe("a label", () => {
  test.each([
    ["  fix", "one line", 9, "  fix    one line"],
    ["  fix", "two\nlines", 9, "  fix    two\n         lines"],
    ["longer than it", "x", 4, "longer than it x"],
    ["", "x", 3, "   x"],
  ])("%j before %j", (label, text, margin, expected) => {
    expect(labelled(label, text, margin)).toBe(expected);
  });

  test("may be coloured", () => {
    expect(stripVTControlCharacters(labelled(red("  fix"), "x", 9))).toBe("  fix    x");
  });
});
