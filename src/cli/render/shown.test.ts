import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rememberSecret } from "../../base/redact.ts";
import { markdownCode, markdownTable, markdownText } from "./markdown.ts";
import { shownLines, shownPage, shownText } from "./shown.ts";

describe("a value in a cell", () => {
  test.each([
    ["short", 10, "short"],
    ["0123456789abcdef", 9, "0123…cdef"],
    ["0123456789abcdef", 16, "0123456789abcdef"],
    ["two\nlines\t", 20, "two\\nlines\\t"],
    ["\u001b[31mred", 20, "\\u001b[31mred"],
    ["abc\u202edcba", 20, "abc\\u202edcba"],
    ["😀😀😀😀", 6, "😀…😀"],
  ])("%j in %i", (text, width, shown) => {
    expect(shownText(text, width)).toBe(shown);
  });

  test("is never wider, nor cuts a character in two", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 3, max: 20 }), (text, width) => {
        const shown = shownText(text, width);
        return shown.length <= width && shown.isWellFormed();
      }),
    );
  });

  test("a secret inside a long value is gone before the value is cut", () => {
    rememberSecret("PlantedHalfOfWhichWouldStay");
    const shown = shownText("postgres://shop:PlantedHalfOfWhichWouldStay@db.shop.test/shop", 40);
    expect(shown).not.toContain("Planted");
    expect(markdownCode("a|PlantedHalfOfWhichWouldStay")).not.toContain("Planted");
  });
});

test("a page keeps its colours, lines and tabs, and nothing else that a terminal obeys", () => {
  expect(shownPage("\u001b[31mred\u001b[39m\n\t\u001b[2K\r\u0007")).toBe(
    "\u001b[31mred\u001b[39m\n\t\\u001b[2K\\r\\u0007",
  );
  expect(shownLines("a\r\n\u001b[31mb")).toBe("a\\r\n\\u001b[31mb");
});

describe("Markdown", () => {
  test.each([
    ["plain", "`plain`"],
    ["", ""],
    ["a|b", "<code>a&#124;b</code>"],
    ["a`b", "<code>a&#96;b</code>"],
    [" a", "<code> a</code>"],
    ["<b>\\|", "<code>&#60;b&#62;&#92;&#124;</code>"],
  ])("%j as code", (text, code) => {
    expect(markdownCode(text)).toBe(code);
  });

  test.each([
    ["SNAKE_CASE", "SNAKE_CASE"],
    ["_it_", "\\_it\\_"],
    ["dev-*", "dev-\\*"],
    ["a|b\\", "a&#124;b&#92;"],
    ["<script>", "&#60;script>"],
  ])("%j as text", (text, shown) => {
    expect(markdownText(text)).toBe(shown);
  });

  test("no value breaks out of its row", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const lines = markdownTable(["a"], [[markdownCode(text)], [markdownText(text)]]).split(/\r\n|\n|\r/);
        return lines.length === 4 && lines.every((line) => line.split("|").length === 3);
      }),
    );
  });
});
