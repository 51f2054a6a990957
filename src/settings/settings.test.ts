import { spawnSync } from "node:child_process";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, test } from "vitest";
import { loadSettings, Secret, type SettingType } from "./index.ts";

describe("one value", () => {
  test.each<[SettingType, string, unknown]>([
    ["string", "", ""],
    ["string", " a ", " a "],
    ["integer", "-12", -12],
    ["integer", "-0", 0],
    ["number", "1.5e3", 1500],
    ["boolean", "TRUE", true],
    ["boolean", "off", false],
    ["port", "65535", 65_535],
    ["url", "postgresql://u:p@host:5432/db?x=1", "postgresql://u:p@host:5432/db?x=1"],
    ["duration", "1h30m", 5_400_000],
    ["duration", "500ms", 500],
    ["size", "10MiB", 10_485_760],
    ["size", "512", 512],
    ["list", "a, b,c", ["a", "b", "c"]],
    ["list", '["a,b", 1]', ["a,b", "1"]],
    ["list", "", []],
    ["object", '{"a":[1]}', { a: [1] }],
    ["cidr", "10.1.0.0/16", "10.1.0.0/16"],
  ])("%s %j", (type, text, expected) => {
    expect(loadSettings({ KEY: type }, { KEY: text }).KEY).toEqual(expected);
  });

  test.each<[SettingType, string]>([
    ["integer", ""],
    ["integer", "1.5"],
    ["integer", "0x10"],
    ["integer", "9007199254740993"],
    ["number", "NaN"],
    ["number", "1,5"],
    ["boolean", "maybe"],
    ["port", "0"],
    ["port", "65536"],
    ["url", "example.com"],
    ["duration", "15"],
    ["duration", ""],
    ["size", "10 MiBs"],
    ["list", "[1"],
    ["object", "[]"],
    ["object", "null"],
    ["host", ""],
  ])("%s refuses %j", (type, text) => {
    expect(() => loadSettings({ KEY: type }, { KEY: text })).toThrow("KEY is not ");
  });
});

test("types follow from the specification", () => {
  const settings = loadSettings(
    {
      PORT: "port",
      LEVEL: { type: "enum", values: ["debug", "info"] },
      TOKEN: { type: "string", secret: true },
      LIMIT: { type: "integer", default: 5 },
      NAME: { type: "string", optional: true },
      HOSTS: { type: "list", default: ["a"] },
    },
    { PORT: "80", LEVEL: "info", TOKEN: "t" },
  );
  expectTypeOf(settings.PORT).toEqualTypeOf<number>();
  expectTypeOf(settings.LEVEL).toEqualTypeOf<"debug" | "info">();
  expectTypeOf(settings.TOKEN).toEqualTypeOf<Secret<string>>();
  expectTypeOf(settings.LIMIT).toEqualTypeOf<number>();
  expectTypeOf(settings.NAME).toEqualTypeOf<string | undefined>();
  expectTypeOf(settings.HOSTS).toEqualTypeOf<readonly string[]>();
  expect({ ...settings, TOKEN: settings.TOKEN.open() }).toEqual({
    PORT: 80,
    LEVEL: "info",
    TOKEN: "t",
    LIMIT: 5,
    NAME: undefined,
    HOSTS: ["a"],
  });
  // @ts-expect-error a default has the setting's type
  expect(() => loadSettings({ A: { type: "integer", default: "5" } }, {})).not.toThrow();
});

test("every mistake at once, and no value", () => {
  const load = () =>
    loadSettings(
      {
        A: "integer",
        B: { type: "url", secret: true },
        C: { type: "enum", values: ["x", "y"] },
        D: "string",
        E: "string",
      },
      { A: "value-of-a", B: "value-of-b", C: "value-of-c", E: "", RINGFENCE_ENVIRONMENT: "staging" },
    );
  expect(load).toThrow(
    expect.objectContaining({
      code: "SETTINGS_INVALID",
      exit: 1,
      message:
        "4 settings are missing or wrong\n  A is not a whole number\n  B is not an absolute URL\n" +
        "  C is none of x, y\n  D is missing; it must be a text",
      fix: "ringfence config check -e staging",
    }),
  );
  try {
    load();
  } catch (error) {
    expect(inspect(error)).not.toContain("value-of");
  }
});

test("environment and data folder come from the process; an uncaught error tells a person what to do", () => {
  const module = JSON.stringify(new URL("./index.ts", import.meta.url).href);
  const run = (code: string) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", `import * as s from ${module}; ${code}`], {
      env: { RINGFENCE_ENVIRONMENT: "staging", RINGFENCE_DATA: "/data" },
      encoding: "utf8",
    });
  expect(run("console.log(s.environment, s.dataFolder)").stdout).toBe("staging /data\n");
  const failed = run('s.loadSettings({ PORT: "port" })');
  expect(failed.status).toBe(1);
  expect(failed.stderr).toContain("PORT is missing; it must be a port from 1 to 65535");
});

test("secrets of other types", () => {
  const { IDS } = loadSettings({ IDS: { type: "list", secret: true } }, { IDS: "a,b" });
  expect(IDS).toBeInstanceOf(Secret);
  expect(IDS.open()).toEqual(["a", "b"]);
});

test("what every object has is no variable", () => {
  const settings = loadSettings(
    { constructor: { type: "string", default: "d" }, toString: "string" },
    { toString: "t" },
  );
  expect(Object.entries(settings)).toEqual([
    ["constructor", "d"],
    ["toString", "t"],
  ]);
});
