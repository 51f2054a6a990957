import { describe, expect, test } from "vitest";
import { readExpectations } from "../model/manifest-expectations.ts";
import { checkExpectations, expectationFindings } from "./index.ts";
import { resolvedProject, type Scene } from "./test-scene.ts";

const SETTINGS = `TIMEOUT: { type: duration }
SIZE: { type: size }
LIMIT: { type: integer }
RATIO: { type: number }
DEBUG: { type: boolean }
LEVEL: { type: enum, values: [DEBUG, INFO] }
HOSTS: { type: list }
LIMITS: { type: object }
URL: { type: url }
NAME: {}
KEY: { secret: true }
CODE: { secret: true, type: integer }`;

const FILES = {
  ".env": "TIMEOUT=15m\nSIZE=10MiB\nLIMIT=50\nRATIO=0.50\nDEBUG=yes\nLEVEL=INFO\nHOSTS=a, b\nNAME=\nOTHER=7",
  "env/staging.yaml": "LIMITS: { b: 2, a: 1 }\nURL: https://x.test/\n",
};

function tested(lines: string, scene: Partial<Scene> = {}) {
  const text = `all:\n${lines.replace(/^/gm, "  ")}`;
  const { project, environment, resolution } = resolvedProject({
    settings: SETTINGS,
    files: FILES,
    secrets: { KEY: "key_0123456789abcdef", CODE: "4711" },
    expect: text,
    ...scene,
  });
  const { expectations } = project;
  return {
    findings: expectationFindings(expectations, project, [resolution]).map(({ code }) => code),
    results: checkExpectations(expectations, project, environment, resolution),
  };
}

const verdicts = (lines: string, scene?: Partial<Scene>) =>
  tested(lines, scene).results.map(({ verdict }) => verdict);

describe("an expectation is met", () => {
  test.each([
    "TIMEOUT: 15m",
    "TIMEOUT: 900s",
    "TIMEOUT: { is: 15m, min: 1s, max: 1h }",
    "SIZE: 10485760",
    "SIZE: { min: 10MiB, max: 10MiB }",
    "LIMIT: 50",
    'LIMIT: "50"',
    "LIMIT: { not: 51, min: 50, max: 50 }",
    "RATIO: 0.5",
    "DEBUG: true",
    "DEBUG: { not: false }",
    "LEVEL: INFO",
    "LEVEL: { not: TRACE }",
    "HOSTS: [a, b]",
    "HOSTS: a,b",
    "LIMITS: { is: { a: 1, b: 2 } }",
    "URL: { matches: 'https://.*' }",
    "NAME: { set: false }",
    'NAME: { is: "" }',
    "OTHER: 7",
    "OTHER: { min: 6, max: 8 }",
    "KEY: { set: true, matches: 'key_[0-9a-f]+', not: changeme }",
    "CODE: { min: 1000 }",
  ])("%s", (lines) => {
    expect(tested(lines)).toMatchObject({ findings: [], results: [{ verdict: "passed", reasons: [] }] });
  });
});

describe("an expectation is not met", () => {
  test.each([
    ["TIMEOUT: 16m", "TIMEOUT is 15m, expected 16m"],
    ["TIMEOUT: { max: 10m }", "TIMEOUT is 15m, expected at most 10m"],
    ["LIMIT: { min: 51 }", "LIMIT is 50, expected at least 51"],
    ["LIMIT: { not: 50 }", "LIMIT is what it must not be"],
    ["DEBUG: false", "DEBUG is true, expected false"],
    ["HOSTS: [b, a]", "HOSTS is not as expected"],
    ["LIMITS: { is: { a: 1 } }", "LIMITS is not as expected"],
    ["URL: { matches: 'https://' }", "URL does not match https://"],
    ["NAME: { set: true }", "NAME has no value"],
    ["LIMIT: { set: false }", "LIMIT has a value, and must have none"],
    ["OTHER: { min: 8 }", "OTHER is not as expected"],
    ["CODE: { max: 10 }", "CODE is not as expected"],
    ["KEY: { not: key_0123456789abcdef }", "KEY is what it must not be"],
  ])("%s", (lines, reason) => {
    expect(tested(lines)).toMatchObject({
      findings: [],
      results: [{ verdict: "failed", reasons: [reason] }],
    });
  });

  test("all that is not met is said at once, with both places", () => {
    const [result] = tested("LIMIT: { is: 1, min: 60, set: false }").results;
    expect(result).toMatchObject({
      valueAt: ".env:3:1",
      where: expect.stringMatching(/^ringfence\.yaml:\d+:5$/),
    });
    expect(result!.reasons).toHaveLength(3);
  });

  test("no reason holds a secret's value", () => {
    const { results } = tested("KEY: { matches: x }\nCODE: { min: 4712 }");
    expect(JSON.stringify(results)).not.toMatch(/key_0|4711/);
  });
});

test("what nothing sets has no value to compare, and is not what it must not be", () => {
  const files = { ".env": "" };
  expect(verdicts("LIMIT: 1", { files })).toEqual(["failed"]);
  expect(verdicts("LIMIT: { min: 1 }", { files })).toEqual(["failed"]);
  expect(verdicts("LIMIT: { not: 1 }", { files })).toEqual(["passed"]);
  expect(verdicts("LIMIT: { set: false }", { files })).toEqual(["passed"]);
});

test("a sealed secret has a value, and what it is like is unknown", () => {
  const secrets = { KEY: undefined };
  expect(verdicts("KEY: { set: true }", { secrets })).toEqual(["passed"]);
  expect(verdicts("KEY: { set: false }", { secrets })).toEqual(["failed"]);
  expect(verdicts("KEY: { matches: .* }", { secrets })).toEqual(["unknown"]);
  expect(verdicts("KEY: { set: false, matches: .* }", { secrets })).toEqual(["failed"]);
});

test("a value that does not fit its type is none that is expected", () => {
  const files = { ".env": "TIMEOUT=soon\nLIMIT=many" };
  expect(verdicts("TIMEOUT: 15m\nLIMIT: { min: 0 }", { files })).toEqual(["failed", "failed"]);
});

test.each([
  ["TIMEOUT: 900", "EXPECT_INVALID"],
  ["TIMEOUT: { max: soon }", "EXPECT_INVALID"],
  ["DEBUG: { not: maybe }", "EXPECT_INVALID"],
  ["HOSTS: { min: 1s }", "EXPECT_INVALID"],
  ["NAME: { matches: '(' }", "EXPECT_INVALID"],
  ["KEY: key_0123456789abcdef", "EXPECT_SECRET"],
  ["LIMT: 1", "EXPECT_UNKNOWN_SETTING"],
])("%s can't be judged", (lines, code) => {
  const { findings, results } = tested(lines);
  expect(findings).toEqual([code]);
  if (code !== "EXPECT_UNKNOWN_SETTING") expect(results).toEqual([]);
});

test("an expectation is for all, an environment, a kind, or what that derives from", () => {
  const text =
    "all: { LIMIT: 1 }\nstaging: { LIMIT: 2 }\nqa: { LIMIT: 3 }\ntry: { LIMIT: 4 }\ndevelopment: { LIMIT: 5 }";
  const expected = (environment: string) => {
    const scene = resolvedProject({ settings: SETTINGS, files: FILES, environment, expect: text });
    const { project, environment: selected, resolution } = scene;
    return checkExpectations(project.expectations, project, selected, resolution).map(({ target }) => target);
  };
  expect(expected("staging")).toEqual(["all", "staging"]);
  expect(expected("qa")).toEqual(["all", "qa", "try", "development"]);
});

describe("a file of expectations", () => {
  const codes = (text: string) =>
    readExpectations(text, "t.yaml").drafts.map(({ code, place }) => `${code} ${place.line}:${place.column}`);

  test("is read as the section of the manifest is", () => {
    expect(readExpectations("all:\n  LIMIT: { min: 1 }\n", "t.yaml")).toEqual({
      drafts: [],
      expectations: [
        {
          target: "all",
          setting: "LIMIT",
          expected: { min: 1 },
          place: { file: "t.yaml", line: 2, column: 3 },
        },
      ],
    });
    expect(readExpectations("", "t.yaml")).toEqual({ drafts: [], expectations: [] });
  });

  test.each([
    ["all: {\n", "EXPECT_FILE"],
    ["all:\n  LIMIT: 1\n  LIMIT: 2\n", "MANIFEST_DUPLICATE_KEY 3:3"],
    ["all:\n  LIMIT: { mim: 1 }\n", "MANIFEST_UNKNOWN_KEY 2:12"],
    ["- all\n", "MANIFEST_TYPE 1:1"],
    ["all:\n  LIMIT: { set: 1 }\n", "MANIFEST_TYPE 2:10"],
  ])("%j has a mistake with its place", (text, code) => {
    expect(codes(text)[0]).toContain(code);
    expect(readExpectations(text, "t.yaml").expectations).toEqual([]);
  });

  test("may name what does not exist: that is found when the project is known", () => {
    const { project, resolution } = resolvedProject({ settings: SETTINGS, files: FILES });
    const { expectations } = readExpectations("stagin: { LIMT: 1 }\n", "t.yaml");
    expect(expectationFindings(expectations, project, [resolution])).toMatchObject([
      { code: "EXPECT_UNKNOWN_TARGET", fix: "write staging" },
      { code: "EXPECT_UNKNOWN_SETTING", fix: "write LIMIT" },
    ]);
  });
});
