/**
 * Settings as a Terraform variables file: HCL with literal values, names in lower case.
 * Source: the HCL native syntax specification, "Literal Values" and "Template Expressions".
 */
import type { SettingValue } from "../../model/setting.ts";
import { assertDistinct, type ExportedSetting, type ExportWriter } from "./exported-setting.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** What would begin a template is doubled; more of the same character in front of it could hide that. */
function literalMark(part: string): string {
  const mark = part.at(-2)!;
  return `${unicodeEscape(mark).repeat(part.length - 2)}${mark}${mark}{`;
}

function hclText(text: string): string {
  const escaped = text.replace(/\$+\{|%+\{|["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (part) =>
    part.endsWith("{") ? literalMark(part) : (ESCAPES[part] ?? unicodeEscape(part)),
  );
  return `"${escaped}"`;
}

function hclValue(value: SettingValue): string {
  if (typeof value === "string") return hclText(value);
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(hclValue).join(", ")}]`;
  const items = Object.entries(value).map(([key, item]) => `${hclText(key)} = ${hclValue(item)}`);
  return items.length > 0 ? `{ ${items.join(", ")} }` : "{}";
}

const nameOf = ({ name }: ExportedSetting): string => name.toLowerCase();

/** @throws CONFIG_INEXPRESSIBLE where two names differ in case only */
export const writeTfvars: ExportWriter = (settings) => {
  assertDistinct(settings, "tfvars", nameOf);
  return settings.map((setting) => `${nameOf(setting)} = ${hclValue(setting.value)}\n`).join("");
};
