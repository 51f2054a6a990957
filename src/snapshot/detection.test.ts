import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRingfenceError } from "../base/error.ts";
import {
  type DetectionRule,
  detect,
  guardNested,
  guardRun,
  hostMatches,
  type Selection,
} from "./detection.ts";

const rule: DetectionRule = {
  variable: "ENVIRONMENT",
  fallback: "development",
  environments: [
    { name: "development", kind: "development", production: false, hosts: ["dev-*", "laptop"] },
    { name: "staging", kind: "staging", production: false, hosts: ["*staging*"] },
    { name: "production", kind: "production", production: true, hosts: ["prod-*", "*.live"] },
    { name: "recovery", kind: "disaster-recovery", production: true, hosts: [] },
  ],
};

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (isRingfenceError(error)) return error.code;
    throw error;
  }
}

describe("host patterns", () => {
  test.each([
    ["prod-*", "prod-1", true],
    ["prod-*", "prod-", true],
    ["prod-*", "preprod-1", false],
    ["PROD-*", "prod-1", true],
    ["*.live", "shop.live", true],
    ["*.live", "shop.live.test", false],
    ["*staging*", "eu-staging-2", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*bc", "abc", true],
    ["ab*bc", "abc", false],
    ["a*b*b", "ab", false],
    ["web.1", "webx1", false],
    ["", "", true],
    ["", "host", false],
    ["*", "anything", true],
  ])("%s on %s: %s", (pattern, host, expected) => {
    expect(hostMatches(pattern, host)).toBe(expected);
  });

  test("agree with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    const host = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
    fc.assert(
      fc.property(text, host, (pattern, name) => {
        expect(hostMatches(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));
      }),
      { numRuns: 500 },
    );
  });
});

describe("detect", () => {
  const cases: [string, string | undefined, Record<string, string>, string, Selection | string][] = [
    [
      "the flag first",
      "staging",
      { ENVIRONMENT: "production" },
      "prod-1",
      { environment: "staging", method: "flag" },
    ],
    [
      "then the variable",
      undefined,
      { ENVIRONMENT: "staging" },
      "prod-1",
      { environment: "staging", method: "variable" },
    ],
    ["then the host", undefined, {}, "prod-1", { environment: "production", method: "hostname" }],
    ["then the default", undefined, {}, "elsewhere", { environment: "development", method: "default" }],
    [
      "an empty variable says nothing",
      undefined,
      { ENVIRONMENT: "" },
      "x",
      { environment: "development", method: "default" },
    ],
    [
      "other variables say nothing",
      undefined,
      { NODE_ENV: "production" },
      "x",
      { environment: "development", method: "default" },
    ],
    ["an unknown flag", "prod", {}, "x", "ENV_UNKNOWN"],
    ["an empty flag", "", {}, "x", "ENV_UNKNOWN"],
    ["a name in other letters", "Production", {}, "x", "ENV_UNKNOWN"],
    [
      "an unknown variable, though the host is known",
      undefined,
      { ENVIRONMENT: "stagin" },
      "prod-1",
      "ENV_UNKNOWN",
    ],
    ["a host of two environments", undefined, {}, "dev-staging", "ENV_AMBIGUOUS"],
  ];
  test.each(cases)("%s", (_, flag, variables, host, expected) => {
    expect(outcome(() => detect(rule, { flag, variables, host }))).toEqual(expected);
  });

  test.each([
    ["flag", { flag: "stagign", variables: {} }],
    ["variable", { variables: { ENVIRONMENT: "stagign" } }],
  ])("the fix for an unknown %s is the line that was typed, with the nearest name", (_, facts) => {
    const again = (flags: string) => `ringfence run ${flags} -- npm start`;
    expect(() => detect(rule, { ...facts, host: "x", again })).toThrow(
      expect.objectContaining({ fix: "ringfence run -e staging -- npm start" }),
    );
  });

  test("an unknown name lists the known ones and the nearest", () => {
    expect(() => detect(rule, { flag: "productoin", variables: {}, host: "x" })).toThrow(
      expect.objectContaining({
        exit: 2,
        why: "the project has development, staging, production, recovery",
        fix: "ringfence which -e production",
      }),
    );
  });

  test("a default that does not exist", () => {
    const broken = { ...rule, fallback: "none" };
    expect(outcome(() => detect(broken, { variables: {}, host: "x" }))).toBe("ENV_UNKNOWN");
  });
});

describe("guardRun", () => {
  const cases: [
    string,
    Selection["environment"],
    Selection["method"],
    string,
    string | undefined,
    string | undefined,
  ][] = [
    ["production by flag, nowhere", "production", "flag", "laptop-7", undefined, undefined],
    ["production by flag, at home", "production", "flag", "prod-1", undefined, undefined],
    [
      "production by flag, on a laptop of development",
      "production",
      "flag",
      "laptop",
      undefined,
      "GUARD_WRONG_HOST",
    ],
    [
      "production by variable, nowhere",
      "production",
      "variable",
      "ci-1",
      undefined,
      "GUARD_PRODUCTION_NOT_EXPLICIT",
    ],
    ["the same, forced", "production", "variable", "ci-1", "because", "GUARD_PRODUCTION_NOT_EXPLICIT"],
    ["production by variable, at home", "production", "variable", "prod-1", undefined, undefined],
    ["production by hostname", "production", "hostname", "prod-1", undefined, undefined],
    [
      "production by default, even at home",
      "production",
      "default",
      "prod-1",
      undefined,
      "GUARD_PRODUCTION_NOT_EXPLICIT",
    ],
    [
      "production kind without hosts by variable",
      "recovery",
      "variable",
      "x",
      undefined,
      "GUARD_PRODUCTION_NOT_EXPLICIT",
    ],
    ["production kind without hosts by flag", "recovery", "flag", "x", undefined, undefined],
    ["staging by variable, nowhere", "staging", "variable", "x", undefined, undefined],
    ["development on a production host", "development", "flag", "prod-1", undefined, "GUARD_WRONG_HOST"],
    ["the same by default", "development", "variable", "prod-1", undefined, "GUARD_WRONG_HOST"],
    ["forced without a reason", "development", "flag", "prod-1", "  ", "GUARD_WRONG_HOST"],
    ["forced with one", "development", "flag", "prod-1", " hotfix ", "hotfix"],
    ["a host of both", "development", "flag", "dev-staging", undefined, undefined],
    ["forced where nothing is to be forced", "development", "flag", "dev-1", "hotfix", undefined],
  ];
  test.each(cases)("%s", (_, environment, method, host, force, expected) => {
    const verdict = outcome(() => guardRun(rule, { environment, method }, { host, force }));
    expect(typeof verdict === "object" ? (verdict as { reason: string }).reason : verdict).toBe(expected);
  });
});

describe("a guard's fix is the refused command itself", () => {
  const again = (flags: string) => `ringfence promote 1.2.0 ${flags}`;
  test.each([
    ["variable", "ci-1", undefined, "ringfence run -e production -- <command>"],
    ["variable", "ci-1", again, "ringfence promote 1.2.0 -e production"],
    ["flag", "laptop", again, 'ringfence promote 1.2.0 --force "<reason>"'],
    ["hostname", "laptop", again, 'ringfence promote 1.2.0 -e production --force "<reason>"'],
  ] as const)("selected by %s on %s", (method, host, words, fix) => {
    const refused = () => guardRun(rule, { environment: "production", method }, { host, again: words });
    expect(refused).toThrow(expect.objectContaining({ fix }));
  });
});

test.each([
  ["staging", undefined, undefined],
  ["staging", "", undefined],
  ["staging", "staging", undefined],
  ["staging", "development", "GUARD_NESTED"],
])("a run for %s inside one for %s: %s", (environment, outer, expected) => {
  const variables = { RINGFENCE_ENVIRONMENT: outer };
  expect(outcome(() => guardNested({ environment, method: "flag" }, variables))).toBe(expected);
});
