/** Uses of secrets: what is counted, and what is unusual. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countUses, type SecretUse, unusualUses } from "./index.ts";

const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T08:00:00.000Z`;

const use = (day: number, given: Partial<SecretUse>): SecretUse => ({
  at: at(day),
  who: "ada",
  host: "laptop",
  environment: "production",
  what: "injected",
  command: "node",
  secrets: ["TOKEN"],
  ...given,
});

const USES = [
  use(3, { what: "revealed", command: "secret get" }),
  use(1, {}),
  use(2, { who: "os:ci", host: "runner", secrets: ["TOKEN", "PASSWORD"] }),
  use(4, { environment: "development", what: "opened", command: "config show" }),
];

describe("counts", () => {
  test.each([
    ["person", ["ada 1 1 1", "os:ci 1 0 0"]],
    ["environment", ["development 0 1 0", "production 2 0 1"]],
    ["secret", ["PASSWORD 1 0 0", "TOKEN 0 1 0", "TOKEN 2 0 1"]],
  ] as const)("by %s", (by, rows) => {
    const counts = countUses(USES, by);
    expect(counts.map((one) => `${one.name} ${one.injected} ${one.opened} ${one.revealed}`)).toEqual(rows);
  });

  test("from when to when, by what, where and for whom", () => {
    expect(countUses(USES, "person")[0]).toMatchObject({
      first: at(1),
      last: at(4),
      environments: ["development", "production"],
      commands: ["config show", "node", "secret get"],
      hosts: ["laptop"],
      people: ["ada"],
    });
  });

  const uses = fc.array(
    fc.record({
      at: fc.integer({ min: 1, max: 28 }).map(at),
      who: fc.constantFrom("ada", "ben"),
      host: fc.constantFrom("laptop", "runner"),
      environment: fc.constantFrom("development", "production"),
      what: fc.constantFrom("injected", "opened", "revealed"),
      command: fc.constantFrom("node", "secret get"),
      secrets: fc.subarray(["TOKEN", "PASSWORD"]),
    }),
  );

  test("each use is counted once by person and by environment, and once for each of its secrets", () => {
    const total = (given: readonly SecretUse[], by: "person" | "secret" | "environment") =>
      countUses(given, by).reduce((sum, one) => sum + one.injected + one.opened + one.revealed, 0);
    fc.assert(
      fc.property(uses, (given) => {
        expect(total(given, "person")).toBe(given.length);
        expect(total(given, "environment")).toBe(given.length);
        expect(total(given, "secret")).toBe(given.flatMap(({ secrets }) => secrets).length);
      }),
    );
  });

  test("in whichever order they come", () => {
    fc.assert(
      fc.property(uses, (given) => {
        expect(countUses(given.toReversed(), "secret")).toEqual(countUses(given, "secret"));
      }),
    );
  });
});

describe("what is unusual", () => {
  const production = new Set(["production"]);
  test.each<[string, readonly SecretUse[], readonly string[]]>([
    ["the first use by somebody", [use(1, {}), use(2, {})], ["ada person"]],
    ["a host that was never seen there", [use(1, {}), use(2, { host: "cafe" })], ["ada person", "ada host"]],
    ["by time, not by order", [use(2, { host: "cafe" }), use(1, {})], ["ada person", "ada host"]],
    ["nothing outside of production", [use(1, { environment: "development" })], []],
    ["somebody new on a new host, once", [use(1, { who: "eve", host: "cafe" })], ["eve person"]],
  ])("%s", (_name, uses, expected) => {
    expect(unusualUses(uses, production).map(({ who, first }) => `${who} ${first}`)).toEqual(expected);
  });
});
