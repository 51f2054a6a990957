import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SettingDifference, SettingsDiff } from "../model/comparison.ts";
import type { SettingValue } from "../model/setting.ts";
import { prints, rules, side } from "./comparison-scene.ts";
import { diffSettings, type Side } from "./index.ts";

const settings = `D: { type: duration }
S: { type: size }
B: { type: boolean }
I: { type: integer }
L: { type: list }
O: { type: object }
U: { type: url }
T: { type: string }
KEY: { secret: true }
PIN: { type: integer, secret: true }`;

const diff = (a: Side, b: Side, ...patterns: readonly string[]): SettingsDiff =>
  diffSettings(a, b, { byDesign: rules(...patterns), fingerprint: prints });

const changed = ({ changes }: SettingsDiff): string[] =>
  changes.map(({ kind, key, verdict }) => `${kind} ${key} ${verdict}`);

describe("the same value, however it is written", () => {
  test.each([
    ["D", "15m", "900s", true],
    ["D", "15m", "16m", false],
    ["S", "1KiB", "1024", true],
    ["B", "true", "yes", true],
    ["B", "on", "0", false],
    ["I", "10", "+10", true],
    ["L", "a,b", '["a","b"]', true],
    ["L", "a,b", "b,a", false],
    ["O", '{"a":{"x":1,"y":2},"b":1}', '{"b":1,"a":{"y":2,"x":1}}', true],
    ["O", '{"a":[1,2]}', '{"a":[2,1]}', false],
    ["U", "https://a.test", "https://a.test/", false],
    ["T", "15m", "900s", false],
    ["T", "", "x", false],
    ["OTHER", "1", "1", true],
    ["OTHER", "1", "01", false],
  ])("%s: %s and %s: %s", (name, one, other, same) => {
    const [a, b] = [
      side("staging", `${name}='${one}'`, { settings }),
      side("production", `${name}='${other}'`, { settings }),
    ];
    expect(changed(diff(a, b))).toEqual(same ? [] : [`changed ${name} different`]);
  });

  test("an undeclared number of YAML is the text of dotenv", () => {
    const yaml = side("staging", "", { files: { "env/staging.yaml": "N: 10\nW: true\n" } });
    expect(changed(diff(yaml, side("production", "N=10\nW=true")))).toEqual([]);
  });

  test.each([
    ["KEY", "<from-vault>", "<from-vault>"],
    ["KEY", "<from-vault>", "a secret"],
    ["I", "<number>", "<number>"],
    ["T", " <text> ", "x"],
  ])("a placeholder is no value, never the same as anything: %s=%s and %s", (name, one, other) => {
    const [a, b] = [
      side("staging", `${name}='${one}'`, { settings }),
      side("production", `${name}='${other}'`, { settings }),
    ];
    const result = diff(a, b);
    expect(changed(result)).toEqual([`changed ${name} unknown`]);
    expect(result.changes[0]).toMatchObject({ a: null, texts: { a: null } });
  });

  test("what no JSON can say is compared as it is written", () => {
    const of = (environment: string, number: string) =>
      side(environment, "", { files: { [`env/${environment}.yaml`]: `LIST: [${number}, 1]\n` } });
    expect(changed(diff(of("staging", ".inf"), of("production", ".inf")))).toEqual([]);
  });
});

describe("what a change says", () => {
  const a = side("staging", "D=15m\nI=1\nT=same", { settings });
  const b = side("production", "D=20m\nU=https://a.test\nT=same", { settings });

  test("values, texts and places of both sides, by key", () => {
    const { changes, ...names } = diff(a, b);
    expect(names).toEqual({ a: "staging", b: "production" });
    expect(changes).toMatchObject([
      {
        key: "D",
        kind: "changed",
        a: 900_000,
        b: 1_200_000,
        texts: { a: "15m", b: "20m" },
        places: { a: "env/staging.env:1:1", b: "env/production.env:1:1" },
        byDesign: false,
        reason: null,
      },
      { key: "I", kind: "removed", a: 1, b: null, places: { b: null } },
      { key: "U", kind: "added", a: null, b: "https://a.test", places: { a: null } },
    ]);
  });

  test("by design: the rule that names the key, else the first pattern that fits", () => {
    const { changes } = diff(a, b, "*", "D*", "D");
    expect(changes.map(({ key, byDesign, reason }) => [key, byDesign, reason])).toEqual([
      ["D", true, "D may differ"],
      ["I", true, "* may differ"],
      ["U", true, "* may differ"],
    ]);
    expect(diff(a, b, "I").changes.filter(({ byDesign }) => byDesign)).toHaveLength(1);
  });

  test("a value that could not be had is unknown on both sides, and never equal", () => {
    const lines = `T=\${NOWHERE}`;
    expect(
      changed(diff(side("staging", lines, { settings }), side("production", lines, { settings }))),
    ).toEqual(["changed T unknown"]);
  });
});

describe("secrets", () => {
  const of = (environment: string, secrets: Record<string, string | undefined>, lines = "") =>
    side(environment, lines, { settings, secrets });

  test.each([
    [{ KEY: "PlantedOne" }, { KEY: "PlantedOne" }, []],
    [{ KEY: "PlantedOne" }, { KEY: "PlantedTwo" }, ["changed KEY different"]],
    [{ PIN: "015" }, { PIN: "15" }, []],
    [{ KEY: "PlantedOne" }, { KEY: undefined }, ["changed KEY unknown"]],
    [{ KEY: undefined }, { KEY: undefined }, ["changed KEY unknown"]],
    [{ KEY: "PlantedOne" }, {}, ["removed KEY different"]],
  ])("%o and %o", (one, other, expected) => {
    const answer = diff(of("staging", one), of("production", other));
    expect(changed(answer)).toEqual(expected);
    expect(JSON.stringify(answer)).not.toContain("Planted");
  });

  test("what reads a secret is one, also where the other side is plain", () => {
    const a = of("staging", { KEY: "PlantedOne" }, `T=key=\${KEY}`);
    const b = of("production", { KEY: "PlantedOne" }, "T=key=PlantedOne");
    const answer = diff(a, b);
    expect(answer.changes).toMatchObject([{ key: "T", secret: true, verdict: "equal", a: null, b: null }]);
    expect(JSON.stringify(answer)).not.toContain("Planted");
  });

  test("no fingerprint is in the answer", () => {
    const marked = {
      byDesign: [],
      fingerprint: (key: string, text: string) => `print-${key}-${text.length}`,
    };
    const answer = diffSettings(of("staging", { KEY: "a" }), of("production", { KEY: "bb" }), marked);
    expect(answer.changes).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toContain("print-");
  });
});

describe("laws", () => {
  const values = fc.record(
    {
      T: fc.constantFrom("a", "b", "", "x y"),
      D: fc.constantFrom("15m", "900s", "1h", "none"),
      I: fc.constantFrom("1", "+1", "2"),
      L: fc.constantFrom("a,b", '["a","b"]', "b"),
      OTHER: fc.constantFrom("1", "2"),
    },
    { requiredKeys: [] },
  );
  const secrets = fc.record({ KEY: fc.constantFrom("one", "two", undefined) }, { requiredKeys: [] });
  const sides = (environment: string) =>
    fc.tuple(values, secrets).map(([plain, hidden]) => {
      const lines = Object.entries(plain).map(([name, text]) => `${name}='${text}'`);
      return side(environment, lines.join("\n"), { settings, secrets: hidden });
    });

  test("nothing differs from itself", () => {
    fc.assert(fc.property(sides("staging"), (a) => diff(a, a).changes.length === 0));
  });

  test("swapped sides give the swapped difference", () => {
    const kinds = { added: "removed", removed: "added", changed: "changed" } as const;
    const swapped = (change: SettingDifference): SettingDifference => ({
      ...change,
      a: change.b,
      b: change.a,
      kind: kinds[change.kind],
      texts: { a: change.texts.b, b: change.texts.a },
      places: { a: change.places.b, b: change.places.a },
    });
    fc.assert(
      fc.property(sides("staging"), sides("production"), (a, b) => {
        expect(diff(b, a).changes).toEqual(diff(a, b).changes.map(swapped));
      }),
    );
  });

  test("the plain changes applied to a give b", () => {
    const plain = ({ resolution }: Side): Map<string, SettingValue> =>
      new Map(
        [...resolution.settings.values()]
          .filter(({ secret }) => !secret)
          .map(({ name, value }) => [name, value] as const),
      );
    // Undeclared keys are left out: as values, a text and a number may differ and mean the same.
    fc.assert(
      fc.property(sides("staging"), sides("production"), (a, b) => {
        const now = plain(a);
        for (const { key, kind, b: value, secret } of diff(a, b).changes) {
          if (secret) continue;
          if (kind === "removed") now.delete(key);
          else now.set(key, value);
        }
        expect(Object.fromEntries(now)).toEqual(Object.fromEntries(plain(b)));
      }),
    );
  });
});
