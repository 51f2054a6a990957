/**
 * Reads YAML and JSON layers: nested keys become one flat namespace. The parts of a path are joined by `_`, humps
 * of camelCase are split, hyphens, dots and spaces become `_`, everything is upper-cased: `database.poolSize` and
 * `database.pool_size` are `DATABASE_POOL_SIZE`. A key that is upper case already stays as it is.
 *
 * Lists stay values, and so does the whole map under a setting whose declared type is `object`.
 */
import { formatPlace } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { SettingValue } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";
import { readJson } from "../model/source-json.ts";
import { plainValue, type Source, type SourceEntry, type SourceNode } from "../model/source-tree.ts";
import { readYaml } from "../model/source-yaml.ts";
import { type LayerEntry, type ParsedLayer, SETTING_NAME } from "./layer-entry.ts";

function splitHumps(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
}

/** The name of the setting that a path of keys sets. */
export function settingName(path: readonly string[]): string {
  return path
    .map((key) => (key === key.toUpperCase() ? key : splitHumps(key)))
    .join("_")
    .replace(/[-. ]/g, "_")
    .toUpperCase();
}

function hasNul(value: SettingValue): boolean {
  if (typeof value === "string") return value.includes("\u0000");
  return value !== null && typeof value === "object" && Object.values(value).some(hasNul);
}

class Flattener {
  readonly problems: FindingDraft[] = [];
  readonly entries = new Map<string, LayerEntry>();
  readonly #isObject: (name: string) => boolean;

  constructor(isObject: (name: string) => boolean) {
    this.#isObject = isObject;
  }

  walk(entries: ReadonlyMap<string, SourceEntry>, path: readonly string[]): void {
    for (const [key, { keyPlace, value }] of entries) {
      const keys = [...path, key];
      const name = settingName(keys);
      if (value.kind === "map" && !this.#isObject(name)) this.walk(value.entries, keys);
      else this.#leaf(name, keys, keyPlace, value);
    }
  }

  #leaf(name: string, path: readonly string[], place: SourceEntry["keyPlace"], node: SourceNode): void {
    const first = this.entries.get(name);
    if (!SETTING_NAME.test(name)) {
      const why = `${path.join(".")} would be the setting ${name}, which is no name of a variable`;
      const fix = "use letters, digits and _, and begin with a letter";
      this.problems.push({ code: "SETTING_NAME", place, why, fix });
    } else if (first) {
      const why = `${path.join(".")} sets ${name}, which ${formatPlace(first.place)} sets too`;
      this.problems.push({
        code: "SETTING_DUPLICATE",
        setting: name,
        place,
        why,
        fix: "delete one of the two",
      });
    } else if (hasNul(plainValue(node))) {
      const why = `${name} has a NUL character, which no environment variable can hold`;
      this.problems.push({
        code: "SETTING_SYNTAX",
        setting: name,
        place,
        why,
        fix: "remove it, or write base64",
      });
    } else {
      const value = plainValue(node);
      // A number keeps the text of the file: 1.10 may be a version.
      const text = node.kind === "scalar" && value !== null ? node.text : plainText(value);
      this.entries.set(name, { name, path, value, text, interpolated: true, place });
    }
  }
}

function flatten(source: Source, isObject: (name: string) => boolean): ParsedLayer {
  const flattener = new Flattener(isObject);
  for (const { kind, place, why, fix } of source.problems) {
    flattener.problems.push({
      code: kind === "syntax" ? "SETTING_SYNTAX" : "SETTING_DUPLICATE",
      place,
      why,
      fix,
    });
  }
  const { root } = source;
  if (root?.kind === "map") flattener.walk(root.entries, []);
  else if (root && !(root.kind === "scalar" && root.value === null)) {
    const why = "the layer is no map of keys";
    flattener.problems.push({ code: "SETTING_SYNTAX", place: root.place, why, fix: "write key: value" });
  }
  return { entries: [...flattener.entries.values()], problems: flattener.problems };
}

/** Reads a YAML layer. @param isObject tells whether the setting of a name is declared as `object` */
export function parseYamlLayer(text: string, file: string, isObject: (name: string) => boolean): ParsedLayer {
  return flatten(readYaml(text, file), isObject);
}

/** Reads a JSON layer. @param isObject tells whether the setting of a name is declared as `object` */
export function parseJsonLayer(text: string, file: string, isObject: (name: string) => boolean): ParsedLayer {
  return flatten(readJson(text, file), isObject);
}
