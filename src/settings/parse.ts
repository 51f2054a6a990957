/** From the text of an environment variable to a typed value. Pure; the same words as in the manifest's schema. */
import { parseDuration, parseSize } from "../base/units.ts";

/** What each type becomes. Durations are milliseconds, sizes are bytes. */
export interface SettingValues {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  port: number;
  url: string;
  duration: number;
  size: number;
  enum: string;
  list: readonly string[];
  object: Readonly<Record<string, unknown>>;
  email: string;
  host: string;
  cidr: string;
  path: string;
  pattern: string;
}

export type SettingType = keyof SettingValues;

interface TypeRule<T> {
  /** Continues "is not …". */
  readonly expected: string;
  /** Undefined when the text is none of this type. */
  readonly parse: (text: string) => T | undefined;
}

function parseNumber(text: string): number | undefined {
  const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function parseInteger(text: string): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number + 0 : undefined;
}

function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["true", "yes", "on", "1"].includes(word)) return true;
  return ["false", "no", "off", "0"].includes(word) ? false : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseList(text: string): readonly string[] | undefined {
  if (text.trim() === "") return [];
  if (!text.trimStart().startsWith("[")) return text.split(",").map((item) => item.trim());
  const value = parseJson(text);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) =>
    item !== null && typeof item === "object" ? JSON.stringify(item) : String(item),
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  const fits = value !== null && typeof value === "object" && !Array.isArray(value);
  return fits ? (value as Record<string, unknown>) : undefined;
}

const filled = (expected: string): TypeRule<string> => ({ expected, parse: (text) => text || undefined });

/**
 * What Ringfence has checked before the process started (addresses, networks, patterns) is only asked to be there:
 * this library stays small.
 */
export const SETTING_RULES: { readonly [T in SettingType]: TypeRule<SettingValues[T]> } = {
  string: { expected: "a text", parse: (text) => text },
  integer: { expected: "a whole number", parse: parseInteger },
  number: { expected: "a number", parse: parseNumber },
  boolean: { expected: "true or false (also yes/no, on/off, 1/0)", parse: parseBoolean },
  port: {
    expected: "a port from 1 to 65535",
    parse: (text) => {
      const port = parseInteger(text);
      return port !== undefined && port >= 1 && port <= 65_535 ? port : undefined;
    },
  },
  url: { expected: "an absolute URL", parse: (text) => (URL.canParse(text) ? text : undefined) },
  duration: { expected: "a duration such as 15m, 1h30m or 500ms", parse: parseDuration },
  size: { expected: "a size such as 512, 10MiB or 64MB", parse: parseSize },
  enum: filled("one of its values"),
  list: { expected: "a list: comma separated, or a JSON array", parse: parseList },
  object: { expected: "a JSON object", parse: parseObject },
  email: filled("an e-mail address"),
  host: filled("a host name"),
  cidr: filled("a network in CIDR notation"),
  path: filled("a path"),
  pattern: filled("a text that matches its pattern"),
};
