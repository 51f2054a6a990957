import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeVectors, vectorFiles } from "../../test/vectors.ts";
import { canonicalJson } from "./canonical-json.ts";

describeVectors("canonical JSON against the vectors of RFC 8785", "jcs", (path) => {
  const inputs = vectorFiles(join(path, "input"), ".json");
  test("there are vectors", () => expect(inputs.length).toBeGreaterThanOrEqual(6));

  test.each(inputs)("$path", (input) => {
    const canonical = canonicalJson(JSON.parse(input.text));
    expect(canonical).toBe(readFileSync(join(path, "output", input.path), "utf8"));
    const hex = readFileSync(join(path, "outhex", input.path.replace(/json$/, "txt")), "utf8");
    expect(Buffer.from(canonical).toString("hex")).toBe(hex.replace(/\s/g, ""));
  });
});

describe("canonical JSON", () => {
  const json = fc.jsonValue({ stringUnit: "binary" }).filter((value) => JSON.stringify(value).isWellFormed());

  test("survives being parsed: same value, same text", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test("does not depend on the order in which members were set", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonicalJson(value));
      }),
    );
  });

  test.each([
    ["NaN", Number.NaN],
    ["infinity", [Number.NEGATIVE_INFINITY]],
    ["a lone surrogate", { key: "\ud800" }],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["undefined", undefined],
    ["undefined in an array", [undefined]],
    ["a function", () => 1],
    ["a bigint", 1n],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test("leaves out members that are undefined", () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
  });
});
