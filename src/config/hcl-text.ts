/**
 * Names and values as HCL text, each on one line, for what is written into Terraform's variable files.
 * Source: the HCL native syntax specification, "Literal Values" and "Template Expressions".
 */
import type { SettingValue } from "../model/setting.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

/** A word that an object's key can be without quotes: `for` begins an expression there, the others are values. */
const BARE_KEY = /^(?!(?:for|null|true|false)$)[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** What would begin a template is doubled; more of the same character in front of it could hide that. */
function literalMark(part: string): string {
  const mark = part.at(-2)!;
  return `${unicodeEscape(mark).repeat(part.length - 2)}${mark}${mark}{`;
}

function quoted(text: string): string {
  const escaped = text.replace(/\$+\{|%+\{|["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (part) =>
    part.endsWith("{") ? literalMark(part) : (ESCAPES[part] ?? unicodeEscape(part)),
  );
  return `"${escaped}"`;
}

/** A key of an object. */
export function hclKey(key: string): string {
  return BARE_KEY.test(key) ? key : quoted(key);
}

/** `{ a = 1, b = ["x"] }`; a text begins no template. */
export function hclValue(value: SettingValue): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(hclValue).join(", ")}]`;
  const items = Object.entries(value).map(([key, item]) => `${hclKey(key)} = ${hclValue(item)}`);
  return items.length > 0 ? `{ ${items.join(", ")} }` : "{}";
}
