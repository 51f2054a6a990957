import fc from "fast-check";
import { expect, test } from "vitest";
import type { SettingValue } from "../model/setting.ts";
import { readTfvars } from "../model/source-hcl.ts";
import { plainValue } from "../model/source-tree.ts";
import { hclKey, hclValue } from "./hcl-text.ts";

const template = (marks: string): string => `${marks}{d}`;

test.each<[value: SettingValue, text: string]>([
  ["a\n\t\"\\'", String.raw`"a\n\t\"\\'"`],
  [template("$"), `"${template("$$")}"`],
  [template("%"), `"${template("%%")}"`],
  [template("$$"), `"\\u0024${template("$$")}"`],
  ["$5 100%", '"$5 100%"'],
  ["\b\u007f\u2028", String.raw`"\u0008\u007f\u2028"`],
  [[1, "x", null, true], '[1, "x", null, true]'],
  [{}, "{}"],
  [{ a: 1, "b c": { "d-e": [] } }, '{ a = 1, "b c" = { d-e = [] } }'],
  [{ for: 1, null: 2, form: 3 }, '{ "for" = 1, "null" = 2, form = 3 }'],
])("%j is written as %s", (value, text) => expect(hclValue(value)).toBe(text));

test("whatever is written is read as it was", () => {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.stringMatching(/^[$%{}"\\]{0,6}$/));
  const key = text.filter((name) => name !== "__proto__");
  fc.assert(
    fc.property(fc.dictionary(key, fc.oneof(text, fc.array(text))), key, (value, name) => {
      const { root, problems } = readTfvars(`a = { ${hclKey(name)} = ${hclValue(value)} }`, "a");
      expect(problems).toEqual([]);
      expect(root && JSON.parse(JSON.stringify(plainValue(root)))).toEqual({ a: { [name]: { ...value } } });
    }),
  );
});
