import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRingfenceError } from "../base/error.ts";
import { DOTENV_DIALECTS, type DotenvDialect } from "../model/layer.ts";
import { evaluatedOf, nastyText, nastyValue, valuesOf } from "./dotenv.fixture.ts";
import { DIALECTS, parseDotenv } from "./dotenv.ts";
import { type DotenvEdit, editDotenv } from "./dotenv-edit.ts";
import type { Assignment } from "./dotenv-reading.ts";

const set = (name: string, text: string): DotenvEdit => ({ kind: "set", name, text });
const reference = (name: string, text: string): DotenvEdit => ({
  kind: "set",
  name,
  text,
  interpolated: true,
});
const remove = (name: string): DotenvEdit => ({ kind: "remove", name });
const rename = (name: string, to: string): DotenvEdit => ({ kind: "rename", name, to });

describe("an edit changes what it is about, and every other byte stays", () => {
  const rows: [dialect: DotenvDialect, text: string, edit: DotenvEdit, expected: string][] = [
    ["ringfence", "# c\nA=1 # one\n\nB=2\n", set("A", "x"), "# c\nA=x # one\n\nB=2\n"],
    ["ringfence", "\ufeffexport A = 'a'  # c\r\nB=1", set("A", "x y"), "\ufeffexport A = 'x y'  # c\r\nB=1"],
    ["ringfence", "A=  # c\nB=1", set("A", "x"), "A=x  # c\nB=1"],
    ["ringfence", "A=1", set("A", ""), "A="],
    ["ringfence", "A='1'", set("A", ""), "A=''"],
    ["ringfence", "A='1'", set("A", "it's"), "A=it's"],
    ["ringfence", "A=1", set("A", "it's"), "A=it's"],
    ["ringfence", "A=1", set("A", " padded "), "A=' padded '"],
    ["ringfence", "A=1", set("A", "a #b"), "A='a #b'"],
    ["ringfence", "A=1", set("A", "a#b"), "A=a#b"],
    ["ringfence", "A=1 # c", set("A", "one\ntwo"), "A='one\ntwo' # c"],
    ["ringfence", "A=1\r\nB=2\r\n", set("A", "one\ntwo"), "A='one\r\ntwo'\r\nB=2\r\n"],
    ["ringfence", "A=1", set("A", "one\r\ntwo"), 'A="one\\r\ntwo"'],
    ["ringfence", 'A="1"', set("A", 'C:\\new "x"'), 'A="C:\\\\new \\"x\\""'],
    ["ringfence", "A=1", set("A", "${B}"), "A=$${B}"],
    ["ringfence", 'A="1"', set("A", "${B}"), 'A="\\${B}"'],
    ["ringfence", "A='1'", set("A", "${B}"), "A='${B}'"],
    ["ringfence", "A='1'", reference("A", "${B}"), "A=${B}"],
    ["ringfence", "A=", set("A", "$(id) `id` $B"), "A=$(id) `id` $B"],
    ["ringfence", "A=1\nB=2\nA=3", set("A", "x"), "A=1\nB=2\nA=x"],
    ["ringfence", "A='same' ", set("A", "same"), "A='same' "],
    ["ringfence", "A=1\n# end", set("B", "2"), "A=1\n# end\nB=2"],
    ["ringfence", "A=1\r\n", set("B", "2"), "A=1\r\nB=2\r\n"],
    ["ringfence", "", set("B", "2"), "B=2\n"],
    ["ringfence", "nonsense\nA='1'x\nB=1\n", set("B", "2"), "nonsense\nA='1'x\nB=2\n"],
    ["ringfence", "# c\nA=1 # one\nB='x\ny'\nA=2\n", remove("A"), "# c\nB='x\ny'\n"],
    ["ringfence", "A=1\n  export B='x\ny' # c\nC=3", remove("B"), "A=1\nC=3"],
    ["ringfence", "A=1\n", remove("B"), "A=1\n"],
    ["ringfence", "export A = '1' # A\nA=2\nB=${A}", rename("A", "C"), "export C = '1' # A\nC=2\nB=${A}"],
    ["dotenv", "A: 1 # c\r\nB=2", set("A", "a#b"), "A: 'a#b' # c\r\nB=2"],
    ["dotenv", "A=1", set("A", "$B \\$ $5"), "A=\\$B \\\\$ $5"],
    ["dotenv", "A='1'", reference("A", "$B"), "A='$B'"],
    ["dotenv", "A=1#c", set("A", "'\"x"), "A=`'\"x`#c"],
    ["dotenv", "A=1#c", set("A", "'\"`x"), "A=''\"`x'#c"],
    ["dotenv", "A=1\nA=2\rB=3", remove("A"), "\rB=3"],
    ["compose", "A=1 # c", set("A", "$B $5 $$"), "A=$$B $5 $$$ # c"],
    ["compose", "A='1'", set("A", "it's"), "A='it\\'s'"],
    ["compose", 'A="1"B=2\n', remove("A"), "B=2\n"],
    ["compose", 'A="1"B=2\n', set("A", "x\\n\n"), 'A="x\\\\n\n"B=2\n'],
    ["compose", "  A # c\nB=1\n", set("B", "2"), "  A # c\nB=2\n"],
    ["compose", "A\nB=1\n", set("A", "2"), "A=2\nB=1\n"],
    ["compose", "A\nB=1\nA=2\n", remove("A"), "B=1\n"],
    ["compose", "A\nB=1\nA=2\n", rename("A", "C"), "C\nB=1\nC=2\n"],
    ["node", "A=1 # c", set("A", "a # b ${B} $B"), "A='a # b ${B} $B' # c"],
    ["node", 'A="1" junk\nB=2', set("A", "a\\nb"), "A='a\\nb' junk\nB=2"],
    ["node", "A=1\r\nB=2\r\n", set("A", "one\ntwo"), "A='one\r\ntwo'\r\nB=2\r\n"],
  ];
  test.each(rows)("%s %j %j", (dialect, text, edit, expected) => {
    expect(editDotenv(text, [edit], dialect)).toBe(expected);
  });

  test("several edits are made one after the other", () => {
    const edits = [set("A", "2"), rename("A", "B"), set("C", "3"), remove("D"), set("B", "4")];
    expect(editDotenv("A=1\nD=1\n", edits)).toBe("B=4\nC=3\n");
  });
});

describe("what a dialect can't express is refused", () => {
  const rows: [dialect: DotenvDialect, text: string, edit: DotenvEdit][] = [
    ["ringfence", "A=1", set("A", "a\u0000")],
    ["ringfence", "A=1", set("A", "\ud800")],
    ["ringfence", "A=\u0000", set("A", "1")],
    ["ringfence", "A=1", set("B-C", "1")],
    ["ringfence", "A=1", reference("A", "${B")],
    ["ringfence", "A=1", rename("A", "B C")],
    ["ringfence", "A=1\nB=2", rename("A", "B")],
    ["ringfence", "A=1", rename("B", "C")],
    ["ringfence", "A=\n\ufeffA=\n", remove("A")],
    ["dotenv", "A=1", set("A", "'\"`#\n")],
    ["dotenv", "B=\nA=1\n'x'", remove("A")],
    ["node", "A=1", set("A", "x'\"`#")],
    ["node", "A=1", set("A", "one\r\ntwo")],
    ["node", "A=1", reference("A", "${B}")],
  ];
  test.each(rows)("%s %j %j", (dialect, text, edit) => {
    let thrown: unknown;
    try {
      editDotenv(text, [edit], dialect);
    } catch (error) {
      thrown = error;
    }
    expect(isRingfenceError(thrown, "CONFIG_UNEDITABLE")).toBe(true);
  });
});

/** The edited text; undefined where the dialect refuses. */
function edited(text: string, edit: DotenvEdit, dialect: DotenvDialect): string | undefined {
  try {
    return editDotenv(text, [edit], dialect);
  } catch (error) {
    if (isRingfenceError(error, "CONFIG_UNEDITABLE")) return undefined;
    throw error;
  }
}

/** The assignment that gives a name its value, or else one that only names it. */
function winnerOf(text: string, name: string, dialect: DotenvDialect): Assignment | undefined {
  const named = DIALECTS[dialect].read(text).assignments.filter((assignment) => assignment.name === name);
  return named.findLast(({ value }) => value !== undefined) ?? named.at(-1);
}

const someText = fc.oneof(
  nastyText.map((text) => text.replace(/^\ufeff/, "")),
  fc
    .array(fc.constantFrom("A=1", "export B = 'b' # c", "# c", "", 'C="x\ny"', "A: 2", "D=${A}", "KEY"), {
      maxLength: 8,
    })
    .chain((lines) => fc.constantFrom(lines.join("\n"), `${lines.join("\r\n")}\r\n`)),
);
const someValue = fc.oneof(
  nastyValue,
  nastyText,
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\u0000", "")),
);

describe.each(DOTENV_DIALECTS)("laws of %s", (dialect) => {
  test("a value that is set reads back exactly; all others keep theirs; what is around it stays", () => {
    const law = fc.property(someText, fc.constantFrom("A", "B", "C", "N"), someValue, (text, name, value) => {
      const result = edited(text, set(name, value), dialect);
      if (result === undefined) return;
      const before = valuesOf(text, dialect);
      const read = parseDotenv(result, ".env", dialect).entries.find((entry) => entry.name === name)!;
      const others = valuesOf(result, dialect);
      expect({ ...others, [name]: 0 }).toEqual({ ...before, [name]: 0 });
      if (!read.interpolated || dialect === "node") expect(read.value).toBe(value);
      const winner = winnerOf(text, name, dialect);
      expect(result.startsWith(text.slice(0, winner?.valueStart))).toBe(true);
      if (winner) expect(result.endsWith(text.slice(winner.valueEnd))).toBe(true);
    });
    fc.assert(law, { numRuns: 1000 });
  });

  test("a literal value stays literal when it is interpolated", () => {
    const law = fc.property(someValue, (value) => {
      const result = edited("A=1\nE=\nX='old' # c\n", set("X", value), dialect);
      if (result !== undefined) expect(evaluatedOf(result, dialect)).toEqual({ A: "1", E: "", X: value });
    });
    fc.assert(law, { numRuns: 1000 });
  });

  test("any usual value can be set", () => {
    const usual = fc.array(fc.constantFrom(..."ab1 '\"#$\\{}=/:@\n"), { maxLength: 12 });
    const law = fc.property(usual, (parts) => {
      const value = parts.join("");
      fc.pre(dialect === "ringfence" || dialect === "compose" || !/['"\\]/.test(value));
      const result = editDotenv("A=1\n", [set("A", value)], dialect);
      expect(evaluatedOf(result, dialect)).toEqual({ A: value });
    });
    fc.assert(law, { numRuns: 1000 });
  });

  test("a name that is removed is gone, a renamed one keeps its value; all others stay", () => {
    const law = fc.property(someText, fc.constantFrom("A", "B", "C"), (text, name) => {
      const { [name]: value, ...others } = valuesOf(text, dialect);
      const without = edited(text, remove(name), dialect);
      if (without !== undefined) expect(valuesOf(without, dialect)).toEqual(others);
      const renamed = edited(text, rename(name, "NEW"), dialect);
      if (renamed === undefined) return;
      expect(valuesOf(renamed, dialect)).toEqual(value === undefined ? others : { ...others, NEW: value });
      expect(renamed.replaceAll("NEW", name)).toBe(text);
    });
    fc.assert(law, { numRuns: 1000 });
  });
});

test("an edit never makes a byte order mark of what was a part of a line", () => {
  const text = "A=\n\ufeffD: v\n";
  expect(() => editDotenv(text, [{ kind: "remove", name: "A" }], "compose")).toThrow(
    expect.objectContaining({ code: "CONFIG_UNEDITABLE" }),
  );
});
