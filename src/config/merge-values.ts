/** How two lists or objects become one, and what `<unset>` inside of them takes away. Pure, linear in the values. */
import type { MergeRule, SettingValue } from "../model/setting.ts";
import { UNSET } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";

type ObjectValue = { readonly [key: string]: SettingValue };

function isObject(value: SettingValue | undefined): value is ObjectValue {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function deep(below: SettingValue | undefined, above: SettingValue): SettingValue {
  if (!isObject(above)) return pruned(above);
  // A Map: an object would take the key __proto__ for something else.
  const merged = new Map(isObject(below) ? Object.entries(below) : []);
  for (const [key, value] of Object.entries(above)) {
    if (value === UNSET) merged.delete(key);
    else merged.set(key, deep(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** The value without the keys that are `<unset>`, where nothing stands below it. Items of lists stay. */
export function pruned(value: SettingValue): SettingValue {
  if (Array.isArray(value)) return value.map(pruned);
  return isObject(value) ? deep(undefined, value) : value;
}

/** Whether an item of a list is `<unset>`, which takes nothing away: a list has no keys. */
export function hasUnsetItem(value: SettingValue | undefined): boolean {
  if (Array.isArray(value)) return value.some((item) => item === UNSET || hasUnsetItem(item));
  return isObject(value) && Object.values(value).some(hasUnsetItem);
}

function byField(
  field: string,
  below: readonly SettingValue[],
  above: readonly SettingValue[],
): SettingValue[] {
  const merged = [...below];
  const key = (item: SettingValue): string | undefined =>
    isObject(item) && Object.hasOwn(item, field) ? plainText(item[field]!) : undefined;
  const at = new Map(merged.map((item, index) => [key(item), index]));
  for (const item of above) {
    const name = key(item);
    const index = name ? at.get(name) : undefined;
    if (index === undefined) {
      if (name) at.set(name, merged.length);
      merged.push(pruned(item));
    } else merged[index] = deep(merged[index], item);
  }
  return merged;
}

/**
 * Two values by a rule, the second one above. Layers are merged from the lowest up. Associative for `replace` and
 * `append`; for `deep` where a key is a map in all of them or in none and nothing is `<unset>`; for `{ by }` where
 * also no list names a key twice.
 */
export function mergeValues(rule: MergeRule, below: SettingValue, above: SettingValue): SettingValue {
  if (rule === "deep") return deep(below, above);
  if (rule === "replace" || !Array.isArray(below) || !Array.isArray(above)) return pruned(above);
  return rule === "append" ? [...below, ...above.map(pruned)] : byField(rule.by, below, above);
}
