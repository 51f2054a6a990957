import { describe, expect, test } from "vitest";
import * as z from "zod";
import { sarifLog } from "../../src/cli/render/sarif.ts";
import type { CheckedFinding, CheckView } from "../../src/contract/check.ts";

/** The part of the SARIF 2.1.0 schema that our logs use; what is not listed must not be there. */
const message = z.strictObject({ text: z.string().min(1), markdown: z.string().optional() });
const artifactLocation = z.strictObject({
  uri: z.string().regex(/^(?!\/)[\w.~%!$&'()*+,;=:@/-]+$/),
  uriBaseId: z.literal("%SRCROOT%"),
});
const region = z.strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1) });
const location = z.union([
  z.strictObject({ physicalLocation: z.strictObject({ artifactLocation, region: region.optional() }) }),
  z.strictObject({
    logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string().min(1) })).min(1),
  }),
]);
const rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: message,
  help: message,
  properties: z.strictObject({ tags: z.array(z.string()) }),
});
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level: z.enum(["none", "note", "warning", "error"]),
  message,
  locations: z.array(location).length(1),
  partialFingerprints: z.record(z.string(), z.string().min(1)),
  properties: z.strictObject({ stage: z.string(), setting: z.string().optional() }),
});
const log = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({ name: z.string(), version: z.string(), rules: z.array(rule) }),
      }),
      automationDetails: z.strictObject({ id: z.string().endsWith("/") }),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ description: message })),
      columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
      results: z.array(result),
    }),
  ),
});

function finding(facts: Partial<CheckedFinding>): CheckedFinding {
  return {
    code: "SETTING_TYPE",
    severity: "error",
    setting: "LIMIT",
    where: "config/base.env:3:1",
    why: "it does not fit",
    fix: "write 10",
    stage: "structure",
    ...facts,
  };
}

function view(findings: readonly CheckedFinding[], environment = "staging"): CheckView {
  const none = { errors: 0, warnings: 0, advice: 0 };
  const stages = { structure: none, environment: none, security: none, performance: none };
  const codes = { SETTING_TYPE: "A value does not fit.", ADVICE_POOL: "Pools." };
  return { environment, findings, stages, codes, fixable: 0 };
}

const parsed = (...views: CheckView[]) => log.parse(JSON.parse(JSON.stringify(sarifLog(views))));
const results = (...findings: CheckedFinding[]) => parsed(view(findings)).runs[0]!.results;
const fingerprints = (...findings: CheckedFinding[]) =>
  results(...findings).map(({ partialFingerprints }) => partialFingerprints["ringfence/v1"]);

test("a log has the shape of SARIF 2.1.0; its results point at their rules", () => {
  const advice = finding({ code: "ADVICE_POOL", severity: "advice", stage: "performance" });
  const { runs } = parsed(
    view([finding({}), advice, finding({ severity: "warning" })]),
    view([], "production"),
  );
  expect(runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
    "ringfence/config-check/staging/",
    "ringfence/config-check/production/",
  ]);
  const { rules } = runs[0]!.tool.driver;
  expect(rules.map(({ id, help }) => [id, help.text])).toEqual([
    ["SETTING_TYPE", "A value does not fit."],
    ["ADVICE_POOL", "Pools."],
  ]);
  expect(runs[0]!.results.map(({ level }) => level)).toEqual(["error", "note", "warning"]);
  for (const { ruleId, ruleIndex } of runs[0]!.results) expect(rules[ruleIndex]!.id).toBe(ruleId);
});

describe("a place", () => {
  test.each([
    ["a.env:3:2", { uri: "a.env" }, { startLine: 3, startColumn: 2 }],
    ["config/shop 1#é.env:1:1", { uri: "config/shop%201%23%C3%A9.env" }, { startLine: 1, startColumn: 1 }],
    ["ringfence.yaml", { uri: "ringfence.yaml" }, undefined],
  ])("%s is one in a file", (where, file, at) => {
    expect(results(finding({ where }))[0]!.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { ...file, uriBaseId: "%SRCROOT%" },
          ...(at && { region: at }),
        },
      },
    ]);
  });

  test.each(["process environment", "--set", "selected environment", "default"])("%s is no file", (where) => {
    expect(results(finding({ where }))[0]!.locations).toEqual([
      { logicalLocations: [{ fullyQualifiedName: where }] },
    ]);
  });
});

describe("a fingerprint", () => {
  const [base] = fingerprints(finding({}));

  test("holds while lines move and words change", () => {
    expect(fingerprints(finding({ where: "config/base.env:300:7", why: "other words" }))).toEqual([base]);
  });

  test.each<[string, Partial<CheckedFinding>]>([
    ["code", { code: "SETTING_MISSING" }],
    ["setting", { setting: "OTHER" }],
    ["no setting", { setting: undefined }],
    ["file", { where: "config/other.env:3:1" }],
  ])("differs with another %s", (_what, facts) => {
    expect(fingerprints(finding(facts))).not.toEqual([base]);
  });

  test("is never given twice in a run", () => {
    const found = fingerprints(finding({}), finding({ where: "config/base.env:9:1" }), finding({}));
    expect(new Set(found).size).toBe(3);
  });
});
