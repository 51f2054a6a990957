import { describe, expect, test } from "vitest";
import { isRingfenceError } from "../base/error.ts";
import { assertUsable, explain } from "./index.ts";
import { codes, resolved, type Scene, texts } from "./test-scene.ts";

test("later layers win; the history names each source, and exactly one wins", () => {
  const resolution = resolved({
    settings: "SIZE: { type: integer, default: 1 }",
    files: { ".env": "SIZE=2", "env/staging.env": "\nSIZE=3", "env/staging.yaml": "size: 4" },
    process: { SIZE: "5", HOME: "/root" },
  });
  expect(resolution.findings).toEqual([]);
  expect([...resolution.settings.keys()]).toEqual(["SIZE"]);
  expect(explain(resolution, "SIZE")).toEqual({
    key: "SIZE",
    secret: false,
    value: 5,
    references: [],
    set: true,
    layers: [
      ["default", "ringfence.yaml", 6, 3, 1],
      [".env", ".env", 1, 1, "2"],
      ["env/staging.env", "env/staging.env", 2, 1, "3"],
      ["env/staging.yaml", "env/staging.yaml", 1, 1, 4],
      ["process environment", "process environment", 0, 0, "5"],
    ].map(([source, file, line, column, value], index) => ({
      source,
      file,
      line,
      column,
      value,
      wins: index === 4,
      removes: false,
      merged: false,
    })),
  });
});

test("a process variable that is equal to the result adds nothing, also inside a run of its own", () => {
  const scene: Scene = {
    settings: "A: {}\nB: {}",
    files: { ".env": "A=1\nB=x${A}" },
  };
  const again = resolved({ ...scene, process: texts(resolved(scene)) });
  expect(again.settings.get("B")?.history.map(({ source }) => source)).toEqual([".env"]);
  const changed = resolved({ ...scene, process: { A: "2" } });
  expect(texts(changed)).toEqual({ A: "2", B: "x2" });
});

test("undeclared keys of a layer resolve too, and the process environment wins over them", () => {
  const resolution = resolved({ files: { ".env": "A=1\nB=2" }, process: { B: "3", C: "4" } });
  expect(resolution.findings).toEqual([]);
  expect(texts(resolution)).toEqual({ A: "1", B: "3" });
});

describe("secrets", () => {
  const settings = "KEY: { secret: true, required: true }\nURL: {}";

  test("are in no history and make what refers to them secret", () => {
    const resolution = resolved({
      settings,
      files: { ".env": "URL=https://u:${KEY}@host" },
      secrets: { KEY: "p${URL}$${x}" },
    });
    expect(resolution.findings).toEqual([]);
    expect(resolution.settings.get("URL")).toMatchObject({
      secret: true,
      text: "https://u:p${URL}$${x}@host",
      references: ["KEY"],
    });
    for (const name of ["KEY", "URL"]) {
      const { value, layers } = explain(resolution, name);
      expect([value, ...layers.map((layer) => layer.value)]).toEqual([null, null]);
    }
  });

  test("that are sealed count as present, and can't be referred to", () => {
    const resolution = resolved({ settings, files: { ".env": "URL=x${KEY}" }, secrets: { KEY: undefined } });
    expect(resolution.settings.get("KEY")).toMatchObject({
      sealed: true,
      value: null,
      text: "",
      secret: true,
    });
    expect(codes(resolution)).toEqual(["error SETTING_SEALED_REFERENCE .env:1:1"]);
    expect(resolution.settings.get("URL")).toMatchObject({ secret: true, text: "" });
  });

  test("without a declaration are secret all the same", () => {
    const resolution = resolved({ settings, secrets: { KEY: "longenough", TOKEN: "tokentoken" } });
    expect(resolution.settings.get("TOKEN")?.secret).toBe(true);
    expect(codes(resolution)).toEqual(["warning SETTING_UNKNOWN secrets/staging.yaml:2:1"]);
  });

  test.each([
    ["staging", "error"],
    ["production", "error"],
    ["development", "warning"],
    ["local", "warning"],
    ["qa", "warning"],
  ])("in a plain layer of %s are an %s", (environment, severity) => {
    const resolution = resolved({ settings, environment, files: { ".env": "KEY='a${b}'" } });
    expect(codes(resolution)).toEqual([`${severity} SETTING_SECRET_IN_PLAIN .env:1:1`]);
    expect(resolution.settings.get("KEY")).toMatchObject({ text: "a${b}", secret: true });
  });

  test("a placeholder in a plain layer is no secret, and the secrets file wins over it", () => {
    const files = { ".env": "KEY=<from-secrets-manager>" };
    expect(resolved({ settings, files, secrets: { KEY: "realvalue" } }).findings).toEqual([]);
    const [finding, ...others] = resolved({ settings, files }).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "SETTING_PLACEHOLDER",
      fix: "ringfence secret set KEY -e staging",
    });
  });

  test("no finding holds a secret's value", () => {
    const secret = "hunter2-hunter2";
    const resolution = resolved({
      settings:
        "A: { type: integer, secret: true }\nB: { type: integer }\nC: { type: enum, values: [x] }\nD: {}\nE: { type: url }",
      files: { ".env": `A=${secret}\nB=\${S}\nC=\${S}\nD=\${A:?\${S}} \${\nE=${secret}` },
      secrets: { S: secret },
    });
    expect(resolution.findings.length).toBeGreaterThan(5);
    expect(JSON.stringify(resolution.findings)).not.toContain(secret);
  });
});

describe("findings", () => {
  const rows: [title: string, scene: Scene, expected: string[]][] = [
    ["missing", { settings: "A: { required: true }" }, ["error SETTING_MISSING ringfence.yaml:6:3"]],
    ["required elsewhere", { settings: "A: { required: [production] }" }, []],
    [
      "required by name",
      { settings: "A: { required: [staging] }" },
      ["error SETTING_MISSING ringfence.yaml:6:3"],
    ],
    [
      "required by what an own kind derives from",
      { settings: "A: { required: [development] }", environment: "qa" },
      ["error SETTING_MISSING ringfence.yaml:6:3"],
    ],
    [
      "required but empty",
      { settings: "A: { required: true }", files: { ".env": "A=" } },
      ["error SETTING_MISSING .env:1:1"],
    ],
    [
      "a wrong type",
      { settings: "A: { type: integer }", files: { ".env": "A=x" } },
      ["error SETTING_TYPE .env:1:1"],
    ],
    [
      "wrong in the process",
      { settings: "A: { type: port }", process: { A: "x" } },
      ["error SETTING_TYPE process environment"],
    ],
    [
      "a default that breaks here",
      { settings: "A: { type: url, default: '${B}' }\nB: { default: x }" },
      ["error SETTING_TYPE ringfence.yaml:6:3"],
    ],
    [
      "a placeholder",
      { settings: "A: {}", files: { ".env": "A=<todo>" } },
      ["error SETTING_PLACEHOLDER .env:1:1"],
    ],
    [
      "unknown, strict",
      { settings: "ABC: {}", files: { ".env": "ABD=1" } },
      ["error SETTING_UNKNOWN .env:1:1"],
    ],
    [
      "unknown, relaxed",
      { settings: "ABC: {}", files: { ".env": "ABD=1" }, environment: "local" },
      ["warning SETTING_UNKNOWN .env:1:1"],
    ],
    [
      "deprecated",
      { settings: "A: { deprecated: 'use B' }", files: { ".env": "A=1" } },
      ["warning SETTING_DEPRECATED .env:1:1"],
    ],
    ["deprecated, unused", { settings: "A: { deprecated: 'use B', default: '1' }" }, []],
    ["a missing layer", { layers: "[.env]" }, ["error SETTING_LAYER_MISSING ringfence.yaml:4:10"]],
    ["a broken layer", { files: { ".env": "A" } }, ["error SETTING_SYNTAX .env:1:1"]],
    [
      "another environment",
      { files: { ".env": "ENVIRONMENT=production" } },
      ["error SETTING_WRONG_ENVIRONMENT .env:1:1"],
    ],
    [
      "another environment, overridden",
      { files: { ".env": "ENVIRONMENT=production", "env/staging.env": "ENVIRONMENT=staging" } },
      [],
    ],
    [
      "another environment, put together from references",
      { settings: "ENVIRONMENT: {}\nE: {}", files: { ".env": "E=production\nENVIRONMENT=${E}" } },
      ["error SETTING_WRONG_ENVIRONMENT .env:2:1"],
    ],
    [
      "another environment, in a final layer",
      {
        layers: "[{ path: .env, final: true }, 'env/{env}.env']",
        files: { ".env": "ENVIRONMENT=production", "env/staging.env": "ENVIRONMENT=staging" },
      },
      ["error SETTING_WRONG_ENVIRONMENT .env:1:1", "error SETTING_FINAL env/staging.env:1:1"],
    ],
    [
      "another environment, by a flag",
      { settings: "ENVIRONMENT: {}", flags: { ENVIRONMENT: "production" } },
      ["error SETTING_WRONG_ENVIRONMENT --set"],
    ],
    [
      "another environment, in the secrets file",
      { settings: "ENVIRONMENT: {}", secrets: { ENVIRONMENT: "production" } },
      ["error SETTING_WRONG_ENVIRONMENT secrets/staging.yaml:1:1"],
    ],
    ["the same environment", { settings: "A: {}", files: { ".env": "ENVIRONMENT=staging" } }, []],
  ];
  test.each(rows)("%s", (_, scene, expected) => {
    expect(codes(resolved(scene))).toEqual(expected);
  });

  test("come all at once, by place", () => {
    const resolution = resolved({
      settings: "A: { type: integer }\nB: { required: true }\nC: { secret: true, required: true }",
      files: { "env/staging.env": "A=x\nX=1\nY=${Z}", ".env": "nonsense" },
    });
    expect(codes(resolution)).toEqual([
      "error SETTING_SYNTAX .env:1:1",
      "error SETTING_TYPE env/staging.env:1:1",
      "error SETTING_UNKNOWN env/staging.env:2:1",
      "error SETTING_UNKNOWN env/staging.env:3:1",
      "error SETTING_REFERENCE env/staging.env:3:1",
      "error SETTING_MISSING ringfence.yaml:7:3",
      "error SETTING_MISSING ringfence.yaml:8:3",
    ]);
  });

  const fixes: [title: string, scene: Scene, fix: string][] = [
    [
      "a missing secret",
      { settings: "A: { secret: true, required: true }" },
      "ringfence secret set A -e staging",
    ],
    [
      "a missing plain setting",
      { settings: "A: { type: duration, required: true }", layers: "['{env}.env?']" },
      "ringfence config set A 15m -e staging",
    ],
    [
      "a value of an enum",
      { settings: "A: { type: enum, values: [DEBUG, INFO] }", files: { ".env": "A=debgu" } },
      "write DEBUG",
    ],
    ["in the process", { settings: "A: { type: port }", process: { A: "x" } }, "export A=8080"],
    [
      "a secret of wrong type",
      { settings: "A: { type: port, secret: true }", secrets: { A: "no-port" } },
      "ringfence secret set A -e staging",
    ],
    ["an unknown name", { settings: "LOG_LEVEL: {}", files: { ".env": "LOGLEVEL=1" } }, "write LOG_LEVEL"],
  ];
  test.each(fixes)("the fix for %s", (_, scene, fix) => {
    expect(resolved(scene).findings.map((finding) => finding.fix)).toEqual([fix]);
  });
});

test("the variable that names the environment is what was selected, whatever the process says", () => {
  const settings = "ENVIRONMENT: { type: enum, values: [staging, production] }";
  const process = { ENVIRONMENT: "production" };
  const selected = resolved({ settings, process });
  expect(explain(selected, "ENVIRONMENT")).toMatchObject({
    value: "staging",
    layers: [{ source: "selected environment" }],
  });
  for (const text of ["ENVIRONMENT=staging", "ENVIRONMENT=<unset>"]) {
    expect(texts(resolved({ settings, process, files: { ".env": text } }))).toEqual({
      ENVIRONMENT: "staging",
    });
  }
});

test("a file that is read in two dialects is parsed in each of them", () => {
  const resolution = resolved({
    layers: "[{ path: a.env, dialect: compose }, { path: a.env, dialect: node }]",
    files: { "a.env": "B=1\nA=$B" },
  });
  expect(explain(resolution, "A")).toMatchObject({ value: "$B" });
  expect(
    explain(
      resolved({
        layers: "[{ path: a.env, dialect: node }, { path: a.env, dialect: compose }]",
        files: { "a.env": "B=1\nA=$B" },
      }),
      "A",
    ),
  ).toMatchObject({ value: "1" });
});

test("an unknown key is refused with the nearest one, a broken resolution with every error", () => {
  const resolution = resolved({
    settings: "LOG_LEVEL: { type: integer }\nB: { required: true }",
    files: { ".env": "LOG_LEVEL=x" },
  });
  expect(() => explain(resolution, "LOGLEVEL")).toThrow(
    expect.objectContaining({
      code: "CONFIG_UNKNOWN_KEY",
      fix: "ringfence config explain LOG_LEVEL -e staging",
    }),
  );
  try {
    assertUsable(resolution);
    expect.unreachable();
  } catch (error) {
    if (!isRingfenceError(error, "CONFIG_INVALID")) throw error;
    expect(error).toMatchObject({
      exit: 3,
      where: ".env:1:1",
      message: "the settings of staging have 2 errors",
    });
    expect(error.why?.split("\n")).toHaveLength(2);
    expect(error.details).toMatchObject({
      environment: "staging",
      findings: [{ setting: "LOG_LEVEL" }, { setting: "B" }],
    });
  }
  assertUsable(resolved({ settings: "A: {}", environment: "local", files: { ".env": "X=1" } }));
});

test("ten thousand settings in one chain, and as many unknown ones, resolve", () => {
  const count = 10_000;
  const chain = Array.from({ length: count }, (_, i) => `A${i}=${i ? `\${A${i - 1}}` : "end"}`).join("\n");
  const settings = Array.from({ length: count }, (_, i) => `A${count - 1 - i}: {}`).join("\n");
  const unknown = Array.from({ length: count }, (_, i) => `UNKNOWN${i}=\${NOTHING${i}}`).join("\n");
  const resolution = resolved({ settings, files: { ".env": chain, "env/staging.env": unknown } });
  expect(resolution.settings.get(`A${count - 1}`)?.text).toBe("end");
  expect(resolution.findings).toHaveLength(2 * count);
});
