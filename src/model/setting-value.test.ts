import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, formatSize, parseDuration, parseSize } from "../base/units.ts";
import type { SettingType, SettingValue } from "./setting.ts";
import { canonicalText, type Typing, typeValue } from "./setting-value.ts";

const BARE: Omit<Typing, "type"> = { values: undefined, pattern: undefined, min: undefined, max: undefined };

function typed(type: SettingType, raw: SettingValue, rules: Partial<Typing> = {}): SettingValue | undefined {
  const text = raw !== null && typeof raw === "object" ? JSON.stringify(raw) : String(raw ?? "");
  const result = typeValue({ ...BARE, type, ...rules }, { value: raw, text });
  return result.fits ? result.value : undefined;
}

describe("texts that fit", () => {
  const rows: [type: SettingType, text: string, value: SettingValue][] = [
    ["string", " as it is ", " as it is "],
    ["integer", "-12", -12],
    ["integer", "007", 7],
    ["integer", "-0", 0],
    ["number", "1.5e3", 1500],
    ["number", ".5", 0.5],
    ["boolean", "TRUE", true],
    ["boolean", "off", false],
    ["boolean", "0", false],
    [
      "url",
      "postgresql://admin:password@db.example.com:5432/app",
      "postgresql://admin:password@db.example.com:5432/app",
    ],
    ["port", "65535", 65_535],
    ["duration", "1h30m", 5_400_000],
    ["duration", "500ms", 500],
    ["duration", "24h", 86_400_000],
    ["size", "10MiB", 10_485_760],
    ["size", "512MB", 512_000_000],
    ["size", "7", 7],
    ["list", "a, b,c", ["a", "b", "c"]],
    ["list", '["a", 1]', ["a", 1]],
    ["list", "", []],
    ["object", '{"a":[1]}', { a: [1] }],
    ["email", "ops+prod@example.com", "ops+prod@example.com"],
    ["host", "db-1.example.com", "db-1.example.com"],
    ["host", "::1", "::1"],
    ["cidr", "10.1.0.0/16", "10.1.0.0/16"],
    ["cidr", "0.0.0.0/0", "0.0.0.0/0"],
    ["cidr", "2001:db8::/32", "2001:db8::/32"],
    ["cidr", "::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104"],
    ["path", "./data/app.db", "./data/app.db"],
  ];
  test.each(rows)("%s %j", (type, text, value) => {
    expect(typed(type, text)).toEqual(value);
  });
});

describe("texts that do not fit", () => {
  const rows: [type: SettingType, text: string][] = [
    ["integer", "1.0"],
    ["integer", ""],
    ["integer", "9007199254740993"],
    ["integer", "1_000"],
    ["number", "Infinity"],
    ["number", "0x10"],
    ["boolean", "maybe"],
    ["boolean", "constructor"],
    ["url", "example.com"],
    ["url", "localhost:3000"],
    ["url", "https://exa mple.com"],
    ["port", "0"],
    ["port", "65536"],
    ["duration", "15"],
    ["duration", "30m1h"],
    ["duration", "1.5h"],
    ["duration", ""],
    ["size", "10 mib"],
    ["size", "1.5GiB"],
    ["size", "9999999999TiB"],
    ["list", "[1"],
    ["object", "[]"],
    ["object", "null"],
    ["object", "{a:1}"],
    ["email", "ops"],
    ["email", "@example.com"],
    ["host", "db.example.com:5432"],
    ["host", "-x"],
    ["host", "300.1.1.1"],
    ["host", ""],
    ["cidr", "10.1.0.0"],
    ["cidr", "10.1.0.1/16"],
    ["cidr", "10.1.0.0/33"],
    ["cidr", "10.1.0.0/016"],
    ["cidr", "2001:db8::1/32"],
    ["path", ""],
  ];
  test.each(rows)("%s %j", (type, text) => {
    expect(typed(type, text)).toBeUndefined();
  });
});

describe("natural values of YAML and JSON", () => {
  const rows: [type: SettingType, raw: SettingValue, value: SettingValue | undefined][] = [
    ["integer", 10, 10],
    ["integer", 1.5, undefined],
    ["integer", 31, 31],
    ["boolean", true, true],
    ["size", 1024, 1024],
    ["duration", 15, undefined],
    ["string", 5, "5"],
    ["string", null, ""],
    ["integer", null, undefined],
    ["list", ["a", 1], ["a", 1]],
    ["string", ["a"], undefined],
    ["list", { a: 1 }, undefined],
    ["object", { a: 1 }, { a: 1 }],
    ["object", [], undefined],
  ];
  test.each(rows)("%s %j", (type, raw, value) => {
    expect(typed(type, raw)).toEqual(value);
  });
});

test("enum, pattern and bounds say what they expect and give a value that fits", () => {
  const misfit = (typing: Partial<Typing> & { type: SettingType }, text: string): unknown => {
    const result = typeValue({ ...BARE, ...typing }, { value: text, text });
    return result.fits ? "fits" : [result.expected, result.example];
  };
  expect(misfit({ type: "enum", values: ["A", "B"] }, "a")).toEqual(["one of A, B", "A"]);
  expect(misfit({ type: "enum", values: ["A", "B"] }, "B")).toBe("fits");
  expect(misfit({ type: "pattern", pattern: "a|b" }, "ab")).toEqual(["a text that matches a|b", ""]);
  expect(misfit({ type: "pattern", pattern: "a|b" }, "b")).toBe("fits");
  expect(misfit({ type: "integer", min: 1 }, "0")).toEqual(["at least 1", "1"]);
  expect(misfit({ type: "duration", max: 60_000 }, "2m")).toEqual(["at most 1m", "1m"]);
  expect(misfit({ type: "size", min: 1_048_576 }, "1kB")).toEqual(["at least 1MiB", "1MiB"]);
});

test("what was written as text keeps its text", () => {
  const text = (type: SettingType, raw: string): unknown => {
    const result = typeValue({ ...BARE, type }, { value: raw, text: raw });
    return result.fits && result.text;
  };
  expect(text("duration", "90m")).toBe("90m");
  expect(text("boolean", "yes")).toBe("yes");
  expect(text("list", "a, b")).toBe("a, b");
});

test("laws: formatted units and canonical texts are read as the same value again", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 52 }), (number) => {
      expect(parseDuration(formatDuration(number))).toBe(number);
      expect(parseSize(formatSize(number))).toBe(number);
    }),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.json(),
    fc.constantFrom("15m", "1kB", "yes", "a,b"),
  );
  const types = fc.constantFrom<SettingType>(
    "string",
    "integer",
    "number",
    "boolean",
    "duration",
    "size",
    "list",
    "object",
  );
  fc.assert(
    fc.property(types, texts, (type, text) => {
      const value = typed(type, text);
      if (value !== undefined) expect(typed(type, canonicalText(type, value))).toEqual(value);
    }),
  );
});
