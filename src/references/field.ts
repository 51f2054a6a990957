/** A member of a structured secret: JSON, with a path of names and numbers between dots. No message says a value. */
import { nearest } from "../base/nearest.ts";

export type FieldReading =
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "failed"; readonly why: string };

function failed(why: string): FieldReading {
  return { kind: "failed", why };
}

function asText(value: unknown): FieldReading {
  if (typeof value === "string") return { kind: "value", text: value };
  if (value === null || value === undefined) return failed("that field is null");
  return { kind: "value", text: typeof value === "object" ? JSON.stringify(value) : String(value) };
}

function namesIn(value: object): string {
  const names = Array.isArray(value) ? [`0 to ${value.length - 1}`] : Object.keys(value);
  const isEmpty = Array.isArray(value) ? value.length === 0 : names.length === 0;
  if (isEmpty) return "it has none";
  return `it has ${names.slice(0, 20).join(", ")}${names.length > 20 ? " …" : ""}`;
}

/** A number in JSON whose digits a JavaScript number would not keep. */
function losesDigits(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** Of what JSON says: a list has items, but no length. */
function has(value: object, name: string): boolean {
  return Object.keys(value).includes(name);
}

function member(value: unknown, name: string, path: string): { found: unknown } | { why: string } {
  if (value === null || typeof value !== "object")
    return { why: `the secret has nothing below ${path || "its text"}: it is no object there` };
  if (has(value, name)) return { found: (value as Record<string, unknown>)[name] };
  const meant = Array.isArray(value) ? undefined : nearest(name, Object.keys(value));
  const hint = meant ? `; did you mean ${meant}?` : "";
  return { why: `the secret has no field ${path ? `${path}.${name}` : name}: ${namesIn(value)}${hint}` };
}

/**
 * The text of a field. A key with dots in it counts before the path that it looks like; numbers and booleans become
 * text, objects and lists JSON.
 *
 * @param field undefined: the whole text
 */
export function fieldOf(text: string, field: string | undefined): FieldReading {
  if (field === undefined) return { kind: "value", text };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(`the secret is one text, no JSON that could have a field ${field}`);
  }
  if (value !== null && typeof value === "object" && has(value, field))
    return readable((value as Record<string, unknown>)[field]);
  let path = "";
  for (const name of field.split(".")) {
    const next = member(value, name, path);
    if ("why" in next) return failed(next.why);
    value = next.found;
    path = path ? `${path}.${name}` : name;
  }
  return readable(value);
}

function readable(value: unknown): FieldReading {
  if (losesDigits(value)) return failed("that field is a number too large to be read exactly; quote it");
  return asText(value);
}
