/** What a layer's tree says, as facts that can be compared: an edit must change those of one setting and no others. */
import type { SettingValue } from "../../model/setting.ts";
import { plainText } from "../../model/setting-value.ts";
import { plainValue, type SourceNode } from "../../model/source-tree.ts";

/** A path of keys, as JSON, with what stands there: value and text. A map stands there only while it is empty. */
export type Facts = ReadonlyMap<string, string>;

const EMPTY_MAP = "{}";

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path).slice(0, -1);
}

/** A whole number beyond 2^53 is its digits: the readers of TOML and HCL take it for a text, so as not to round it. */
function asRead(value: SettingValue): SettingValue {
  if (Array.isArray(value)) return value.map(asRead);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? String(value) : value;
}

function put(
  facts: Map<string, string>,
  path: readonly string[],
  node: SourceNode | undefined,
  value: SettingValue,
): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    const below = node?.kind === "map" ? node.entries : undefined;
    for (const [key, one] of entries) put(facts, [...path, key], below?.get(key)?.value, one);
    if (entries.length === 0 && path.length > 0) facts.set(keyOf(path), EMPTY_MAP);
  } else {
    // A number keeps the text of the file, so that must not change either.
    const text = node?.kind === "scalar" && value !== null ? node.text : plainText(value);
    facts.set(keyOf(path), JSON.stringify([asRead(value), text]));
  }
}

export function factsOf(root: SourceNode | undefined): Facts {
  const facts = new Map<string, string>();
  if (root?.kind === "map") put(facts, [], root, plainValue(root));
  return facts;
}

/** Without what is at the path and under it. */
export function factsWithout(facts: Facts, path: readonly string[]): Facts {
  const own = keyOf(path);
  return new Map([...facts].filter(([key]) => key !== own && !key.startsWith(`${own},`)));
}

/** @param node where the value was read from, whose texts it keeps */
export function factsWith(
  facts: Facts,
  path: readonly string[],
  value: SettingValue,
  node?: SourceNode,
): Facts {
  const result = new Map(factsWithout(facts, path));
  for (let depth = 1; depth < path.length; depth++) {
    const above = keyOf(path.slice(0, depth));
    if (result.get(above) === EMPTY_MAP) result.delete(above);
  }
  put(result, path, node, value);
  return result;
}

export function areSame(a: Facts, b: Facts): boolean {
  return a.size === b.size && [...a].every(([key, fact]) => b.get(key) === fact);
}
