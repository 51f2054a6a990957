/** The narrowest type that all values of a setting fit, where name or values leave no doubt; else text. */
import { type SettingType, type SettingValue, UNSET } from "../../model/setting.ts";
import { typeValue } from "../../model/setting-value.ts";

/** A value as one environment has it. */
export interface SeenValue {
  readonly value: SettingValue;
  readonly text: string;
}

export interface TypeGuess {
  readonly type: SettingType;
  readonly values: readonly string[] | undefined;
}

const PLAIN = { values: undefined, pattern: undefined, min: undefined, max: undefined } as const;
const PLACEHOLDER = /^\s*<[^<>]+>\s*$/;
/** Larger numbers are identifiers: nobody counts with them, and doubles don't hold them. */
const LONGEST_NUMBER = 12;

const texts = (seen: readonly SeenValue[]) => seen.map(({ text }) => text);
const all = (seen: readonly SeenValue[], pattern: RegExp) => texts(seen).every((text) => pattern.test(text));
const fits = (seen: readonly SeenValue[], type: SettingType) =>
  seen.every((raw) => typeValue({ ...PLAIN, type }, raw).fits);

const LEVELS = ["trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal", "off"];
const USUAL_LEVELS = ["debug", "info", "warning", "error"];
const MODES = ["development", "test", "production"];

/** Values of an enum that everybody knows; undefined where the name is none of those, or a value is another. */
function enumOf(name: string, seen: readonly SeenValue[]): readonly string[] | undefined {
  const used = [...new Set(texts(seen))];
  if (/^(?:NODE|RAILS|RACK|APP)_ENV$/.test(name)) {
    return used.every((text) => MODES.includes(text)) ? MODES : undefined;
  }
  if (!/(?:^|_)LOG(?:GING)?_?LEVEL$/.test(name)) return undefined;
  const upper = used.every((text) => text === text.toUpperCase());
  if (!upper && !used.every((text) => text === text.toLowerCase())) return undefined;
  const lower = used.map((text) => text.toLowerCase());
  if (!lower.every((text) => LEVELS.includes(text))) return undefined;
  // `warn` and `warning` are two tools' words for the same.
  const usual = lower.includes("warn")
    ? USUAL_LEVELS.map((one) => (one === "warning" ? "warn" : one))
    : USUAL_LEVELS;
  const values = LEVELS.filter((level) => usual.includes(level) || lower.includes(level));
  return upper ? values.map((value) => value.toUpperCase()) : values;
}

const WHOLE = /^(?:0|-?[1-9]\d*)$/;

/** In this order: the first whose name and values fit. */
const GUESSES: readonly (readonly [
  type: SettingType,
  name: RegExp | undefined,
  values: (seen: readonly SeenValue[]) => boolean,
])[] = [
  ["boolean", undefined, (seen) => all(seen, /^(?:true|false)$/i)],
  ["boolean", undefined, (seen) => all(seen, /^(?:yes|no|on|off)$/i)],
  ["port", /(?:^|_)PORT$/i, (seen) => all(seen, WHOLE)],
  [
    "integer",
    undefined,
    (seen) => all(seen, WHOLE) && texts(seen).every((text) => text.length <= LONGEST_NUMBER),
  ],
  [
    "number",
    /^(?!.*(?:VERSION|_VER$))/i,
    (seen) =>
      all(seen, /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/) && texts(seen).some((text) => /\.\d*[1-9]$/.test(text)),
  ],
  [
    "duration",
    /TIMEOUT|TTL|INTERVAL|LIFETIME|EXPIR|DELAY|AGE$|PERIOD|RETENTION|DURATION|WINDOW/i,
    (seen) => all(seen, /^\d+(?:ms|[smhdw])$/),
  ],
  ["size", /SIZE|LIMIT|MEMORY|MEM$|BYTES|QUOTA|MAX/i, (seen) => all(seen, /^\d+ ?(?:[kKMGT]i?B|B)$/)],
  ["url", undefined, (seen) => all(seen, /^[a-z][a-z0-9+.-]*:\/\//i)],
  ["email", /MAIL|FROM|SENDER|CONTACT|RECIPIENT/i, (seen) => all(seen, /^[^\s@]+@[^\s@]+\.[^\s@]+$/)],
  ["cidr", undefined, (seen) => all(seen, /^[0-9a-f.:]+\/\d{1,3}$/i)],
  ["host", /(?:^|_)(?:HOST|HOSTNAME|DOMAIN)$/i, () => true],
  ["list", undefined, (seen) => seen.every(({ value }) => Array.isArray(value))],
  [
    "list",
    /(?:S|LIST)$/i,
    (seen) =>
      texts(seen).some((text) => text.includes(",")) && all(seen, /^[^\s,[\]{}"']+(?:, ?[^\s,[\]{}"']+)*$/),
  ],
];

/** @param seen the values of all environments that have one */
export function guessType(name: string, seen: readonly SeenValue[]): TypeGuess {
  const text = { type: "string", values: undefined } as const;
  const real = seen.filter((one) => !PLACEHOLDER.test(one.text) && one.text !== UNSET);
  // An empty text is no value of any other type.
  if (real.length === 0 || real.some((one) => one.text === "")) return text;
  const values = enumOf(name.toUpperCase(), real);
  if (values) return { type: "enum", values };
  const guess = GUESSES.find(
    ([type, pattern, holds]) => (pattern?.test(name) ?? true) && holds(real) && fits(real, type),
  );
  return guess ? { type: guess[0], values: undefined } : text;
}
