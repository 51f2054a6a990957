import { describe, expect, test } from "vitest";
import { parseJsonLayer, parseYamlLayer, settingName } from "./tree-layer.ts";

const noObject = (): boolean => false;

describe("names of nested keys", () => {
  test.each([
    [["database", "poolSize"], "DATABASE_POOL_SIZE"],
    [["database", "pool_size"], "DATABASE_POOL_SIZE"],
    [["database-pool", "max.size"], "DATABASE_POOL_MAX_SIZE"],
    [["LOG_LEVEL"], "LOG_LEVEL"],
    [["DB2URL"], "DB2URL"],
    [["oauth2Client"], "OAUTH2_CLIENT"],
    [["databaseURL"], "DATABASE_URL"],
    [["HTTPServer", "port"], "HTTP_SERVER_PORT"],
    [["http", "8080"], "HTTP_8080"],
  ])("%j is %s", (path, name) => {
    expect(settingName(path)).toBe(name);
  });
});

test("YAML is flattened; lists stay, scalars keep their text, places are those of the keys", () => {
  const text = "database:\n  poolSize: 10\n  version: 1.10\ncors: [a, b]\nempty:\nLOG_LEVEL: 'INFO'\n";
  const { entries, problems } = parseYamlLayer(text, "a.yaml", noObject);
  expect(problems).toEqual([]);
  expect(
    entries.map(({ name, value, text: kept, place }) => [name, value, kept, `${place.line}:${place.column}`]),
  ).toEqual([
    ["DATABASE_POOL_SIZE", 10, "10", "2:3"],
    ["DATABASE_VERSION", 1.1, "1.10", "3:3"],
    ["CORS", ["a", "b"], '["a","b"]', "4:1"],
    ["EMPTY", null, "", "5:1"],
    ["LOG_LEVEL", "INFO", "INFO", "6:1"],
  ]);
});

test("the map under a setting of type object is its value", () => {
  const { entries } = parseJsonLayer(
    '{"feature": {"flags": {"a": {"b": 1}}}}',
    "a.json",
    (name) => name === "FEATURE_FLAGS",
  );
  expect(entries.map(({ name, text }) => [name, text])).toEqual([["FEATURE_FLAGS", '{"a":{"b":1}}']]);
});

describe("problems", () => {
  const places = (text: string, parse = parseYamlLayer): string[] =>
    parse(text, "x", noObject).problems.map(({ code, place }) => `${code} ${place.line}:${place.column}`);

  test.each([
    ["a: 1\na: 2\n", ["SETTING_DUPLICATE 2:1"]],
    ["a:\n  bC: 1\na_b_c: 2\n", ["SETTING_DUPLICATE 3:1"]],
    ["1a: 1\n", ["SETTING_NAME 1:1"]],
    ["'a$': 1\n", ["SETTING_NAME 1:1"]],
    ["- a\n", ["SETTING_SYNTAX 1:1"]],
    ["just text", ["SETTING_SYNTAX 1:1"]],
    ['a: "\\0"\n', ["SETTING_SYNTAX 1:1"]],
    ['a: ["\\0"]\n', ["SETTING_SYNTAX 1:1"]],
    ["# only a comment\n", []],
    ["", []],
  ])("%j", (text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  test("two keys that mean one setting are named with both places", () => {
    const [problem] = parseYamlLayer("a:\n  bC: 1\na_b_c: 2\n", "x.yaml", noObject).problems;
    expect(problem?.why).toBe("a_b_c sets A_B_C, which x.yaml:2:3 sets too");
  });

  test("YAML in a JSON file is refused", () => {
    expect(places("a: 1", parseJsonLayer)).toEqual(["SETTING_SYNTAX 1:1"]);
    expect(places('{"a": 1,}', parseJsonLayer)).toEqual(["SETTING_SYNTAX 1:9"]);
  });
});
