import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readYaml } from "./source-yaml.ts";
import { readYamlDocument } from "./source-yaml-document.ts";
import { readYamlLines } from "./source-yaml-lines.ts";

/** Where the line reader takes a text, the library must read the same tree, places included, and find no fault. */
function expectSame(text: string): boolean {
  const root = readYamlLines(text, "a.yaml");
  if (!root) return false;
  expect(readYamlDocument(text, "a.yaml"), text).toEqual({ root, problems: [] });
  return true;
}

const words =
  "a B_c x-y true False null ~ yes 0 -7 +12 1.10 .5 1e3 -.inf .NaN 0x1F 0o17 0b1 1_000 01 1.2.3".split(" ");
const texts = [
  "a b",
  "it's",
  "http://x:80/y?z#f",
  `\${A:-b}`,
  "a#b",
  "<x>",
  "(1)",
  "=",
  "$",
  "é ✓ 😀",
  "12h",
  "-a",
];
const quoted = ["''", "'it''s: #x'", '""', '"a: b"', '"\\n\\"\\u00e9\\/"', "'\\n'", '"[x]"'];
const flow = [
  "[]",
  "[a, 'b, c', 1]",
  "[ -1 , http://x:80 ]",
  '["a", b c,]',
  "{}",
  "[ ]",
  "{a: 1, 'b': [x, {c: null}], }",
  "[[a], {}, [ ]]",
  '{ k-1: "v" }',
];
const scalar = fc.constantFrom(...words, ...texts, ...quoted, ...flow);
const key = fc.constantFrom("a", "pool_size", "x-y", "A.b/c", "8080", "true", "'a: b'", '"q"', "null", "Z");
const comment = fc.constantFrom("", "", "", " ", "  # note: it's [", " #");
const between = fc.constantFrom("", "", "", "\n", "# top\n", "   # deep\n\n", "  \n");

/** The header of a literal scalar with its lines, which are indented deeper than the key. */
const literal = fc
  .tuple(
    fc.constantFrom("|", "|-", "|+", "| "),
    fc.array(fc.constantFrom("a", "", "  b: c", "# d", " ", "- e", "'"), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("  ", " ", "     "),
  )
  .map(([header, lines, by]) => [` ${header}`, ...lines.map((line) => (line === "" ? "" : by + line))]);

type Lines = readonly string[];
type Block = { readonly lines: Lines; readonly list: boolean };

const indented = (by: string, lines: Lines): string[] => lines.map((line) => by + line);

/** Blocks as people write them, as lines without their own indentation. */
const { block } = fc.letrec<{ block: Block; value: Lines }>((tie) => ({
  // The first line follows behind a key or dash, the others are indented deeper.
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.tuple(scalar, comment).map(([text, end]) => [` ${text}${end}`]),
    literal,
    fc
      .tuple(fc.nat(2), comment)
      .map(([spaces, end]) => [" ".repeat(spaces) + (end === " #" || spaces ? end : "")]),
    fc
      .tuple(fc.constantFrom("  ", "    ", " "), tie("block"), comment)
      .map(([by, { lines }, end]) => [end, ...indented(by, lines)]),
  ),
  block: fc.oneof(
    fc
      .uniqueArray(fc.tuple(key, tie("value")), { selector: ([name]) => name, minLength: 1, maxLength: 4 })
      .map((entries) => ({
        list: false,
        lines: entries.flatMap(([name, [first, ...rest]]) => [`${name}:${first}`, ...rest]),
      })),
    fc.array(fc.oneof(tie("value"), tie("block")), { minLength: 1, maxLength: 4 }).map((items) => ({
      list: true,
      lines: items.flatMap((item) => {
        const [first, ...rest] = "lines" in item ? indented("  ", item.lines) : item;
        return ["lines" in item ? `-${first!.slice(1)}` : `-${first}`, ...rest];
      }),
    })),
  ),
}));

test("what people write is read line by line, and as the library reads it", () => {
  let taken = 0;
  let valid = 0;
  fc.assert(
    fc.property(block, fc.array(between), fc.constantFrom("\n", "\n", "\r\n"), fc.boolean(), (...drawn) => {
      const [{ lines }, gaps, newLine, marked] = drawn;
      const text = lines.map((line, i) => `${gaps[i] ?? ""}${line}\n`).join("");
      const written = (marked ? `---\n${text}` : text.trimEnd()).replaceAll("\n", newLine);
      if (expectSame(written)) {
        taken++;
        valid++;
      } else if (readYamlDocument(written, "a.yaml").problems.length === 0) valid++;
    }),
    { numRuns: 3_000 },
  );
  expect(taken / valid).toBeGreaterThan(0.7);
});

test("whatever the line reader takes, the library takes and reads the same", () => {
  const piece = fc.constantFrom(
    ...[
      "a",
      "b",
      "1",
      ":",
      ": ",
      " ",
      "  ",
      "\n",
      "\n",
      "\n  ",
      "- ",
      "-",
      "#",
      " #",
      "'",
      '"',
      "[",
      "]",
      ", ",
      ",",
    ],
    ...[
      "{",
      "}",
      "|",
      ">",
      "&x",
      "*x",
      "!t",
      "?",
      "? ",
      "%",
      "@",
      "`",
      "\t",
      "\r\n",
      "---",
      "...",
      "\\",
      "~",
      ".",
    ],
    ...[
      "a: ",
      "b: ",
      "a:\n  ",
      "'c': ",
      "null",
      "<<: ",
      "__proto__: ",
      "=",
      `\${A}`,
      "\u00a0",
      "\u2028",
      "\u0085",
    ],
  );
  const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
  let taken = 0;
  fc.assert(
    fc.property(soup, (text) => {
      if (expectSame(text)) taken++;
    }),
    { numRuns: 20_000 },
  );
  expect(taken).toBeGreaterThan(100);
});

describe("declined, and read by the library", () => {
  test.each([
    "a: &x 1\nb: *x\n",
    "a: {b}\n",
    "a: [b, {c: [1,\n  2]}]\n",
    "a: >\n  text\n",
    "a: |2\n   text\n",
    "a: b\n  c\n",
    "a:\n  b\n",
    "? a\n: b\n",
    "a:\tb\n",
    "a: 1\rb",
    "%YAML 1.2\n---\na: 1\n",
    'a: "b\n  c"\n',
    "text",
  ])("%j", (text) => {
    expect(readYamlLines(text, "a.yaml")).toBeUndefined();
    expect(readYaml(text, "a.yaml")).toEqual(readYamlDocument(text, "a.yaml"));
    expect(readYaml(text, "a.yaml").problems).toEqual([]);
  });

  test.each([
    "a: 1\na: 2\n",
    "a: 1\n---\nb: 2\n",
    "a: 1\n b: 2\n",
    "a: 'b\n",
    "a: [1\n",
    "a: b: c\n",
    "__proto__: 1\n",
  ])("%j, with its problem", (text) => {
    expect(readYamlLines(text, "a.yaml")).toBeUndefined();
    expect(readYaml(text, "a.yaml").problems).toHaveLength(1);
  });
});

test.each([
  ["maps", "a:\n", " "],
  ["lists", "-\n", " "],
])("%s nested deeper than allowed are refused", (_name, line, by) => {
  const text = Array.from({ length: 120 }, (_, depth) => by.repeat(depth) + line).join("");
  expect(readYaml(text, "a.yaml").problems).toHaveLength(1);
});
