import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MergeRule, SettingValue } from "../model/setting.ts";
import { explain } from "./index.ts";
import { mergeValues } from "./merge-values.ts";
import { codes, resolved, type Scene, texts } from "./test-scene.ts";

const FILES = ".env?, 'env/{env}.env?', 'env/{env}.yaml?'";

describe("values of several layers", () => {
  const cases: readonly [title: string, scene: Scene, text: string | undefined][] = [
    [
      "a list is replaced where nothing is said",
      { settings: "L: { type: list }", files: { ".env": "L=a,b", "env/staging.env": "L=c" } },
      "c",
    ],
    [
      "append, also where the layers write it differently",
      {
        settings: "L: { type: list, merge: append, default: [z] }",
        files: { ".env": "L=a,b", "env/staging.env": 'L=["c"]', "env/staging.yaml": "l: [d]" },
      },
      '["z","a","b","c","d"]',
    ],
    [
      "references inside of merged items",
      {
        settings: "L: { type: list, merge: append }\nN: {}",
        files: { ".env": "N=1\nL=a${N}", "env/staging.env": "L='b${N}'" },
      },
      '["a1","b${N}"]',
    ],
    [
      "objects key by key",
      {
        settings: "O: { type: object }",
        files: { ".env": 'O={"a":1,"b":{"c":2}}', "env/staging.yaml": "o: { b: { d: 3 } }" },
      },
      '{"a":1,"b":{"c":2,"d":3}}',
    ],
    [
      "a key of an object is taken away",
      {
        settings: "O: { type: object }",
        files: { ".env": 'O={"a":1,"b":2}', "env/staging.yaml": "o: { b: <unset> }" },
      },
      '{"a":1}',
    ],
    [
      "an object as a whole",
      {
        settings: "O: { type: object, merge: replace }",
        files: { ".env": 'O={"a":1}', "env/staging.yaml": "o: { b: 2 }" },
      },
      '{"b":2}',
    ],
    [
      "lists by a field",
      {
        settings: "L: { type: list, merge: { by: name } }",
        files: {
          ".env": 'L=[{"name":"a","n":1},{"name":"b","n":2}]',
          "env/staging.yaml": "l: [{ name: b, m: 3 }, { name: c }]",
        },
      },
      '[{"name":"a","n":1},{"name":"b","n":2,"m":3},{"name":"c"}]',
    ],
    ["taken away", { settings: "A: { default: x }", files: { "env/staging.env": "A=<unset>" } }, undefined],
    [
      "taken away and set again",
      { settings: "A: {}", files: { ".env": "A=<unset>", "env/staging.env": "A=y" } },
      "y",
    ],
    [
      "append begins anew above what was taken away",
      {
        settings: "L: { type: list, merge: append, default: [z] }",
        files: { ".env": "L=<unset>", "env/staging.env": "L=a", "env/staging.yaml": "l: [b]" },
      },
      '["a","b"]',
    ],
    [
      "the process environment replaces a list",
      { settings: "L: { type: list, merge: append }", files: { ".env": "L=a" }, process: { L: "b" } },
      "b",
    ],
    [
      "a flag replaces an object",
      { settings: "O: { type: object }", files: { ".env": 'O={"a":1}' }, flags: { O: '{"b":2}' } },
      '{"b":2}',
    ],
    [
      "a key is taken away where no lower layer has the map",
      {
        settings: "O: { type: object }",
        files: { ".env": 'O={"a":1}', "env/staging.yaml": "o: { m: { b: <unset>, c: 3 } }" },
      },
      '{"a":1,"m":{"c":3}}',
    ],
    [
      "of one layer alone",
      { settings: "O: { type: object }", files: { ".env": 'O={"a":1,"b":"<unset>"}' } },
      '{"a":1}',
    ],
    [
      "of one layer alone, beside references",
      { settings: "O: { type: object }\nN: {}", files: { ".env": 'N=1\nO={"a":"${N}","b":"<unset>"}' } },
      '{"a":"1"}',
    ],
    [
      "of an object that replaces",
      {
        settings: "O: { type: object, merge: replace }",
        files: { ".env": 'O={"a":1}', "env/staging.env": 'O={"b":"<unset>","__proto__":{"c":1}}' },
      },
      '{"__proto__":{"c":1}}',
    ],
    [
      "of new items by a field",
      {
        settings: "L: { type: list, merge: { by: name } }",
        files: {
          ".env": 'L=[{"name":"a","n":"<unset>"}]',
          "env/staging.yaml": "l: [{ name: b, m: <unset> }]",
        },
      },
      '[{"name":"a"},{"name":"b"}]',
    ],
    [
      "each part with the references of its own dialect",
      {
        settings: "L: { type: list, merge: append }\nN: {}",
        layers: "[.env, { path: c.env, dialect: compose }, { path: d.env, dialect: dotenv }]",
        files: { ".env": "N=1\nL=$N", "c.env": "L=$N,${N:+x},$$N", "d.env": "L=\\$N,${M-y}" },
      },
      '["$N","1","x","$N","$N","y"]',
    ],
    ["a flag is above all", { settings: "A: {}", process: { A: "p" }, flags: { A: "f" } }, "f"],
  ];
  test.each(cases)("%s", (_, scene, text) => {
    const resolution = resolved(scene);
    expect(codes(resolution)).toEqual([]);
    expect(Object.values(texts(resolution)).at(0)).toBe(text);
  });

  test("the history names all parts of a merged value", () => {
    const resolution = resolved({
      settings: "L: { type: list, merge: append }",
      files: { ".env": "L=a", "env/staging.env": "L=b" },
    });
    expect(explain(resolution, "L").layers.map(({ wins, merged }) => [wins, merged])).toEqual([
      [false, true],
      [true, true],
    ]);
  });

  test("what is taken away is missing where it is required, and can be explained", () => {
    const resolution = resolved({
      settings: "A: { required: true, default: x }",
      files: { ".env": "A=<unset>" },
    });
    expect(codes(resolution)).toEqual(["error SETTING_MISSING .env:1:1"]);
    expect(explain(resolution, "A")).toMatchObject({ set: false, value: null });
  });
});

test.each<[string, Scene, string[]]>([
  [
    "alone",
    { settings: "L: { type: list }", files: { ".env": "L=a,<unset>" } },
    ["error SETTING_PLACEHOLDER .env:1:1"],
  ],
  [
    "in the lower of two layers",
    {
      settings: "L: { type: list, merge: append }",
      files: { ".env": "L=a,<unset>", "env/staging.env": "L=b" },
    },
    ["error SETTING_PLACEHOLDER .env:1:1"],
  ],
  [
    "inside of an object",
    { settings: "O: { type: object }", files: { "env/staging.yaml": "o: { l: [<unset>], m: <unset> }" } },
    ["error SETTING_PLACEHOLDER env/staging.yaml:1:1"],
  ],
])("an item of a list can't be taken away: %s", (_, scene, expected) => {
  expect(codes(resolved(scene))).toEqual(expected);
});

describe("final layers", () => {
  const settings = "A: {}\nB: {}";
  const layers = `[{ path: base.env, final: [A] }, ${FILES}]`;
  test.each<[string, Partial<Scene>, string[]]>([
    ["another setting is free", { files: { "base.env": "A=1\nB=1", ".env": "B=2" } }, []],
    [
      "a later layer is refused, and the final value stays",
      { files: { "base.env": "A=1", ".env": "\nA=2" } },
      ["error SETTING_FINAL .env:2:1"],
    ],
    [
      "so is a later removal",
      { files: { "base.env": "A=1", ".env": "A=<unset>" } },
      ["error SETTING_FINAL .env:1:1"],
    ],
    [
      "the process environment is only warned of",
      { files: { "base.env": "A=1" }, process: { A: "2" } },
      ["warning SETTING_FINAL process environment"],
    ],
    [
      "what says the same is no contradiction",
      { files: { "base.env": "A=1", ".env": "A=1", "env/staging.yaml": "a: '1'" }, flags: { A: "1" } },
      [],
    ],
    [
      "nor what says it in other words",
      { settings: "A: { type: boolean }\nB: {}", files: { "base.env": "A=1", ".env": "A=yes" } },
      [],
    ],
    [
      "a reference to it does",
      { files: { "base.env": "A=1\nB=1", ".env": "A=${B}" } },
      ["error SETTING_FINAL .env:1:1"],
    ],
    ["a flag is refused", { files: { "base.env": "A=1" }, flags: { A: "2" } }, ["error SETTING_FINAL --set"]],
  ])("%s", (_, scene, expected) => {
    const resolution = resolved({ settings, layers, ...scene });
    expect(codes(resolution)).toEqual(expected);
    expect(texts(resolution).A).toBe("1");
  });
});

test("the fix for a flag on a final setting is to leave it out", () => {
  const resolution = resolved({
    settings: "A: {}",
    layers: "[{ path: base.env, final: true }]",
    files: { "base.env": "A=1" },
    flags: { A: "2" },
  });
  expect(resolution.findings.map(({ fix }) => fix)).toEqual(["leave out --set A"]);
});

test("what a final layer takes away may be taken away again", () => {
  const resolution = resolved({
    settings: "A: { default: x }",
    layers: "[{ path: base.env, final: true }, .env]",
    files: { "base.env": "A=<unset>", ".env": "A=<unset>" },
  });
  expect(codes(resolution)).toEqual([]);
  expect(texts(resolution)).toEqual({});
});

describe("declarations by environment, kind and phase", () => {
  const cases: readonly [title: string, scene: Scene, codes: string[]][] = [
    [
      "required in a kind",
      { settings: "A: { in: { staging: { required: true } } }" },
      ["error SETTING_MISSING ringfence.yaml:6:3"],
    ],
    ["not required elsewhere", { settings: "A: { in: { production: { required: true } } }" }, []],
    [
      "a range of its own, by the environment over its kind",
      {
        environment: "qa",
        settings:
          "A: { type: integer, max: 5, in: { qa: { max: 9 }, try: { max: 1 }, development: { max: 2 } } }",
        files: { ".env": "A=7" },
      },
      [],
    ],
    [
      "by its kind",
      {
        environment: "qa",
        settings: "A: { type: integer, in: { try: { max: 1 } } }",
        files: { ".env": "A=7" },
      },
      ["error SETTING_TYPE .env:1:1"],
    ],
    ["needed in another phase", { settings: "A: { required: true, phase: build }", phase: "run" }, []],
    [
      "needed in this phase",
      { settings: "A: { required: true, phase: [build, run] }", phase: "run" },
      ["error SETTING_MISSING ringfence.yaml:6:3"],
    ],
  ];
  test.each(cases)("%s", (_, scene, expected) => {
    expect(codes(resolved(scene))).toEqual(expected);
  });
});

test("a policy gives the value where no layer does, and is named as its source", () => {
  const settings = [
    "DEBUG: { type: boolean, policy: debug }",
    "TOKEN_MINUTES: { type: integer, policy: tokenLifetime, default: 5 }",
    "TOKEN_TTL: { type: duration, policy: tokenLifetime }",
    "LOG_LEVEL: { policy: logLevel }",
  ].join("\n");
  const resolution = resolved({ settings, environment: "production", files: { ".env": "LOG_LEVEL=WARN" } });
  expect(codes(resolution)).toEqual([]);
  expect(texts(resolution)).toEqual({
    DEBUG: "false",
    TOKEN_MINUTES: "60",
    TOKEN_TTL: "1h",
    LOG_LEVEL: "WARN",
  });
  expect(explain(resolution, "TOKEN_MINUTES").layers.map(({ source }) => source)).toEqual([
    "default",
    "policy tokenLifetime",
  ]);
});

test("a secret that a plain layer only puts together from secrets is not in plain", () => {
  const resolution = resolved({
    settings: "URL: { secret: true }\nPASSWORD: { secret: true }",
    files: { ".env": "URL=db://u:${PASSWORD}@h" },
    secrets: { PASSWORD: "p" },
  });
  expect(codes(resolution)).toEqual([]);
  expect(resolution.settings.get("URL")).toMatchObject({ text: "db://u:p@h", secret: true });
});

describe("merging is associative", () => {
  const value: fc.Arbitrary<SettingValue> = fc.letrec<{ value: SettingValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<SettingValue>(1, 2, "a", true, null),
      fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const plain = fc.constantFrom<SettingValue>(1, 2, "a", true, null);
  const flat = fc.dictionary(fc.constantFrom("a", "b", "c"), plain, { maxKeys: 3 });
  // Keys m and n are maps wherever they stand.
  const map = fc
    .tuple(flat, fc.option(flat, { nil: undefined }), fc.option(flat, { nil: undefined }))
    .map(([own, m, n]) => ({ ...own, ...(m && { m }), ...(n && { n }) }));
  const named = fc.uniqueArray(fc.record({ name: fc.constantFrom("x", "y", "z"), data: map }), {
    selector: ({ name }) => name,
  });
  const rules: readonly [MergeRule, fc.Arbitrary<SettingValue>][] = [
    ["replace", value],
    ["append", fc.array(value, { maxLength: 3 })],
    ["deep", map],
    [{ by: "name" }, named],
  ];
  test.each(rules)("%j", (rule, values) => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const left = mergeValues(rule, mergeValues(rule, a, b), c);
        expect(left).toEqual(mergeValues(rule, a, mergeValues(rule, b, c)));
      }),
    );
  });
});
