import { describe, expect, test } from "vitest";
import type { MatrixRow } from "../model/comparison.ts";
import { prints, rules, side } from "./comparison-scene.ts";
import { filterMatrix, matrixOf, type Side } from "./index.ts";

const settings = `LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
LIMIT: { type: integer, required: true }
DSN: { type: url, required: [production] }
KEY: { secret: true, required: [production] }
NOTE: { type: string }`;

const sides = [
  side("development", "LEVEL=DEBUG\nLIMIT=1", { settings, secrets: { KEY: "PlantedOne" } }),
  side("staging", "LIMIT=none\nEXTRA=1", { settings, secrets: { KEY: "PlantedOne" } }),
  side("production", "LIMIT=1", { settings, secrets: { KEY: "PlantedTwo" } }),
];
const declared = [...sides[0]!.resolution.settings.values()].flatMap(({ declaration }) => declaration ?? []);
const matrix = (all: readonly Side[] = sides, ...patterns: readonly string[]) =>
  matrixOf(all, { byDesign: rules(...patterns), fingerprint: prints, declared });

/** One short text a cell. */
function shown({ cells }: MatrixRow): string[] {
  return Object.values(cells).map(({ state, text, group, errors }) =>
    [state, text ?? group, ...errors].filter(Boolean).join(" "),
  );
}
const row = (key: string, all?: readonly Side[]) => matrix(all).rows.find((one) => one.key === key)!;

describe("cells", () => {
  test.each([
    ["LEVEL", ["value DEBUG", "default INFO", "default INFO"], true],
    ["LIMIT", ["value 1", "value none SETTING_TYPE", "value 1"], true],
    ["DSN", ["unset", "unset", "missing SETTING_MISSING"], false],
    ["KEY", ["secret A", "secret A", "secret B"], true],
    ["EXTRA", ["unset", "value 1 SETTING_UNKNOWN", "unset"], true],
  ])("%s: %o", (key, expected, differs) => {
    // A key that is required but nowhere set has no row of a resolution; it is declared all the same.
    const all = matrixOf(sides, {
      byDesign: [],
      fingerprint: prints,
      declared: [...declared, { ...declared[0]!, name: "DSN", type: "url" }],
    });
    const found = all.rows.find((one) => one.key === key)!;
    expect(shown(found)).toEqual(expected);
    expect(found.differs).toBe(differs);
  });

  test("a secret that is sealed is like no other, not even like another sealed one", () => {
    const sealed = ["staging", "production"].map((name) =>
      side(name, "LIMIT=1", { settings, secrets: { KEY: undefined } }),
    );
    expect(shown(row("KEY", sealed))).toEqual(["secret ?", "secret ?"]);
    expect(row("KEY", sealed).differs).toBe(true);
  });

  test("required and empty is missing", () => {
    expect(shown(row("KEY", [side("production", "LIMIT=1", { settings, secrets: { KEY: "" } })]))).toEqual([
      "missing SETTING_MISSING",
    ]);
  });

  test("one environment differs from nothing", () => {
    expect(matrix(sides.slice(0, 1)).rows.some(({ differs }) => differs)).toBe(false);
  });

  test("thirty values have thirty groups", () => {
    const many = Array.from({ length: 30 }, (_, at) => ({
      name: `e${at}`,
      resolution: side("staging", "LIMIT=1", { settings, secrets: { KEY: `Planted${at}` } }).resolution,
    }));
    const groups = Object.values(row("KEY", many).cells).map(({ group }) => group);
    expect(groups.slice(24)).toEqual(["Y", "Z", "AA", "AB", "AC", "AD"]);
  });

  test("no secret's value and no fingerprint is in it", () => {
    const text = JSON.stringify(matrix());
    expect(text).not.toContain("Planted");
    expect(text).not.toContain(prints("KEY", "PlantedOne"));
  });
});

test("a placeholder is unknown, in plain and in secret, and differs from another one", () => {
  const both = ["staging", "production"].map((name) =>
    side(name, "LEVEL='<level>'\nKEY='<from-vault>'", { settings }),
  );
  const rows = matrix(both).rows.filter(({ key }) => key === "LEVEL" || key === "KEY");
  expect(rows.map(({ differs }) => differs)).toEqual([true, true]);
  const cells = rows.map((row) => Object.values(row.cells).map(({ state, group }) => [state, group]));
  expect(cells).toEqual([
    [
      ["unknown", null],
      ["unknown", null],
    ],
    [
      ["secret", "?"],
      ["secret", "?"],
    ],
  ]);
});

describe("rows", () => {
  test("declared ones first, then the others", () => {
    expect(matrix().rows.map(({ key }) => key)).toEqual(["LEVEL", "LIMIT", "KEY", "EXTRA"]);
  });

  test("a rule says which may differ", () => {
    const { rows } = matrix(sides, "L*");
    expect(rows.filter(({ byDesign }) => byDesign).map(({ key, reason }) => [key, reason])).toEqual([
      ["LEVEL", "L* may differ"],
      ["LIMIT", "L* may differ"],
    ]);
  });

  test.each([
    [{}, ["LEVEL", "LIMIT", "KEY", "EXTRA"]],
    [{ only: "L*" }, ["LEVEL", "LIMIT"]],
    [{ only: "L*", differing: true }, ["LEVEL"]],
    [{ missing: true }, ["LIMIT"]],
  ])("%o keeps %o", (filter, keys) => {
    const all = [...sides.slice(0, 1), side("local", "LEVEL=INFO\nLIMIT=1", { settings })];
    const missing = [...sides.slice(0, 1), side("local", "", { settings })];
    const from = "missing" in filter ? matrix(missing) : "differing" in filter ? matrix(all) : matrix();
    expect(filterMatrix(from, filter).rows.map(({ key }) => key)).toEqual(keys);
  });
});
