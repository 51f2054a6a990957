/** The side of the proof that is no manifest, held against the packages that projects use. */
import { parse } from "dotenv";
import { expand } from "dotenv-expand";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type PlainFile, plainValues } from "./plain-values.ts";

const texts = (files: readonly PlainFile[]) =>
  Object.fromEntries([...plainValues(files, "dotenv-expand")].map(([name, { text }]) => [name, text]));
const dotenv = (path: string, text: string): PlainFile => ({ path, format: "dotenv", text });

const line = fc
  .tuple(
    fc.constantFrom("A", "B", "C"),
    fc.string({ unit: fc.constantFrom(..."ab'\"`\\# =\n\r\t"), maxLength: 10 }),
  )
  .map(([name, value]) => `${name}=${value}\n`);

test(".env files without references are what the dotenv package reads, the later file over the earlier", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 4 }), (low, high) => {
      const [below, above] = [low.join(""), high.join("")];
      expect(texts([dotenv(".env", below), dotenv("x/.env", above)])).toEqual({
        ...parse(below),
        ...parse(above),
      });
    }),
    { numRuns: 300 },
  );
});

test("references are followed as dotenv-expand does, also into another file", () => {
  const [below, above] = [
    `HOST=h\nURL=http://$HOST/\${PORT:-80}\n`,
    `PORT=1\nALL=\${URL}-\${NONE}\n`,
  ] as const;
  const all = expand({ parsed: { ...parse(below), ...parse(above) }, processEnv: {} }).parsed;
  expect(texts([dotenv("a", below), dotenv("b", above)])).toEqual(all);
});

test("maps are merged, lists and values replaced, a map gives way to a value and the other way round", () => {
  const yaml = (path: string, text: string): PlainFile => ({ path, format: "yaml", text });
  expect(
    texts([
      yaml("base.yml", "a: { b: 1, c: [1, 2] }\nm: { x: 1 }\nv: 1\n"),
      yaml("over.yml", "a: { c: [3] }\nm: 5\nv: { y: 2 }\n"),
    ]),
  ).toEqual({ A_B: "1", A_C: "[3]", M: "5", V_Y: "2" });
});

test.each([
  ["yaml", "a: ["],
  ["json", '{ "a": '],
  ["toml", "a = = 1"],
] as const)("broken %s is refused without a word of it", (format, text) => {
  expect(() => plainValues([{ path: "f", format, text: `${text} Planted` }], "dotenv")).toThrow(/^f /);
  expect(() => plainValues([{ path: "f", format, text: `${text} Planted` }], "dotenv")).not.toThrow(
    /Planted/,
  );
});
