import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nastyText, problemsOf, valuesOf } from "./dotenv.fixture.ts";

/** What Node gives; no variable has an empty name. */
function nodes(text: string): unknown {
  const { "": _, ...values } = parseEnv(text);
  return values;
}

describe("names and values are those of node:util parseEnv", () => {
  test.each([
    "A=1\nB=2",
    "A=\nB=1",
    "A= \nB=1",
    "A = 1 ",
    "export A=1\nexport  B=2\nexport C=\nexport D=",
    "A B=1\n\tC\t=\t1\t",
    "A.B=1\n1=2",
    "A=a#b\nB=a #b\nC=#b",
    "A='a'b\nB=\"b\" c\nC=`c`#c",
    "A=\"x\ny\"\nB='x\ny'\nC=`x\ny`",
    'A="a\\nb\\tc"\nB=\'a\\nb\'\nC="\\"\nD=1',
    'A="open\nB=1',
    'A="open',
    "A= \n\n 'x'",
    "A=1\n #B=2\nC='3'\n #D=4",
    "nonsense\nA=1\nnonsense",
    "=x\nA=1\n==\nB=2\n=C=3",
    "A=1\r\nB=2\rC=3\r\n\r\nD='\r\n'",
    "\ufeffA=1",
    "A=${B} $B \\$B $(whoami) `id`",
    "A=one\nA=two",
    "A=x\u00a0\u2028y\u00a0",
  ])("%j", (text) => {
    expect(valuesOf(text, "node")).toEqual(nodes(text));
  });

  test("of any text", () => {
    const law = fc.property(nastyText, (text) => {
      expect(valuesOf(text, "node")).toEqual(nodes(text));
    });
    fc.assert(law, { numRuns: 2000 });
  });
});

describe("what Node skips is said", () => {
  const rows: [text: string, expected: string[]][] = [
    ["A=1\n  nonsense\nB=2", ["warning SETTING_SYNTAX 2:3"]],
    ["A=1\r\n=x\r\nB=2", ["warning SETTING_SYNTAX 2:1", "warning SETTING_SYNTAX 2:2"]],
    ["A='a' b\nB='b' # b", ["warning SETTING_SYNTAX 1:3"]],
    ["A='open", ["warning SETTING_SYNTAX 1:3"]],
    ["export A=", ["warning SETTING_NAME 1:1"]],
    ["A=1\nexport A=2", ["warning SETTING_DUPLICATE 2:8"]],
  ];
  test.each(rows)("%j", (text, expected) => {
    expect(problemsOf(text, "node")).toEqual(expected);
  });
});
