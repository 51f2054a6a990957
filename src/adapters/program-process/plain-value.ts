/** What of a JavaScript value JSON can hold: a module's settings on their way out. Pure. */
import type { Json } from "../../base/canonical-json.ts";

/** A value that JSON can't hold, and that has no other sensible text. */
export class NoPlainValue extends Error {}

function isClassInstance(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

/** Own enumerable properties, and the getters of the classes that it is made from. */
function namesOf(value: object): string[] {
  const names = Object.keys(value);
  if (!isClassInstance(value)) return names;
  for (let at = Object.getPrototypeOf(value); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (get && name !== "__proto__") names.push(name);
    }
  }
  return [...new Set(names)];
}

function plainNumber(value: number, path: string): number {
  if (Number.isFinite(value)) return value;
  throw new NoPlainValue(`${path} is ${value}`);
}

function plainObject(value: object, path: string, outer: readonly object[]): Json {
  if (outer.includes(value)) throw new NoPlainValue(`${path} holds itself`);
  const within = [...outer, value];
  if (Array.isArray(value)) {
    return value.map((item, at) => plainValue(item, `${path}[${at}]`, within) ?? null);
  }
  if (value instanceof Set) return plainObject([...value], path, outer);
  const entries: Iterable<readonly [unknown, unknown]> =
    value instanceof Map
      ? value
      : namesOf(value).map((name) => [name, (value as Record<string, unknown>)[name]] as const);
  const plain: [string, Json][] = [];
  for (const [key, member] of entries) {
    const name = String(key);
    const inner = plainValue(member, path === "" ? name : `${path}.${name}`, within);
    if (inner !== undefined) plain.push([name, inner]);
  }
  return Object.fromEntries(plain);
}

/**
 * A value as JSON. Dates and whatever else has `toJSON` are what that gives; a bigint is its digits; maps and class
 * instances are objects, sets are lists. Functions, symbols and undefined are left out, in a list null.
 *
 * @throws NoPlainValue for NaN, infinities, dates that are none, and what holds itself
 */
export function plainValue(value: unknown, path = "", outer: readonly object[] = []): Json | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return plainNumber(value, path);
    case "bigint":
      return String(value);
    case "object": {
      if (value === null) return null;
      if (value instanceof Date && Number.isNaN(value.getTime()))
        throw new NoPlainValue(`${path} is a date that is none`);
      const { toJSON } = value as { toJSON?: unknown };
      if (typeof toJSON !== "function") return plainObject(value, path, outer);
      return plainValue(toJSON.call(value, path), path, [...outer, value]);
    }
    default:
      return undefined;
  }
}
