/**
 * Settings as one YAML document: names and typed values, written so that readers of YAML 1.1 and 1.2 agree. Every
 * text is in double quotes, lists and maps are in flow style.
 */
import type { SettingValue } from "../../model/setting.ts";
import { quotedYaml } from "../yaml-quoted.ts";
import type { ExportWriter } from "./exported-setting.ts";

/** Words that YAML 1.1 or 1.2 takes for a truth value or null. */
const NO_TEXT = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** YAML 1.1 takes a number with an exponent for a text unless it has a point. */
function yamlNumber(value: number): string {
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}

function yamlValue(value: SettingValue): string {
  if (typeof value === "string") return quotedYaml(value);
  if (typeof value === "number") return yamlNumber(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${quotedYaml(key)}: ${yamlValue(item)}`)
    .join(", ")}}`;
}

/** A key of a block map. @param name a name that a variable can have */
export function yamlKey(name: string): string {
  return NO_TEXT.test(name) ? quotedYaml(name) : name;
}

export const writeYaml: ExportWriter = (settings) =>
  settings.length === 0
    ? "{}\n"
    : settings.map(({ name, value }) => `${yamlKey(name)}: ${yamlValue(value)}\n`).join("");
