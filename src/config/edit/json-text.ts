/** Values as JSON text, laid out as the file around them. Pure. */
import type { SettingValue } from "../../model/setting.ts";

export interface JsonLayout {
  /** Of one level: spaces or a tab. */
  readonly step: string;
  readonly eol: string;
  /** No white space at all: `{"a":1,"b":[1,2]}`. */
  readonly isTight: boolean;
}

function isFlat(value: SettingValue): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value)
    ? value.every((item) => typeof item !== "object" || item === null)
    : Object.keys(value).length === 0;
}

/** The parts of a list or map, `undefined` for a scalar. */
function partsOf(
  value: SettingValue,
  text: (value: SettingValue) => string,
  colon: string,
): string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value)
    ? value.map(text)
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}${colon}${text(one)}`);
}

/** On one line: `{ "a": [1, 2] }`. */
export function inlineJson(value: SettingValue, isTight = false): string {
  const parts = partsOf(value, (one) => inlineJson(one, isTight), isTight ? ":" : ": ");
  if (!parts) return JSON.stringify(value);
  const text = parts.join(isTight ? "," : ", ");
  if (Array.isArray(value)) return `[${text}]`;
  return isTight || text === "" ? `{${text}}` : `{ ${text} }`;
}

/**
 * On lines of their own, except lists of scalars, which stay on one.
 *
 * @param margin of the line that the value begins on
 * @param open also a list of scalars is spread over lines
 */
export function blockJson(
  value: SettingValue,
  margin: string,
  { step, eol, isTight }: JsonLayout,
  open = false,
): string {
  if (isTight) return inlineJson(value, true);
  if (isFlat(value) && !(open && Array.isArray(value) && value.length > 0)) return inlineJson(value);
  const inner = margin + step;
  const parts = partsOf(value, (one) => blockJson(one, inner, { step, eol, isTight }), ": ") ?? [];
  const [first, last] = Array.isArray(value) ? "[]" : "{}";
  return `${first}${eol}${parts.map((part) => inner + part).join(`,${eol}`)}${eol}${margin}${last}`;
}
