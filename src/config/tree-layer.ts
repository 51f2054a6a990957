/**
 * Reads layers of YAML, JSON, TOML and Terraform's variables: nested keys become one flat namespace. The parts of a path are joined by `_`, humps
 * of camelCase are split, hyphens, dots and spaces become `_`, everything is upper-cased: `database.poolSize` and
 * `database.pool_size` are `DATABASE_POOL_SIZE`. A key that is upper case already stays as it is.
 *
 * Lists stay values, and so does the whole map under a setting whose declared type is `object`.
 */
import { formatPlace } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { SettingValue } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";
import { readTfvars } from "../model/source-hcl.ts";
import { readJson } from "../model/source-json.ts";
import { readToml } from "../model/source-toml.ts";
import { plainValue, type Source, type SourceEntry, type SourceNode } from "../model/source-tree.ts";
import { readYaml } from "../model/source-yaml.ts";
import { type LayerEntry, type ParsedLayer, SETTING_NAME } from "./layer-entry.ts";

function splitHumps(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
}

/** What one key of a path adds to the setting's name. */
function namePart(key: string): string {
  const upper = key.toUpperCase();
  return (key === upper ? key : splitHumps(key).toUpperCase()).replace(/[-. ]/g, "_");
}

/** The name of the setting that a path of keys sets. */
export function settingName(path: readonly string[]): string {
  return path.map(namePart).join("_");
}

function hasNul(value: SettingValue): boolean {
  if (typeof value === "string") return value.includes("\u0000");
  return value !== null && typeof value === "object" && Object.values(value).some(hasNul);
}

class Flattener {
  readonly problems: FindingDraft[] = [];
  readonly entries = new Map<string, LayerEntry>();
  readonly #isObject: (name: string) => boolean;
  /** In a layer the same keys come again and again. */
  readonly #parts = new Map<string, string>();
  readonly #interpolated: boolean;

  constructor(isObject: (name: string) => boolean, interpolated: boolean) {
    this.#isObject = isObject;
    this.#interpolated = interpolated;
  }

  /** @param prefix what the path adds to every name: empty, or the name of the path and an underscore */
  walk(entries: ReadonlyMap<string, SourceEntry>, path: readonly string[], prefix: string): void {
    for (const [key, { keyPlace, value }] of entries) {
      const keys = [...path, key];
      const name = prefix + this.#part(key);
      if (value.kind === "map" && !this.#isObject(name)) this.walk(value.entries, keys, `${name}_`);
      else this.#leaf(name, keys, keyPlace, value);
    }
  }

  #part(key: string): string {
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = namePart(key);
      this.#parts.set(key, part);
    }
    return part;
  }

  #leaf(name: string, path: readonly string[], place: SourceEntry["keyPlace"], node: SourceNode): void {
    const value = plainValue(node);
    const problem = this.#problem(name, path, place, value);
    if (problem) {
      this.problems.push(problem);
      return;
    }
    // A number keeps the text of the file: 1.10 may be a version.
    const text = node.kind === "scalar" && value !== null ? node.text : plainText(value);
    this.entries.set(name, { name, path, value, text, interpolated: this.#interpolated, place });
  }

  #problem(
    name: string,
    path: readonly string[],
    place: SourceEntry["keyPlace"],
    value: SettingValue,
  ): FindingDraft | undefined {
    if (!SETTING_NAME.test(name)) {
      const why = `${path.join(".")} would be the setting ${name}, which is no name of a variable`;
      return { code: "SETTING_NAME", place, why, fix: "use letters, digits and _, and begin with a letter" };
    }
    const first = this.entries.get(name);
    if (first) {
      const why = `${path.join(".")} sets ${name}, which ${formatPlace(first.place)} sets too`;
      return { code: "SETTING_DUPLICATE", setting: name, place, why, fix: "delete one of the two" };
    }
    if (!hasNul(value)) return undefined;
    const why = `${name} has a NUL character, which no environment variable can hold`;
    return { code: "SETTING_SYNTAX", setting: name, place, why, fix: "remove it, or write base64" };
  }
}

function flatten(source: Source, isObject: (name: string) => boolean, interpolated: boolean): ParsedLayer {
  const flattener = new Flattener(isObject, interpolated);
  for (const { kind, place, why, fix } of source.problems) {
    flattener.problems.push({
      code: kind === "syntax" ? "SETTING_SYNTAX" : "SETTING_DUPLICATE",
      place,
      why,
      fix,
    });
  }
  const { root } = source;
  if (root?.kind === "map") flattener.walk(root.entries, [], "");
  else if (root && !(root.kind === "scalar" && root.value === null)) {
    const why = "the layer is no map of keys";
    flattener.problems.push({ code: "SETTING_SYNTAX", place: root.place, why, fix: "write key: value" });
  }
  return { entries: [...flattener.entries.values()], problems: flattener.problems };
}

/** Reads a YAML layer. @param isObject tells whether the setting of a name is declared as `object` */
export function parseYamlLayer(text: string, file: string, isObject: (name: string) => boolean): ParsedLayer {
  return flatten(readYaml(text, file), isObject, true);
}

/** Reads a JSON layer. @param isObject tells whether the setting of a name is declared as `object` */
export function parseJsonLayer(text: string, file: string, isObject: (name: string) => boolean): ParsedLayer {
  return flatten(readJson(text, file), isObject, true);
}

/** Reads a TOML layer. @param isObject tells whether the setting of a name is declared as `object` */
export function parseTomlLayer(text: string, file: string, isObject: (name: string) => boolean): ParsedLayer {
  return flatten(readToml(text, file), isObject, true);
}

/**
 * Reads a layer of Terraform's variables. Its values are literal: HCL has its own `${…}`, which the reader refuses, and
 * what it escaped as `$${…}` is text. @param isObject tells whether the setting of a name is declared as `object`
 */
export function parseTfvarsLayer(
  text: string,
  file: string,
  isObject: (name: string) => boolean,
): ParsedLayer {
  return flatten(readTfvars(text, file), isObject, false);
}
