import { expect, test } from "vitest";
import { readTfvars } from "./source-hcl.ts";
import { readJson } from "./source-json.ts";
import { plainValue, type SourceSpans } from "./source-tree.ts";

const JSON_TEXT = ' {"a" : [1, {"b":"}\\""} , []],\n\t"c\\u0064": {"e": null , "f": -1.5e3}\r\n} ';
const HCL_TEXT = `# a
a = [1, "]", # ]
  { b = true }]
c-d /* = */ = <<-EOT
    }
  EOT
e = {
  "f g" : { h = "\\"" } # }
  i = null, j = 1.50
}
`;

test.each([
  [
    "json",
    JSON_TEXT,
    readJson,
    (value: string) => `{"x":${value}}`,
    ['"a"', '"b"', '"c\\u0064"', '"e"', '"f"'],
  ],
  [
    "tfvars",
    HCL_TEXT,
    readTfvars,
    (value: string) => `x = ${value}\n`,
    ['"f g"', "a", "b", "c-d", "e", "h", "i", "j"],
  ],
] as const)("%s: each value can stand alone, cut out by its span", (_format, text, read, alone, expected) => {
  const spans: SourceSpans = new Map();
  const { root, problems } = read(text, "a", spans);
  expect(problems).toEqual([]);
  const keys: string[] = [];
  for (const [one, { from, to }] of spans) {
    const written = text.slice(from, to);
    if (!("kind" in one)) keys.push(written);
    else expect(plainValue(read(alone(written), "a").root!)).toEqual({ x: plainValue(one) });
  }
  expect(keys.sort()).toEqual(expected);
  expect(root).toEqual(read(text, "a").root);
});
