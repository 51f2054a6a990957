import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTfvars } from "./source-hcl.ts";
import { plainValue, type Source } from "./source-tree.ts";

function value(source: Source): unknown {
  return source.root && JSON.parse(JSON.stringify(plainValue(source.root)));
}

function problems(source: Source): string[] {
  return source.problems.map(({ kind, place }) => `${kind} ${place.line}:${place.column}`);
}

const bs = "\\";

describe("values", () => {
  test.each<[string, unknown]>([
    ['a = "x"', { a: "x" }],
    ["a=1\nb = -2.50\nc = 1e3", { a: 1, b: -2.5, c: 1000 }],
    ["a = true\nb = false\nc = null", { a: true, b: false, c: null }],
    ['my-name_2 = "é"\nünï = 1', { "my-name_2": "é", ünï: 1 }],
    [String.raw`a = "\n\r\t\"\\\u00e9\U0001F600"`, { a: '\n\r\t"\\é😀' }],
    ['a = "$${x} %%{if} $5 100% $"', { a: `\${x} %{if} $5 100% $` }],
    [`a = "$$\${x}"`, { a: `$\${x}` }],
    ['a = [1, "b",\n  # c\n  true,\n]', { a: [1, "b", true] }],
    ["a = []\nb = {}\nc = [\n]\nd = {\n\n}", { a: [], b: {}, c: [], d: {} }],
    ['a = { b = 1, c: 2, "d e" = 3, 4 = 5 }', { a: { 4: 5, b: 1, c: 2, "d e": 3 } }],
    [
      "a = {\n  b = 1 // one\n\n  c = [\n    { d = 2 }\n  ],\n  true = 3,\n}",
      { a: { b: 1, c: [{ d: 2 }], true: 3 } },
    ],
    ["# c\n// d\n/* e\n f */ a /* g */ = 1 /* h */ # i\n\nb = 2 // j", { a: 1, b: 2 }],
    ["a = 1\r\nb = [\r\n  2,\r\n]\r\n", { a: 1, b: [2] }],
    ["a = -1.5e3\nb = true /* yes */", { a: -1500, b: true }],
    ['a = [1, "]", # x\n [], // y\n { b = 1 }, ]', { a: [1, "]", [], { b: 1 }] }],
    ["a = {\n b = { c = <<E\n}\nE\n }\n}", { a: { b: { c: "}\n" } } }],
    ["", {}],
    ["\ufeff# nothing\n", {}],
    ["a = 9007199254740991\nb = 9007199254740993", { a: 9007199254740991, b: "9007199254740993" }],
  ])("%j", (text, expected) => {
    const source = readTfvars(text, "a.tfvars");
    expect(source.problems).toEqual([]);
    expect(value(source)).toEqual(expected);
  });
});

describe("heredocs", () => {
  test.each<[string, string]>([
    ["<<EOT\n  a\nb\n  EOT\n", "  a\nb\n"],
    ["<<-EOT\n    a\n\n      b\n   \n    EOT\n", "a\n\n  b\n   \n"],
    ["<<E-1\n$${x} \\n %%{\nE-1", `\${x} \\n %{\n`],
    ["<<EOT\r\na\r\nEOT\r\n", "a\n"],
    ["<<EOT\nEOT\n", ""],
    ["<<EOT\nEOT", ""],
    ["<<EOT\nEOTS\nEOT\n", "EOTS\n"],
  ])("%j", (heredoc, expected) => {
    const source = readTfvars(`a = ${heredoc}`, "a.tfvars");
    expect(source.problems).toEqual([]);
    expect(value(source)).toEqual({ a: expected });
  });

  test("also in lists and objects", () => {
    expect(value(readTfvars("a = [<<X\n1\nX\n, 2]\nb = {\n  c = <<X\n1\nX\n  d = 2\n}", "a"))).toEqual({
      a: ["1\n", 2],
      b: { c: "1\n", d: 2 },
    });
  });
});

test("places and texts", () => {
  const { root } = readTfvars('a = {\n  b = 1.50\n  "c": [ "x" ]\n}\n', "a.tfvars");
  const at = (line: number, column: number) => ({ file: "a.tfvars", line, column });
  const item = { kind: "scalar", value: "x", text: "x", place: at(3, 10) };
  const inside = new Map([
    ["b", { keyPlace: at(2, 3), value: { kind: "scalar", value: 1.5, text: "1.50", place: at(2, 7) } }],
    ["c", { keyPlace: at(3, 3), value: { kind: "list", items: [item], place: at(3, 8) } }],
  ]);
  expect(root).toEqual({
    kind: "map",
    place: at(1, 1),
    entries: new Map([
      ["a", { keyPlace: at(1, 1), value: { kind: "map", entries: inside, place: at(1, 5) } }],
    ]),
  });
});

describe("refused, at its place", () => {
  test.each([
    ["a = var.b", "syntax 1:5", "a name stands here"],
    ["a = word", "syntax 1:5", "a name stands here"],
    ["a = truely", "syntax 1:5", "a name stands here"],
    ["a = 1.", "syntax 1:6", "calculated"],
    ["a : 1", "syntax 1:3", "an = is missing"],
    ['"a" = 1', "syntax 1:1", "no name = value"],
    ['a = file("b")', "syntax 1:5", "a function is called"],
    [`a = "x \${b}"`, "syntax 1:8", "a template"],
    ['a = "%{if b}"', "syntax 1:6", "a template"],
    [`a = <<EOT\nx\n  \${b}\nEOT`, "syntax 3:3", "a template"],
    ["a = 1 + 2", "syntax 1:7", "calculated"],
    ["a = !true", "syntax 1:5", "calculated"],
    ["a = (1)", "syntax 1:5", "calculated"],
    ["a = true ? 1 : 2", "syntax 1:10", "calculated"],
    ["a = [1][0]", "syntax 1:8", "calculated"],
    ["a = [for b in c : b]", "syntax 1:6", "a name stands here"],
    ["a = { (b) = 1 }", "syntax 1:7", "a key is missing"],
    ["a {\n}", "syntax 1:3", "a block"],
    ['a "b" {\n}', "syntax 1:3", "a block"],
    ["a b {\n}", "syntax 1:4", "a block"],
    ["a", "syntax 1:2", "an = is missing"],
    ["a = ", "syntax 1:5", "no value begins here"],
    ["a = # c\n1", "syntax 1:8", "no value begins here"],
    ["= 1", "syntax 1:1", "no name = value"],
    ["1 = 1", "syntax 1:1", "no name = value"],
    ["a = 1 b = 2", "syntax 1:7", "a new line is missing"],
    ["a = 1,", "syntax 1:6", "a new line is missing"],
    ["a = 'x'", "syntax 1:5", "no value begins here"],
    ['a = "x', "syntax 1:5", "not closed"],
    ['a = "x\n"', "syntax 1:5", "not closed"],
    [String.raw`a = "\q"`, "syntax 1:6", "an unknown escape"],
    [String.raw`a = "\ud800"`, "syntax 1:6", "an unknown escape"],
    [String.raw`a = "\U00110000"`, "syntax 1:6", "an unknown escape"],
    ["a = <<EOT x\nEOT", "syntax 1:5", "a heredoc needs a word"],
    ["a = <<EOT\nx\n", "syntax 1:5", "the heredoc is not closed"],
    ["a = [1 2]", "syntax 1:8", "expected a comma or ]"],
    ["a = [1,", "syntax 1:8", "no value begins here"],
    ["a = [,]", "syntax 1:6", "no value begins here"],
    ["a = { b = 1 c = 2 }", "syntax 1:13", "expected a comma, a new line or }"],
    ["a = {\n  b = 1\n  , c = 2 }", "syntax 3:3", "a key is missing"],
    ["a = { b =\n 1 }", "syntax 1:10", "no value begins here"],
    ["a = { b 1 }", "syntax 1:9", "expected = or :"],
    ["a = {", "syntax 1:6", "a key is missing"],
    ["/* x", "syntax 1:1", "the comment is not closed"],
    ["a = 1\nb = 2\na = 3", "duplicate 3:1", "stands here and at f:1:1"],
    ["a = { b = 1, b = 2 }", "duplicate 1:14", "stands here and at f:1:7"],
    ["__proto__ = 1", "syntax 1:1", "this can be no key"],
    [`a = ${"[".repeat(200)}`, "syntax 1:106", "nested deeper"],
  ])("%s", (text, expected, why) => {
    const source = readTfvars(text, "f");
    expect(problems(source)).toEqual([expected]);
    expect(source.problems[0]!.why).toContain(why);
    expect(source.problems[0]!.fix).not.toBe("");
  });
});

test("what is written as HCL is read as what it was", () => {
  const quoted = (text: string): string =>
    `"${JSON.stringify(text)
      .slice(1, -1)
      .replace(/\\[bf]|\\u00../g, "?")
      .replace(/([$%])\{/g, "$1$1{")}"`;
  const readable = (text: string): string =>
    JSON.parse(
      `"${JSON.stringify(text)
        .slice(1, -1)
        .replace(/\\[bf]|\\u00../g, "?")}"`,
    );
  const write = (plain: unknown): string => {
    if (typeof plain === "string") return quoted(plain);
    if (Array.isArray(plain)) return `[${plain.map(write).join(",\n")}]`;
    if (plain === null || typeof plain !== "object") return JSON.stringify(plain);
    return `{${Object.entries(plain)
      .map(([key, inner]) => `${quoted(key)} = ${write(inner)}`)
      .join("\n")}}`;
  };
  const text = fc.string({ unit: "grapheme" }).map(readable);
  const { plain } = fc.letrec((tie) => ({
    plain: fc.oneof(
      { depthSize: "small" },
      fc.oneof(
        text,
        fc.constantFrom(`\${a}`, `$\${a}`, "%{", bs, "\n"),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie("plain")),
      fc.dictionary(
        text.filter((key) => key !== "__proto__"),
        tie("plain"),
      ),
    ),
  }));
  fc.assert(
    fc.property(plain, (expected) => {
      const source = readTfvars(`a = ${write(expected)}\n`, "a");
      expect(source.problems).toEqual([]);
      expect(value(source)).toEqual({ a: JSON.parse(JSON.stringify(expected)) });
    }),
    { numRuns: 1_000 },
  );
});

test("nothing makes it throw, and no message quotes the text", () => {
  const piece = fc.constantFrom(
    ...[
      "a",
      " = ",
      "1",
      '"',
      "$",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\n",
      "\r\n",
      "<<E",
      "<<-E",
      "E",
      "#",
      "/*",
      "*/",
    ],
    ...["//", "-", "+", ".", "(", bs, "u00e9", "secret", "hunter2", "%", "null", "\t", " "],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      for (const { why, fix, place } of readTfvars(pieces.join(""), "a").problems) {
        expect(place.line).toBeGreaterThan(0);
        expect(why + fix).not.toContain("hunter2");
      }
    }),
    { numRuns: 5_000 },
  );
});
