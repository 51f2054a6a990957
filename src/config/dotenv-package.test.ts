import { readFileSync } from "node:fs";
import * as dotenv from "dotenv";
import { expand } from "dotenv-expand";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluatedOf, nastyText, nastyValue, problemsOf, valuesOf } from "./dotenv.fixture.ts";

describe("names and values are those of the dotenv package", () => {
  test.each([
    "A=1",
    "A=",
    "A=\nB=1",
    "A = spaced out ",
    "export A=1\nexport  B = 2",
    "export=1",
    "A: yaml\nB:none\nC : no",
    "A=a#b\nB=a #b\nC=#b",
    "A='a'b",
    "A='a' # c\nB=\"b\"#c\nC=`c` # c",
    "A='it\\'s'\nB='x",
    'A="say \\"hi\\"" # c',
    'A="one\ntwo" # c\nB=1',
    "A=\"a\\nb\\rc\\td\"\nB='a\\nb'",
    "A='open\nB=1",
    "A=\n'next line'",
    "A\n= 1",
    "A:\nB=1",
    "A.B=1\nC-D=2\n1=3\n-=4",
    "A=1\r\nB=2\rC=3",
    'A="x\r\ny\rz"',
    "\ufeffA=1",
    "\v\fA=1\u00a0",
    "A=x\u2028B=1",
    "A='\u2028'x'",
    "A='a' b'",
    "A=`back'quo\"tes`",
    'A={"json": "text"}',
    "A=$(whoami) `id`\nB=`id`",
    "A=one\nA=two",
    "A==b=",
    "A='",
    "A=''",
    "A=' '",
    "# A=1\n #B=1\nC=1",
  ])("%j", (text) => {
    expect(valuesOf(text, "dotenv")).toEqual(dotenv.parse(text));
  });

  test("of a file that its own version 1 was tested with", () => {
    const text = readFileSync(new URL("../../node_modules/dotenv-1/test/.env", import.meta.url), "utf8");
    expect(Object.keys(valuesOf(text, "dotenv")).length).toBeGreaterThan(10);
    expect(valuesOf(text, "dotenv")).toEqual(dotenv.parse(text));
  });

  test("of any text", () => {
    const law = fc.property(nastyText, (text) => {
      expect(valuesOf(text, "dotenv")).toEqual(dotenv.parse(text));
    });
    fc.assert(law, { numRuns: 2000 });
  });
});

/** What dotenv-expand makes of the same file in an empty process environment. */
function expanded(text: string): unknown {
  return expand({ parsed: dotenv.parse(text), processEnv: {} }).parsed;
}

describe("references are those of dotenv-expand", () => {
  test.each([
    "$A ${A} ${A}$A",
    "$AB $A-x $1 $ ${ ${} $$",
    "${E} ${U} $U",
    "${A:-d} ${E:-d} ${U:-d} ${A-d} ${E-d} ${U-d}",
    "${A:+t} ${E:+t} ${U:+t} ${A+t} ${E+t} ${U+t}",
    "${U:-${A}} ${U:-${E:-x}} ${U:-$A} ${A:+${U:-y}}",
    "${U:-a:-b} ${U-a-b} ${U:-a+b} ${A:+}",
    "\\$A5 \\${A5} a\\\\b \\\\$A5 \\$",
    "${U:-\\$5} ${U:-\\${Z}}",
    "${U:-{x}} {${A}} }${A}{",
    "${A ${A}",
    "${U.V:-x} $(A) `$A`",
  ])("%j", (value) => {
    for (const quote of ["", "'", '"', "`"]) {
      if (quote && value.includes(quote)) continue;
      const text = `A=one\nE=\nB=${quote}${value}${quote}`;
      expect(evaluatedOf(text, "dotenv")).toEqual(expanded(text));
    }
  });

  test("in any value", () => {
    const law = fc.property(nastyValue, (nasty) => {
      const value = nasty.replace(/\$[A-Za-z_][A-Za-z0-9_]*/g, "$&.");
      // It works by replacing text: where texts join it may find another reference (see below), and $$ becomes $.
      fc.pre(!value.includes("$$"));
      const text = `A=one\nE=\nB='${value}'`;
      const ours = evaluatedOf(text, "dotenv");
      // What could be no name is an error here: dotenv-expand takes it for the empty text.
      fc.pre(ours !== undefined);
      fc.pre(!/\$[A-Za-z_{$]/.test(ours.B ?? ""));
      expect(ours).toEqual(expanded(text));
    });
    fc.assert(law, { numRuns: 2000 });
  });

  test("but what a value brings with it is not read again", () => {
    expect(evaluatedOf("A='\\$B'\nB=2\nC=$A", "dotenv")).toEqual({ A: "$B", B: "2", C: "$B" });
    expect(evaluatedOf("A=a\nB='$$A'", "dotenv")).toEqual({ A: "a", B: "$a" });
    expect(evaluatedOf("A=a\nB='${U:-$A}x'", "dotenv")).toEqual({ A: "a", B: "ax" });
    expect(evaluatedOf("B='${A:?x}'", "dotenv")).toBeUndefined();
  });
});

describe("what the package skips is said", () => {
  const rows: [text: string, expected: string[]][] = [
    ["A=1\n  nonsense\nB=2", ["warning SETTING_SYNTAX 2:3"]],
    ["nonsense\r\n# A=1\r\n\r\n=x\r\nA=1", ["warning SETTING_SYNTAX 1:1", "warning SETTING_SYNTAX 4:1"]],
    ["export A", ["warning SETTING_SYNTAX 1:1"]],
    ["A='open\nB=1", ["warning SETTING_SYNTAX 1:3"]],
    ["A='a'b", ["warning SETTING_SYNTAX 1:3"]],
    ["A.B=1", ["warning SETTING_NAME 1:1"]],
    ["A=1\n\n  export A=2", ["warning SETTING_DUPLICATE 3:10"]],
    ["A=\u0000", ["error SETTING_SYNTAX 1:3"]],
    ["A=1 # c\n# c\n\n B: 2", []],
    ["B : 2", ["warning SETTING_SYNTAX 1:1"]],
  ];
  test.each(rows)("%j", (text, expected) => {
    expect(problemsOf(text, "dotenv")).toEqual(expected);
  });
});
