/** A member of a structured secret: JSON, with a path of names and numbers between dots. No message says a value. */
import { exactJson, isStructured, scalarText } from "../base/exact-json.ts";
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
  return { kind: "value", text: isStructured(value) ? JSON.stringify(value) : scalarText(value) };
}

function namesIn(value: object): string {
  const names = Array.isArray(value) ? [`0 to ${value.length - 1}`] : Object.keys(value);
  const isEmpty = Array.isArray(value) ? value.length === 0 : names.length === 0;
  if (isEmpty) return "it has none";
  return `it has ${names.slice(0, 20).join(", ")}${names.length > 20 ? " …" : ""}`;
}

/** Of what JSON says: a list has items, but no length. */
function has(value: object, name: string): boolean {
  return Object.keys(value).includes(name);
}

function member(value: unknown, name: string, path: string): { found: unknown } | { why: string } {
  if (!isStructured(value))
    return { why: `the secret has nothing below ${path || "its text"}: it is no object there` };
  if (has(value, name)) return { found: (value as Record<string, unknown>)[name] };
  const meant = Array.isArray(value) ? undefined : nearest(name, Object.keys(value));
  const hint = meant ? `; did you mean ${meant}?` : "";
  return { why: `the secret has no field ${path ? `${path}.${name}` : name}: ${namesIn(value)}${hint}` };
}

/**
 * The text of a field. A key with dots in it counts before the path that it looks like; numbers become
 * text as they are written, booleans as well, objects and lists JSON.
 *
 * @param field undefined: the whole text
 */
export function fieldOf(text: string, field: string | undefined): FieldReading {
  if (field === undefined) return { kind: "value", text };
  let value: unknown;
  try {
    value = exactJson(text);
  } catch {
    return failed(`the secret is one text, no JSON that could have a field ${field}`);
  }
  if (isStructured(value) && has(value, field)) return asText((value as Record<string, unknown>)[field]);
  let path = "";
  for (const name of field.split(".")) {
    const next = member(value, name, path);
    if ("why" in next) return failed(next.why);
    value = next.found;
    path = path ? `${path}.${name}` : name;
  }
  return asText(value);
}

/**
 * A structured secret with another text in one of its fields; the field need not be there yet, what it lies in must.
 * Everything else stays, but for white space between the members; the field's value becomes text.
 */
export function withField(text: string, field: string, value: string): FieldReading {
  let whole: unknown;
  try {
    whole = exactJson(text);
  } catch {
    return failed(`the secret is one text, no JSON that could have a field ${field}`);
  }
  if (!isStructured(whole)) return failed("the secret is no object");
  const names = has(whole, field) ? [field] : field.split(".");
  const last = names.pop()!;
  let at: unknown = whole;
  let path = "";
  for (const name of names) {
    const next = member(at, name, path);
    if ("why" in next) return failed(next.why);
    at = next.found;
    path = path ? `${path}.${name}` : name;
  }
  if (!isStructured(at) || (Array.isArray(at) && !has(at, last)))
    return failed(`the secret has nothing below ${path} that could have a field ${last}`);
  Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true });
  return { kind: "value", text: JSON.stringify(whole) };
}
