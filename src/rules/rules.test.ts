import { describe, expect, test } from "vitest";
import type { FindingDraft } from "../model/finding-list.ts";
import { readManifest } from "../model/manifest.ts";
import { environmentOf } from "../model/project.ts";
import type { ResolvedSetting, SettingType, SettingValue } from "../model/setting.ts";
import { checkRules } from "./index.ts";

type Value = SettingValue | { readonly sealed: true } | { readonly unusable: true };

function isUnusable(value: Value): boolean {
  return value !== null && typeof value === "object" && "unusable" in value;
}

/** What a rule says of settings given as `NAME: [type, value]`. */
function findings(
  rule: string,
  given: Readonly<Record<string, readonly [SettingType, Value]>>,
  name = "production",
): FindingDraft[] {
  const manifest = `project: shop\nenvironments: { development: , production: }\nrules:\n  - ${rule}\n`;
  const { project, findings: mistakes } = readManifest(manifest, { root: "/p", file: "ringfence.yaml" });
  expect(mistakes).toEqual([]);
  const settings = new Map(
    Object.entries(given).map(([key, [type, value]], index): [string, ResolvedSetting] => {
      const sealed = value !== null && typeof value === "object" && "sealed" in value;
      const wrong = isUnusable(value);
      const place = { file: ".env", line: index + 1, column: 1 };
      const history = [{ source: ".env", place, value: null, wins: true, removes: false, merged: false }];
      const declaration = { name: key, type } as ResolvedSetting["declaration"];
      const plain = sealed || wrong ? null : (value as SettingValue);
      return [
        key,
        {
          name: key,
          value: plain,
          text: "",
          secret: sealed,
          sealed,
          set: true,
          declaration,
          history,
          references: [],
        },
      ];
    }),
  );
  const facts = {
    environment: environmentOf(project!, name)!,
    settings,
    unusable: new Set(Object.keys(given).filter((key) => isUnusable(given[key]![1]))),
    declared: [...settings.keys(), "UNSET"],
  };
  return checkRules(project!.rules, facts);
}

/** The same, each finding as one line. */
const said = (...all: Parameters<typeof findings>): string[] =>
  findings(...all).map(
    ({ code, severity = "error", place }) => `${severity} ${code} ${place.file}:${place.line}`,
  );

describe("a rule", () => {
  const two = { A: ["integer", 5], B: ["integer", 10] } as const;
  test.each<[string, Parameters<typeof said>[1], string[]]>([
    ["{ require: A < B }", two, []],
    ["{ require: A > B }", two, ["error RULE_BROKEN .env:1"]],
    ["{ require: B < A, severity: advice }", two, ["advice RULE_BROKEN .env:2"]],
    ["{ require: A > B, when: A == 6 }", two, []],
    ["{ require: A > B, only: [development] }", two, []],
    ["{ require: A + B * 2 == 25 && A / 2 == 2 }", two, []],
    ['{ require: T <= duration("15m") }', { T: ["duration", 900_000] }, []],
    ['{ require: T < duration("15m") }', { T: ["duration", 900_000] }, ["error RULE_BROKEN .env:1"]],
    ['{ require: "R > 0.5" }', { R: ["number", 0.75] }, []],
    [
      "{ require: \"L.all(x, x.startsWith('https://'))\" }",
      { L: ["list", ["https://a", "http://b"]] },
      ["error RULE_BROKEN .env:1"],
    ],
    ['{ require: "O.size.width == 3" }', { O: ["object", { size: { width: 3 } }] }, []],
    ['{ require: environment.name == "production" && environment.kind == "production" }', {}, []],
    ["{ require: policy.debug == false && policy.approvals >= 1 }", {}, []],
    ["{ require: UNSET == null || UNSET > 3 }", {}, []],
    ["{ require: UNSET > 3 }", {}, ["warning RULE_UNKNOWN ringfence.yaml:4"]],
    [
      "{ require: K.size() > 3 }",
      { K: ["string", { sealed: true }] },
      ["warning RULE_UNKNOWN ringfence.yaml:4"],
    ],
    [
      "{ require: 'K != \"x\"' }",
      { K: ["string", { sealed: true }] },
      ["warning RULE_UNKNOWN ringfence.yaml:4"],
    ],
    [
      "{ require: 'A == 1', when: 'K != \"x\"' }",
      { A: ["integer", 2], K: ["string", { sealed: true }] },
      ["warning RULE_UNKNOWN ringfence.yaml:4"],
    ],
    [
      "{ require: K == null }",
      { K: ["string", { sealed: true }] },
      ["warning RULE_UNKNOWN ringfence.yaml:4"],
    ],
    ["{ require: 'A == 5 || K != \"x\"' }", { A: ["integer", 5], K: ["string", { sealed: true }] }, []],
    [
      "{ require: K != 3 }",
      { K: ["integer", { unusable: true }] },
      ["warning RULE_UNKNOWN ringfence.yaml:4"],
    ],
    [
      "{ require: K == null || K > 3 }",
      { K: ["integer", { unusable: true }] },
      ["warning RULE_UNKNOWN ringfence.yaml:4"],
    ],
    ['{ require: policy.tokenLifetime <= duration("24h") }', {}, []],
    ["{ require: policy.uptime.percent >= 99 }", {}, []],
    ["{ require: policy.uptime.percent > 99.999 }", {}, ["error RULE_BROKEN ringfence.yaml:4"]],
    ['{ require: policy.backups.keep >= duration("24h") }', {}, []],
    ['{ require: \'policy["backups"].keep >= duration("24h")\' }', {}, []],
    ['{ require: policy.run.record == "required" && policy.escalation.size() >= 0 }', {}, []],
    ["{ require: policy.tokenLifetimeMs > 3 }", {}, ["error RULE_INVALID ringfence.yaml:4"]],
    ["{ require: policy.uptime.percents > 3 }", {}, ["error RULE_INVALID ringfence.yaml:4"]],
    ["{ require: policy.debug.on }", {}, ["error RULE_INVALID ringfence.yaml:4"]],
    ['{ require: environment.nam == "x" }', {}, ["error RULE_INVALID ringfence.yaml:4"]],
    ['{ require: policy.approverRole == "lead" }', {}, ["warning RULE_UNKNOWN ringfence.yaml:4"]],
    ["{ require: A + B }", two, ["error RULE_INVALID ringfence.yaml:4"]],
    ["{ require: '[].all(x, x > 0)' }", {}, ["error RULE_INVALID ringfence.yaml:4"]],
    ["{ require: A > }", two, ["error RULE_INVALID ringfence.yaml:4"]],
    ["{ require: AA > 3 }", two, ["error RULE_INVALID ringfence.yaml:4"]],
    ["{ require: A < B, when: C == 1 }", two, ["error RULE_INVALID ringfence.yaml:4"]],
    ['{ require: A == "x" }', two, ["error RULE_BROKEN .env:1"]],
    ['{ require: A > "y" }', two, ["error RULE_INVALID ringfence.yaml:4"]],
  ])("%s", (rule, given, expected) => {
    expect(said(rule, given)).toEqual(expected);
  });
});

test.each<[string, Parameters<typeof said>[1]]>([
  [`{ require: 'K == "hidden"' }`, { K: ["string", { sealed: true }] }],
  [`{ require: 'K == "hidden"', when: 'K + 1 == "hidden"' }`, { K: ["string", { sealed: true }] }],
  [`{ require: "UNSET == 'hidden' || UNSET > 3" }`, {}],
  [`{ require: 'KK == "hi\\"hidden"' }`, { K: ["string", { sealed: true }] }],
  [`{ require: 'K == "hidden' }`, { K: ["string", { sealed: true }] }],
])("no finding tells the texts of a rule about what may be a secret: %s", (rule, given) => {
  const all = findings(rule, given);
  expect(all).toHaveLength(1);
  expect(JSON.stringify(all)).not.toContain("hidden");
});

test("a finding tells the whole rule where nothing in it is secret", () => {
  const [only] = findings(`{ require: 'A == "shown"' }`, { A: ["string", "x"] });
  expect(only?.why).toContain('A == "shown"');
});
