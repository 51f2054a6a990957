import fc from "fast-check";
import { expect, test } from "vitest";
import type { LayerDeclaration } from "../model/project.ts";
import { layerChanges } from "./index.ts";

const place = { file: "ringfence.yaml", line: 1, column: 1 };

function changes(format: LayerDeclaration["format"], before: string | undefined, after: string | undefined) {
  const declaration = {
    path: "a",
    format,
    dialect: "ringfence",
    optional: true,
    final: false,
    only: undefined,
    program: undefined,
    place,
  } as const;
  return layerChanges({ declaration, path: "a", before, after }, []);
}

test.each([
  ["a value", "A=1\nB=2\n", "A=1\nB=3\n", [{ name: "B", before: "2", after: "3" }]],
  ["a key more", "A=1\n", "A=1\nB=\n", [{ name: "B", before: undefined, after: "" }]],
  ["a key less", "A=1\nB=2\n", "A=1\n", [{ name: "B", before: "2", after: undefined }]],
  ["comments, spacing, order", "# x\nA=1\nB=2\n", "B = 2\r\nA=1 # y\n", []],
  [
    "quotes that make a value literal",
    `A="\${B}"\n`,
    `A='\${B}'\n`,
    [{ name: "A", before: `\${B}`, after: `\${B}` }],
  ],
  ["a new file", undefined, "A=1\n", [{ name: "A", before: undefined, after: "1" }]],
  ["a file that goes", "A=1\n", undefined, [{ name: "A", before: "1", after: undefined }]],
  ["what can be read of a broken text", "A=1\n", 'A=2\nB="open\n', [{ name: "A", before: "1", after: "2" }]],
] as const)("%s", (_, before, after, expected) => {
  expect(changes("dotenv", before, after)).toEqual(expected);
});

test("a type in YAML counts, its notation does not", () => {
  expect(changes("yaml", "a: 1\nb: { c: x }\n", 'a: "1"\nb:\n  c: "x"\n')).toEqual([
    { name: "A", before: 1, after: "1" },
  ]);
});

test("a text differs from itself in nothing, and both ways in the same keys", () => {
  const text = fc
    .dictionary(fc.constantFrom("A", "B", "C", "D"), fc.stringMatching(/^[a-z]{0,2}$/))
    .map((data) =>
      Object.entries(data)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(changes("dotenv", a, a)).toEqual([]);
      const names = (list: ReturnType<typeof changes>) => list.map(({ name }) => name).sort();
      expect(names(changes("dotenv", a, b))).toEqual(names(changes("dotenv", b, a)));
    }),
  );
});
