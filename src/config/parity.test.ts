import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prints, rules, side } from "./comparison-scene.ts";
import { matrixOf, parity, type Side } from "./index.ts";
import type { Scene } from "./test-scene.ts";

const settings = `T: { type: string }
O: { type: object }
N: { type: integer }
R: { required: [production] }
KEY: { secret: true }`;

const of = (environment: string, lines: string, scene: Omit<Scene, "environment"> = {}): Side =>
  side(environment, lines, { settings, ...scene });

const scored = (sides: readonly Side[], ...patterns: readonly string[]) =>
  parity(sides, matrixOf(sides, { byDesign: rules(...patterns), fingerprint: prints, declared: [] }));

const BASE = "T=1\nN=1\nR=1";
const here = of("staging", BASE);

describe("what lowers it", () => {
  test.each<[what: string, other: Side, patterns: string[], score: number, lost: string[]]>([
    ["nothing", of("production", BASE), [], 100, []],
    ["a value", of("production", "T=2\nN=1\nR=1"), [], 83, ["unexpected-difference T 0.5"]],
    ["a value by design", of("production", "T=2\nN=1\nR=1"), ["T"], 100, []],
    ["a key", of("production", "N=1\nR=1"), [], 66, ["key-missing T 1"]],
    ["a key by design", of("production", "N=1\nR=1"), ["*"], 100, []],
    ["a required key", of("production", "T=1\nN=1"), ["*"], 66, ["requirement-unmet R 1"]],
    ["a type", of("production", "T=1\nN=x\nR=1"), ["*"], 75, ["type-differs N 0.75"]],
    [
      "a layer",
      of("production", BASE, { layers: "['env/{env}.env', 'env/{env}.yaml']" }),
      [],
      75,
      ["layer-missing null 1"],
    ],
  ])("%s", (_what, other, patterns, score, lost) => {
    const answer = scored([here, other], ...patterns);
    expect(answer.score).toBe(score);
    expect(answer.deductions.map(({ kind, key, weight }) => `${kind} ${key} ${weight}`)).toEqual(lost);
  });

  test.each([
    ["equal", "one", "one", []],
    ["different, as they should be", "one", "two", []],
    ["unknown", "one", undefined, ["unknown"]],
  ])("secrets that are %s", (_what, one, other, kinds) => {
    const sides = [
      of("staging", BASE, { secrets: { KEY: one } }),
      of("production", BASE, { secrets: { KEY: other } }),
    ];
    expect(scored(sides).deductions.map(({ kind }) => kind)).toEqual(kinds);
  });

  test("a list here and a text there", () => {
    const yaml = (environment: string, value: string) =>
      of(environment, BASE, { files: { [`env/${environment}.yaml`]: `X: ${value}\n` } });
    const answer = scored([yaml("staging", "[1]"), yaml("production", "one")]);
    expect(answer.deductions).toMatchObject([{ kind: "type-differs", key: "X" }]);
  });

  test("fewer than two environments, or no keys, have none", () => {
    expect(scored([here]).score).toBeNull();
    const empty = (environment: string) => side(environment, "");
    expect(scored([empty("staging"), empty("production")]).score).toBeNull();
  });
});

test("the score is what the listed weights leave; 100 means that nothing lowers it", () => {
  const lines = fc
    .subarray(["T=1", "T=2", "N=1", "N=x", "R=1", "O={}", "MORE=1"])
    .map((chosen) => [...new Map(chosen.map((line) => [line[0], line])).values()].join("\n"));
  fc.assert(
    fc.property(lines, lines, lines, (one, other, third) => {
      const answer = scored([of("staging", one), of("production", other), of("qa", third)]);
      const lost = answer.deductions.reduce((sum, { weight }) => sum + weight, 0);
      expect(answer.units).toBeGreaterThanOrEqual(answer.deductions.length);
      const { score, units } = answer;
      expect(score).toBe(units === 0 ? null : Math.floor(100 * (1 - lost / units)));
      expect(score === 100).toBe(units > 0 && lost === 0);
    }),
  );
});
