import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Document, isCollection, isMap, isScalar, parse, parseDocument, visit } from "yaml";
import type { Json } from "../../base/canonical-json.ts";
import { isRingfenceError } from "../../base/error.ts";
import { withValue } from "./yaml.ts";

const KEY = { key: "ed25519:ab+/c=" };

describe("one value is set", () => {
  test.each<[name: string, text: string, path: string[], value: Json, expected: string]>([
    ["a scalar", "a: 1 # one\nb:   'x'  # two\n", ["b"], "z", "a: 1 # one\nb:   z  # two\n"],
    ["a value that is the same", "a: { b: [1,2] }\n", ["a", "b"], [1, 2], "a: { b: [1,2] }\n"],
    ["a key at the end of a map", "a:\n    b: 1\nc: 2\n", ["a", "d"], "x", "a:\n    b: 1\n    d: x\nc: 2\n"],
    ["a list", "a:\n  b: 1\nc: [D,I]\n", ["a", "r"], ["age1x"], "a:\n  b: 1\n  r:\n    - age1x\nc: [D,I]\n"],
    [
      "a map in a missing parent",
      "a: 1\n",
      ["people", "ada"],
      KEY,
      "a: 1\npeople:\n  ada:\n    key: ed25519:ab+/c=\n",
    ],
    [
      "a section, apart as the others are",
      "a: 1\n\nb: 2\n# end\n",
      ["c"],
      3,
      "a: 1\n\nb: 2\n\nc: 3\n# end\n",
    ],
    [
      "in a parent without a value",
      "a:   # none yet\nb: 1\n",
      ["a", "x"],
      "z",
      "a:   # none yet\n  x: z\nb: 1\n",
    ],
    [
      "in a parent that is null",
      "a: ~ # none\nb: 1\n",
      ["a", "x", "z"],
      "z",
      "a: # none\n  x:\n    z: z\nb: 1\n",
    ],
    [
      "in an empty flow map",
      "p: {}  # nobody\nb: {}\n",
      ["p", "ada"],
      KEY,
      "p:  # nobody\n  ada:\n    key: ed25519:ab+/c=\nb: {}\n",
    ],
    ["in a flow map", "p: { a: 1 , b: [x] }\n", ["p", "c"], "d e", 'p: { a: 1 , b: [x], c: "d e" }\n'],
    ["in a flow map with a last comma", "p: { a: 1, }\n", ["p", "c"], 2, "p: { a: 1, c: 2, }\n"],
    [
      "in JSON",
      '{\n  "a": 1,\n  "b": {"x": 1}\n}\n',
      ["c", "d"],
      "e",
      '{\n  "a": 1,\n  "b": {"x": 1},\n  "c": { "d": "e" }\n}\n',
    ],
    ["of a flow map, also without a value", "p: { a: , b }\n", ["p", "b"], 2, "p: { a: , b: 2 }\n"],
    [
      "more items of a list",
      "r:\n- a # ada's\n\n# of ben\n- b\ns: 1\n",
      ["r"],
      ["a", "b", "c"],
      "r:\n- a # ada's\n\n# of ben\n- b\n- c\ns: 1\n",
    ],
    ["more items of a flow list", "r: [ a,b ] # two\n", ["r"], ["a", "b", "c"], "r: [ a,b, c ] # two\n"],
    [
      "other items of a list",
      "r: # who\n    - a # ada\n    - b\ns: 1\n",
      ["r"],
      ["b"],
      "r: # who\n    - b\ns: 1\n",
    ],
    [
      "a scalar for a list",
      "r: # who\n  - a\n  - b # ben\n\n# s\ns: 1\n",
      ["r"],
      1,
      "r: 1 # who\n\n# s\ns: 1\n",
    ],
    ["a map for a list", "r:\n- a\ns: 1\n", ["r"], { a: 1 }, "r:\n  a: 1\ns: 1\n"],
    ["for a block of text", "t: |\n  one\n  two\n\nu: 1\n", ["t"], "x", "t: x\n\nu: 1\n"],
    [
      "behind a block of text",
      "m:\n  t: |+\n    one\n\nu: 1\n",
      ["m", "v"],
      "x",
      "m:\n  t: |+\n    one\n\n  v: x\nu: 1\n",
    ],
    [
      "with line ends of Windows",
      "a:\r\n  b: 1\r\nc: 1\r\n",
      ["a", "d"],
      ["e"],
      "a:\r\n  b: 1\r\n  d:\r\n    - e\r\nc: 1\r\n",
    ],
    ["without a last line feed", "a: 1", ["b"], ["x"], "a: 1\nb:\n  - x"],
    ["what YAML does not print", "a: 1\n", ["b"], "x\u0085\u007f", 'a: 1\nb: "x\\u0085\\u007f"\n'],
    ["behind a byte order mark", "\ufeffa: 1\n", ["b"], 2, "\ufeffa: 1\nb: 2\n"],
    ["in an empty text", "", ["a", "b"], "c", "a:\n  b: c\n"],
    ["in a text of comments", "# nothing", ["a"], {}, "# nothing\na: {}\n"],
    ["in an empty map", "{}\n", ["a"], 1, "a: 1\n"],
    ["through an alias", "a: &x { h: 1 }\nb: *x\n", ["b", "r"], 2, "a: &x { h: 1 }\nb:\n  h: 1\n  r: 2\n"],
    [
      "that some parser would take for another",
      "a: 1\n",
      ["yes"],
      ["no", "1", ""],
      'a: 1\n"yes":\n  - "no"\n  - "1"\n  - ""\n',
    ],
  ])("%s", (_name, text, path, value, expected) => {
    expect(withValue(text, path, value)).toBe(expected);
  });

  test("is refused when others refer to the old one, with the lines to write", () => {
    const text = "a: &x [one]\nb: *x\n";
    const refused = () => withValue(text, ["a"], ["two"]);
    expect(refused).toThrow(expect.objectContaining({ code: "CONFIG_UNEDITABLE" }));
    try {
      refused();
    } catch (error) {
      expect(isRingfenceError(error) && error.fix).toBe("write it by hand:\na:\n  - two");
    }
  });
});

const name = fc.stringMatching(/^[a-z]{1,3}$/);
const scalar = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    12,
    1.5,
    "yes",
    "",
    "x: y",
    "# no comment",
    "two\nlines\n",
    " padded ",
    "- dash",
  ),
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9 _.-]{0,90}$/),
);
const data = fc.letrec<{ value: Json; map: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("map"),
  ),
  map: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));

interface Style {
  readonly choices: readonly number[];
  readonly eol: string;
  readonly isEnded: boolean;
  readonly indent: number;
  readonly indentSeq: boolean;
}

const style: fc.Arbitrary<Style> = fc.record({
  choices: fc.array(fc.nat(11), { minLength: 40, maxLength: 40 }),
  eol: fc.constantFrom("\n", "\r\n"),
  isEnded: fc.boolean(),
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
});

/** The same data, written as people write: some maps and lists in braces, comments and blank lines anywhere. */
function written(value: Json, { choices, eol, isEnded, indent, indentSeq }: Style): string {
  const document = new Document(value);
  let at = 0;
  const next = () => choices[at++ % choices.length]!;
  visit(document, {
    Node(_key, node) {
      const choice = next();
      // A comment before braces is written so that it reads back as something else.
      if (isCollection(node) && (choice < 3 || node.items.length === 0)) node.flow = true;
      else if (choice === 3) node.commentBefore = " a comment\n of two lines";
      else if (choice === 4 && isScalar(node)) node.comment = " behind it";
      else if (choice === 5) node.spaceBefore = true;
      else if (choice === 6 && isScalar(node) && typeof node.value === "string") node.type = "QUOTE_SINGLE";
    },
  });
  const text = document.toString({ indent, indentSeq, lineWidth: 40 }).replaceAll("\n", eol);
  return isEnded ? text : text.trimEnd();
}

/** Lines (from 0) that may differ: those of the pair that is replaced, or of the braces that it stands in. */
function linesOf(text: string, path: readonly string[]): [from: number, to: number] | undefined {
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length - 1;
  let node: unknown = parseDocument(text).contents;
  let lines: [number, number] | undefined;
  for (const key of path) {
    if (!isMap<unknown, unknown>(node)) return lines;
    if (node.flow && (node.items.length > 0 || !lines))
      return [lineAt(node.range![0]), lineAt(node.range![1])];
    const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
    if (!pair) return node.items.length > 0 ? undefined : lines;
    const end = (pair.value as { range: [number, number, number] } | null)?.range[1] ?? 0;
    lines = [lineAt((pair.key as { range: [number, number, number] }).range[0]), lineAt(end)];
    node = pair.value;
  }
  return lines;
}

/** The data with one value set, made apart from the code under test. */
function changed(value: Json, path: readonly string[], set: Json): Json {
  const result = structuredClone(value) as Record<string, unknown>;
  let at = result;
  for (const key of path.slice(0, -1)) {
    const inner = at[key];
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1)!] = set;
  return result as Json;
}

/** Paths that lead somewhere often enough: mostly along keys that are there. */
function pathIn(value: Json, steps: readonly number[], fresh: readonly string[]): string[] {
  const path: string[] = [];
  let at: Json | undefined = value;
  for (const [depth, step] of steps.entries()) {
    const keys: string[] = typeof at === "object" && at !== null && !Array.isArray(at) ? Object.keys(at) : [];
    const key: string = (step % 3 > 0 ? keys[step % Math.max(1, keys.length)] : undefined) ?? fresh[depth]!;
    path.push(key);
    at = keys.includes(key) ? (at as Readonly<Record<string, Json>>)[key] : undefined;
  }
  return path;
}

test("whatever is set wherever: the data is what it was plus the change, all other lines stay byte by byte", () => {
  const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 3 });
  const fresh = fc.tuple(name, name, name);
  fc.assert(
    fc.property(data.map, style, steps, fresh, data.value, (before, how, walk, names, value) => {
      const text = written(before, how);
      const path = pathIn(before, walk, names);
      const result = withValue(text, path, value);
      expect(parse(result)).toEqual(changed(parse(text) ?? {}, path, value));
      const old = text.split("\n");
      const now = result.split("\n");
      const ended = (line: string | undefined) => line?.replace(/\r$/, "");
      let head = 0;
      while (head < old.length && head < now.length && ended(old[head]) === ended(now[head])) head++;
      let tail = 0;
      const most = Math.min(old.length, now.length) - head;
      while (tail < most && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
      const gone = old.length - head - tail;
      const may = linesOf(text, path);
      if (may && gone > 0) expect([head >= may[0], head + gone - 1 <= may[1]]).toEqual([true, true]);
      else expect(gone).toBe(0);
    }),
    { numRuns: 500 },
  );
});
