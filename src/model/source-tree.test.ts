import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "./source-json.ts";
import { placeOf, plainValue, type Source } from "./source-tree.ts";
import { readYaml } from "./source-yaml.ts";

function value(source: Source): unknown {
  return source.root && JSON.parse(JSON.stringify(plainValue(source.root)));
}

function problems(source: Source): string[] {
  return source.problems.map(({ kind, place }) => `${kind} ${place.line}:${place.column}`);
}

test("JSON: whatever JSON.parse takes is read as the same value, whatever it refuses is refused", () => {
  const almost = fc
    .array(fc.constantFrom(...'{}[],:"\\ \n-+.01eEtruefalsn\u0001'), { maxLength: 12 })
    .map((chars) => chars.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.json(), almost), (text) => {
      let expected: unknown;
      let refused = false;
      try {
        expected = JSON.parse(text, (key, inner) =>
          key === "" || typeof inner !== "number" ? inner : inner + 0,
        );
      } catch {
        refused = true;
      }
      const source = readJson(text, "a.json");
      if (refused) expect(problems(source).some((problem) => problem.startsWith("syntax"))).toBe(true);
      else if (!source.problems.some(({ kind }) => kind === "duplicate")) {
        expect(JSON.stringify(value(source))).toBe(JSON.stringify(expected));
      }
    }),
    { numRuns: 2_000 },
  );
});

describe("JSON that is none", () => {
  test.each([
    ['{"a": x}', "syntax 1:7"],
    ['{"a": 1,}', "syntax 1:9"],
    ['{\n  // no\n  "a": 1 }', "syntax 2:3"],
    ["{'a': 1}", "syntax 1:2"],
    ['{"a" 1}', "syntax 1:6"],
    ["[1 2]", "syntax 1:4"],
    ["{} {}", "syntax 1:4"],
    ["", "syntax 1:1"],
    ['{"a": 1, "a": 2}', "duplicate 1:10"],
    ["[".repeat(200), "syntax 1:102"],
  ])("%s", (text, expected) => {
    expect(problems(readJson(text, "a.json"))).toEqual([expected]);
  });
});

test("YAML keeps the text of scalars and the place of each key", () => {
  const { root } = readYaml("version: 1.10\nlist:\n  - a\n  - name: 0x1F\n", "a.yaml");
  expect(value({ root, problems: [] })).toEqual({ version: 1.1, list: ["a", { name: 31 }] });
  expect(placeOf(root!, ["list", 1, "name"])).toEqual({ file: "a.yaml", line: 4, column: 5 });
  expect(placeOf(root!, ["list", 0])).toEqual({ file: "a.yaml", line: 3, column: 5 });
  expect(root?.kind === "map" && root.entries.get("version")?.value).toMatchObject({ text: "1.10" });
});

test("a byte order mark moves no column", () => {
  expect(problems(readYaml("\ufeffa: 1\na: 2", "a.yaml"))).toEqual(["duplicate 2:1"]);
  expect(readJson('\ufeff{"a":1}', "a.json").root?.place.column).toBe(1);
});

test("no message quotes the text: a secret might stand in it", () => {
  const secret = "hunter2hunter2";
  for (const text of [
    `a: @${secret}`,
    `a: "${secret}`,
    `a: \\q${secret}: ${secret}`,
    `{a: ${secret}`,
    `a: *${secret}`,
    `${secret}\nb: 1`,
  ]) {
    for (const { why, fix } of [...readYaml(text, "a").problems, ...readJson(text, "a").problems]) {
      expect(why + fix).not.toContain(secret);
    }
  }
});

test("aliases share a value; what they could blow up is refused", () => {
  expect(value(readYaml("a: &x [1, 2]\nb: *x\n", "a.yaml"))).toEqual({ a: [1, 2], b: [1, 2] });
  const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(i && 9)}x]`).join(
    "\n",
  );
  expect(problems(readYaml(bomb, "a.yaml"))[0]).toBe("syntax 7:25");
  expect(problems(readYaml("a: &x [*x]", "a.yaml"))).toEqual(["syntax 1:8"]);
});
