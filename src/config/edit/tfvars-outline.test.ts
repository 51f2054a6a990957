import { describe, expect, test } from "vitest";
import { plainValue } from "../../model/source-tree.ts";
import { tfvarsOutline } from "./tfvars-outline.ts";

describe("values", () => {
  test.each<[text: string, value: unknown]>([
    ["1", 1],
    ["-1.5e3", -1500],
    ["null", null],
    ["true /* yes */", true],
    ['"a\\n\\"\\\\\\u00e9\\U0001F600 $$\u007bx} %%{y} $5 %"', 'a\n"\\é😀 $\u007bx} %{y} $5 %'],
    ["<<EOT\n  a \\n\n $$\u007bb}\nEOT", "  a \\n\n $\u007bb}\n"],
    ["<<-EOT\n    a\n\n      b\n  EOT", "a\n\n  b\n"],
    ["<<E\r\nx\r\nE", "x\n"],
    ["<<E\nE", ""],
    ["<<E\nEE\nE", "EE\n"],
    ['[1, "]", # x\n [], // y\n { a = 1 }, ]', [1, "]", [], { a: 1 }]],
    ['{ a = 1, "b c" : 2 }', { a: 1, "b c": 2 }],
    ["{\n a = 1 # a\n\n b = { c = <<E\n}\nE\n }\n}", { a: 1, b: { c: "}\n" } }],
    ["{}", {}],
  ])("%j", (text, value) => {
    const { root, problems } = tfvarsOutline(`x = ${text}\n# end\ny-1 = 2`, "a.tfvars");
    expect(problems).toEqual([]);
    expect(root && { ...(plainValue(root) as object) }).toEqual({ x: value, "y-1": 2 });
  });
});

test.each([
  ["a 1", "1:3"],
  ["a = ", "1:5"],
  ["a = 1.", "1:5"],
  ["a = truely", "1:5"],
  ["a = [1 2]", "1:8"],
  ["a = {", "1:6"],
  ['a = "x\n"', "1:5"],
  ["a : 1", "1:3"],
  ['"a" = 1', "1:1"],
  ["a = 1, b = 2", "1:6"],
  [`a = ${"[".repeat(200)}`, "1:106"],
])("%j is refused at %s, and its text is not told", (text, where) => {
  const { problems } = tfvarsOutline(text, "a");
  expect(problems.map(({ kind, place }) => `${kind} ${place.line}:${place.column}`)).toEqual([
    `syntax ${where}`,
  ]);
});
