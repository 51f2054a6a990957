/** Values as YAML text for what is written into a file: lines of a block, or one line in flow style. Pure. */
import type { Json } from "../../base/canonical-json.ts";
import { quotedYaml } from "../yaml-quoted.ts";

/** Surely a text in every YAML version and in both styles; whatever else is quoted. */
const PLAIN = /^[A-Za-z][\w./@+-]*(?::[\w./@+=-]+)*$/;
/** Plain words that some parser takes for a boolean or null. */
const NOT_PLAIN = /^(y|n|yes|no|on|off|true|false|null)$/i;

type Filled = readonly Json[] | Readonly<Record<string, Json>>;

/** A list or a map with something in it: what can stand on lines of its own. */
export function isFilled(value: Json): value is Filled {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function scalar(value: string | number | boolean | null, quoted: boolean): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return !quoted && PLAIN.test(value) && !NOT_PLAIN.test(value) ? value : quotedYaml(value);
}

/** @param quoted also keys and plain words are quoted, as in JSON. */
export function keyText(key: string, quoted = false): string {
  return scalar(key, quoted);
}

/** On one line: `{ a: 1 }`, `[b, c]`. */
export function flowText(value: Json, quoted = false): string {
  if (typeof value !== "object" || value === null) return scalar(value, quoted);
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item, quoted)).join(", ")}]`;
  const pairs = Object.entries(value).map(
    ([key, one]) => `${keyText(key, quoted)}: ${flowText(one, quoted)}`,
  );
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/**
 * The lines of a filled list or map, each indented.
 *
 * @param step columns between one level and the next.
 */
export function blockLines(value: Filled, indent: number, step: number): string[] {
  const margin = " ".repeat(indent);
  if (Array.isArray(value)) return value.map((item) => `${margin}- ${flowText(item)}`);
  return Object.entries(value).flatMap(([key, one]) =>
    isFilled(one)
      ? [`${margin}${keyText(key)}:`, ...blockLines(one, indent + step, step)]
      : [`${margin}${keyText(key)}: ${flowText(one)}`],
  );
}
