/** Keys and values as TOML text, each on one line. Pure. */
import type { SettingValue } from "../../model/setting.ts";

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : stringText(key);
}

/** A basic string: JSON's escapes are TOML's, and DEL has to be one (TOML 1.0, String). */
function stringText(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

/** `{ a = 1, b = ["x"] }`; the value has no null in it. */
export function tomlText(value: SettingValue): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(tomlText).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, one]) => `${tomlKey(key)} = ${tomlText(one)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
