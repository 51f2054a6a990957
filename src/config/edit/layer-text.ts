/** A layer's text that is edited setting by setting; after each edit it is read again and held against what was meant. */
import { isDeepStrictEqual } from "node:util";
import { formatPlace, type Place } from "../../base/place.ts";
import type { LayerFormat } from "../../model/layer.ts";
import type { SettingValue } from "../../model/setting.ts";
import { plainValue, type Source, type SourceMap, type SourceNode } from "../../model/source-tree.ts";
import { configErrors } from "../errors.ts";
import { SETTING_NAME } from "../layer-entry.ts";
import type { FormatEditor } from "./format-editor.ts";
import { jsonEditor } from "./json.ts";
import { areSame, type Facts, factsOf, factsWith, factsWithout } from "./setting-facts.ts";
import { newPath, pathBeside, type SettingPlace, settingPlaces } from "./setting-place.ts";
import { spliced } from "./text-splice.ts";
import { tfvarsEditor } from "./tfvars.ts";
import { tomlEditor } from "./toml.ts";
import { yamlEditor } from "./yaml.ts";

/** One edit. A setting that is removed or renamed and is not in the layer leaves the text as it is. */
export type SettingEdit =
  | { readonly kind: "set"; readonly name: string; readonly value: SettingValue }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string };

export interface EditableLayer {
  readonly format: Exclude<LayerFormat, "dotenv">;
  readonly text: string;
  /** For messages, relative to the project's root. */
  readonly file: string;
  /** Tells whether a setting is declared as `object`; without it those are that are set to an object. */
  readonly isObject?: (name: string) => boolean;
}

const EDITORS: Readonly<Record<EditableLayer["format"], FormatEditor>> = {
  yaml: yamlEditor,
  json: jsonEditor,
  toml: tomlEditor,
  tfvars: tfvarsEditor,
};

/** Numbers, dates and words that mean the same wherever they stand, so that a move can keep them as written. */
const BARE_WORD = /^[\w.+-]+$/;

export function isFilledMap(value: SettingValue): value is { readonly [key: string]: SettingValue } {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  );
}

/** Why no layer can hold the value. */
function unholdable(value: SettingValue): string | undefined {
  if (typeof value === "string" && value.includes("\u0000"))
    return "it has a NUL character, which no environment variable can hold";
  if (typeof value === "number" && !Number.isFinite(value)) return "it is no finite number";
  if (typeof value !== "object" || value === null) return undefined;
  return Object.values(value)
    .map(unholdable)
    .find((why) => why !== undefined);
}

export class LayerText {
  text: string;
  readonly #editor: FormatEditor;
  readonly #file: string;
  readonly #flat: boolean;
  readonly #isObject: (name: string) => boolean;
  #source: Source;
  #facts: Facts;

  constructor({ format, file, isObject }: EditableLayer, text: string, objects: ReadonlySet<string>) {
    this.text = text;
    this.#editor = EDITORS[format];
    this.#file = file;
    this.#flat = format === "tfvars";
    this.#isObject = (name) => isObject?.(name) === true || objects.has(name);
    this.#source = this.#editor.read(text, file);
    const [problem] = this.#source.problems;
    const { root } = this.#source;
    if (problem) {
      const what = `${file} can't be edited before its mistakes are mended`;
      throw configErrors.CONFIG_UNEDITABLE({ what, where: formatPlace(problem.place), ...problem });
    }
    if (root && root.kind !== "map" && !(root.kind === "scalar" && root.value === null)) {
      const what = `${file} can't be edited`;
      const why = "the layer is no map of keys";
      throw configErrors.CONFIG_UNEDITABLE({
        what,
        where: formatPlace(root.place),
        why,
        fix: "write key: value",
      });
    }
    this.#facts = factsOf(root);
  }

  apply(edit: SettingEdit): void {
    const found = this.#find(edit.name);
    if (edit.kind === "set") this.#set(edit.name, edit.value, found);
    else if (found && edit.kind === "remove") this.#remove(edit.name, found);
    else if (found && edit.kind === "rename" && edit.to !== edit.name)
      this.#rename(edit.name, edit.to, found);
  }

  #find(name: string): SettingPlace | undefined {
    const [found, second] = settingPlaces(this.#source.root, name, this.#isObject);
    if (!found || !second) return found;
    const why = `${formatPlace(found.place)} and ${formatPlace(second.place)} both set it`;
    throw this.#uneditable(name, second.place, why, "delete one of the two");
  }

  #newPath(name: string): readonly string[] {
    const why = `no key in ${this.#file} can make that name`;
    const fix = "use upper case letters, digits and _, and begin with a letter";
    if (!SETTING_NAME.test(name)) throw this.#uneditable(name, undefined, why, fix);
    const path = newPath(this.#source.root, name, this.#isObject, this.#flat);
    if (!path) throw this.#uneditable(name, undefined, why, fix);
    return path;
  }

  #set(name: string, value: SettingValue, found: SettingPlace | undefined): void {
    const why = unholdable(value) ?? this.#editor.refuses(value);
    if (why) throw this.#uneditable(name, found?.place, why, "write another value, or remove the setting");
    this.#setAt(name, found?.path ?? this.#newPath(name), value, found);
  }

  /** Of an object only the keys that differ are written, so that the others keep their comments. */
  #setAt(name: string, path: readonly string[], value: SettingValue, at: SettingPlace | undefined): void {
    const wanted = factsWith(this.#facts, path, value);
    if (areSame(this.#facts, wanted)) return;
    const node = at?.node;
    if (!at || node?.kind !== "map" || node.entries.size === 0 || !isFilledMap(value)) {
      this.#become(name, at?.place, this.#editor.set(this.text, path, value), wanted);
      return;
    }
    for (const [key, one] of Object.entries(value)) {
      const below = node.entries.get(key);
      const inner = below && { path: [...path, key], node: below.value, place: below.keyPlace };
      this.#setAt(name, [...path, key], one, inner);
    }
    for (const [key, { keyPlace }] of node.entries) {
      if (!Object.hasOwn(value, key)) this.#removeAt(name, [...path, key], keyPlace);
    }
  }

  /** A map that has nothing else in it goes as well. */
  #remove(name: string, { path, place }: SettingPlace): void {
    let target = path;
    for (let depth = path.length - 1; depth > 0; depth--) {
      let node: SourceNode | undefined = this.#source.root;
      for (const key of path.slice(0, depth)) node = (node as SourceMap).entries.get(key)?.value;
      if (node?.kind !== "map" || node.entries.size > 1) break;
      target = path.slice(0, depth);
    }
    this.#removeAt(name, target, place);
  }

  #removeAt(name: string, path: readonly string[], place: Place): void {
    const result = this.#editor.remove(this.text, path);
    this.#become(name, place, result, factsWithout(this.#facts, path));
  }

  /** In place where the new name belongs into the same map; else it moves there, with its value as it is written. */
  #rename(name: string, to: string, found: SettingPlace): void {
    const taken = this.#find(to);
    if (taken) {
      const why = `${to} is already set at ${formatPlace(taken.place)}`;
      throw this.#uneditable(name, found.place, why, `remove ${to} first`);
    }
    const { path: old, node, place } = found;
    const value = plainValue(node);
    const fresh = this.#newPath(to);
    const beside = pathBeside(this.#source.root as SourceMap, found, to, this.#isObject);
    if (beside && (this.#flat || isDeepStrictEqual(fresh.slice(0, -1), old.slice(0, -1)))) {
      const key = beside.at(-1)!;
      const wanted = factsWith(factsWithout(this.#facts, old), beside, value, node);
      this.#become(name, place, this.#editor.rename(this.text, old, key), wanted);
      return;
    }
    const copied = this.#editor.set(this.text, fresh, value);
    const wanted = factsWith(this.#facts, fresh, value, node);
    const written = copied === undefined ? undefined : this.#asWritten(copied, old, fresh);
    // A word may say something else without what stands before it, such as a tag.
    const result = this.#reads(written, wanted) ? written : copied;
    this.#become(name, place, result, wanted);
    this.#remove(name, this.#find(name)!);
  }

  /** The copy with a bare word of the old place: `1.10` is not to become 1.1. */
  #asWritten(copied: string, old: readonly string[], fresh: readonly string[]): string {
    const from = this.#editor.valueSpan(this.text, old);
    const to = this.#editor.valueSpan(copied, fresh);
    const word = from && this.text.slice(from.from, from.to);
    return word && to && BARE_WORD.test(word) ? spliced(copied, [{ ...to, text: word }]) : copied;
  }

  /** What the text reads as, if that is exactly what is wanted. */
  #reads(text: string | undefined, wanted: Facts): Source | undefined {
    const source = text === undefined ? undefined : this.#editor.read(text, this.#file);
    return source?.problems.length === 0 && areSame(factsOf(source.root), wanted) ? source : undefined;
  }

  /** @throws CONFIG_UNEDITABLE unless the new text says exactly what is wanted */
  #become(name: string, place: Place | undefined, text: string | undefined, wanted: Facts): void {
    const source = this.#reads(text, wanted);
    if (text === undefined || !source) {
      const why = "it is written in a way that others depend on, such as an anchor or a list of tables";
      throw this.#uneditable(name, place, why, `change ${name} in ${this.#file} by hand`);
    }
    this.text = text;
    this.#source = source;
    this.#facts = wanted;
  }

  #uneditable(name: string, at: Place | undefined, why: string, fix: string): Error {
    const place = at ?? { file: this.#file, line: 1, column: 1 };
    const what = `${name} can't be edited in ${this.#file}`;
    return configErrors.CONFIG_UNEDITABLE({ what, where: formatPlace(place), why, fix });
  }
}
