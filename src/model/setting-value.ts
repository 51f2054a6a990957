/** Settings' types: from what a layer gives to a typed value, and from a typed value to text. Pure; findings are made by callers. */

import { formatDuration, formatSize, parseDuration, parseSize } from "../base/units.ts";
import type { SettingDeclaration, SettingType, SettingValue } from "./setting.ts";
import { isCidr, isEmail, isHost, isUrl } from "./setting-network.ts";

/** The part of a declaration that decides which values fit. */
export type Typing = Pick<SettingDeclaration, "type" | "values" | "pattern" | "min" | "max">;

/** A value as a layer gives it: natural (a number of a YAML file) and as the text that stands there. */
export interface RawValue {
  readonly value: SettingValue;
  readonly text: string;
}

/** The typed value with the text a process gets, or what was expected instead. */
export type Typed =
  | { readonly fits: true; readonly value: SettingValue; readonly text: string }
  | { readonly fits: false; readonly expected: string; readonly example: string };

interface TypeRule {
  /** Continues "expected …". */
  readonly expected: string;
  readonly example: string;
  /** Undefined when the text is none of this type. */
  readonly parse: (text: string) => SettingValue | undefined;
  readonly format?: (value: SettingValue) => string;
}

const TRUE_WORDS: readonly string[] = ["true", "yes", "on", "1"];
const FALSE_WORDS: readonly string[] = ["false", "no", "off", "0"];

function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE_WORDS.includes(word) ? true : FALSE_WORDS.includes(word) ? false : undefined;
}

/** `min` and `max` are numbers of these: the value itself, milliseconds, bytes. */
export const BOUNDED_TYPES: readonly SettingType[] = ["integer", "number", "port", "duration", "size"];

function parseNumber(text: string): number | undefined {
  const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function parseInteger(text: string): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  // `+ 0` so that -0 is 0: JSON knows only one of them.
  return Number.isSafeInteger(number) ? number + 0 : undefined;
}

function parseJson(text: string): SettingValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseList(text: string): SettingValue | undefined {
  if (text.trim() === "") return [];
  if (!text.trimStart().startsWith("[")) return text.split(",").map((item) => item.trim());
  const value = parseJson(text);
  return Array.isArray(value) ? value : undefined;
}

function parseObject(text: string): SettingValue | undefined {
  const value = parseJson(text);
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : undefined;
}

const when =
  (holds: (text: string) => boolean) =>
  (text: string): string | undefined =>
    holds(text) ? text : undefined;

const RULES: Readonly<Record<SettingType, TypeRule>> = {
  string: { expected: "a text", example: "text", parse: (text) => text },
  integer: { expected: "a whole number", example: "10", parse: parseInteger },
  number: { expected: "a number", example: "0.5", parse: parseNumber },
  boolean: {
    expected: "true or false (also yes/no, on/off, 1/0)",
    example: "true",
    parse: parseBoolean,
  },
  url: { expected: "an absolute URL", example: "https://example.com/path", parse: when(isUrl) },
  port: {
    expected: "a port from 1 to 65535",
    example: "8080",
    parse: (text) => {
      const port = parseInteger(text);
      return port !== undefined && port >= 1 && port <= 65_535 ? port : undefined;
    },
  },
  duration: {
    expected: "a duration with units (ms, s, m, h, d, w)",
    example: "15m",
    parse: parseDuration,
    format: (value) => formatDuration(Number(value)),
  },
  size: {
    expected: "a size (bytes, or with a unit such as kB, MB, KiB, MiB)",
    example: "10MiB",
    parse: parseSize,
    format: (value) => formatSize(Number(value)),
  },
  enum: { expected: "one of its values", example: "", parse: (text) => text },
  list: { expected: "a list: comma separated or a JSON array", example: "a,b", parse: parseList },
  object: { expected: "a JSON object", example: '{"key":"value"}', parse: parseObject },
  email: { expected: "an e-mail address", example: "ops@example.com", parse: when(isEmail) },
  host: {
    expected: "a host name or IP address without port",
    example: "db.example.com",
    parse: when(isHost),
  },
  cidr: {
    expected: "a network in CIDR notation without host bits",
    example: "10.1.0.0/16",
    parse: when(isCidr),
  },
  path: {
    expected: "a file path",
    example: "./data/app.db",
    parse: when((text) => text !== "" && !text.includes("\u0000")),
  },
  pattern: { expected: "a text that matches its pattern", example: "", parse: (text) => text },
};

const patterns = new Map<string, RegExp>();

/** A pattern always means the whole value. @throws SyntaxError when it is no regular expression. */
export function wholePattern(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const made = new RegExp(`^(?:${pattern})$`, "u");
  patterns.set(pattern, made);
  return made;
}

function amount(typing: Typing, number: number): string {
  const { format } = RULES[typing.type];
  return format ? format(number) : String(number);
}

function misfit(typing: Typing, value: SettingValue): Extract<Typed, { fits: false }> | undefined {
  if (typing.type === "enum" && !typing.values?.includes(String(value))) {
    const values = typing.values ?? [];
    return { fits: false, expected: `one of ${values.join(", ")}`, example: values[0] ?? "" };
  }
  if (typing.pattern !== undefined && !wholePattern(typing.pattern).test(String(value))) {
    return { fits: false, expected: `a text that matches ${typing.pattern}`, example: "" };
  }
  if (typeof value !== "number") return undefined;
  const { min, max } = typing;
  if (min !== undefined && value < min) {
    return { fits: false, expected: `at least ${amount(typing, min)}`, example: amount(typing, min) };
  }
  if (max !== undefined && value > max) {
    return { fits: false, expected: `at most ${amount(typing, max)}`, example: amount(typing, max) };
  }
  return undefined;
}

/** True for the types whose values are numbers, so that a YAML or JSON number needs no text. */
function takesNumber(type: SettingType): boolean {
  return type === "integer" || type === "number" || type === "port" || type === "size";
}

/**
 * Types one value. What was written as text keeps its text, so that a process sees what the file says; lists
 * and objects of YAML and JSON become JSON, their numbers decimal.
 */
export function typeValue(typing: Typing, raw: RawValue): Typed {
  const rule = RULES[typing.type];
  const wrong: Typed = { fits: false, expected: rule.expected, example: rule.example };
  const given = raw.value;
  const structured = given !== null && typeof given === "object";
  if (structured && typing.type !== "list" && typing.type !== "object") return wrong;
  if (structured && Array.isArray(given) !== (typing.type === "list")) return wrong;
  const natural = structured || (typeof given === "number" && takesNumber(typing.type));
  const text = natural ? plainText(given) : raw.text;
  const value = structured ? given : rule.parse(text);
  if (value === undefined) return wrong;
  return misfit(typing, value) ?? { fits: true, value, text };
}

/** A typed value as text; parsing it gives the value again. */
export function canonicalText(type: SettingType, value: SettingValue): string {
  const { format } = RULES[type];
  return format ? format(value) : plainText(value);
}

/** The text of a value that has no declared type. */
export function plainText(value: SettingValue): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Continues "expected …" for a type, with a value that fits. */
export function expectationOf(type: SettingType): { readonly expected: string; readonly example: string } {
  return RULES[type];
}
