import { describe, expect, test } from "vitest";
import {
  parseJsonLayer,
  parseTfvarsLayer,
  parseTomlLayer,
  parseYamlLayer,
  settingName,
} from "./tree-layer.ts";

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

test("one setting is the same in every format", () => {
  const layers = [
    parseYamlLayer("database:\n  poolSize: 10\n  hosts: [a, b]\n", "a", noObject),
    parseJsonLayer('{"database":\n{"poolSize": 10,\n"hosts": ["a", "b"]}}', "a", noObject),
    parseTomlLayer('[database]\npoolSize = 10\nhosts = ["a", "b"]\n', "a", noObject),
    parseTfvarsLayer('database = {\n poolSize = 10\n hosts = ["a", "b"]\n}\n', "a", noObject),
  ];
  for (const { entries, problems } of layers) {
    expect(problems).toEqual([]);
    expect(
      entries.map(({ name, path, value, text, place }) => [name, path, value, text, place.line]),
    ).toEqual([
      ["DATABASE_POOL_SIZE", ["database", "poolSize"], 10, "10", 2],
      ["DATABASE_HOSTS", ["database", "hosts"], ["a", "b"], '["a","b"]', 3],
    ]);
  }
});

test("values of Terraform's variables are literal, those of TOML may refer to settings", () => {
  const literal = parseTfvarsLayer('a = "$${B} $$"\n', "a.tfvars", noObject);
  const template = parseTomlLayer(`a = "\${B}"\n`, "a.toml", noObject);
  expect(literal.entries).toMatchObject([{ value: `\${B} $$`, text: `\${B} $$`, interpolated: false }]);
  expect(template.entries).toMatchObject([{ text: `\${B}`, interpolated: true }]);
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

  test.each([
    ["a = 1\na = 2\n", parseTomlLayer, ["SETTING_DUPLICATE 2:1"]],
    ["a = x\n", parseTomlLayer, ["SETTING_SYNTAX 1:5"]],
    ["a = 1\n[b]\nc = 1\n[B]\nc = 2\n", parseTomlLayer, ["SETTING_DUPLICATE 5:1"]],
    ["a = 1\na = 2\n", parseTfvarsLayer, ["SETTING_DUPLICATE 2:1"]],
    ["a = var.x\n", parseTfvarsLayer, ["SETTING_SYNTAX 1:5"]],
    ['a = "\\u0000"\n', parseTfvarsLayer, ["SETTING_SYNTAX 1:1"]],
  ] as const)("%j", (text, parse, expected) => {
    expect(places(text, parse)).toEqual(expected);
  });
});
