/** What differs between two texts of one layer, key by key, as they are written: before interpolation and typing. */
import { isDeepStrictEqual } from "node:util";
import type { LayerDeclaration } from "../model/project.ts";
import type { SettingDeclaration, SettingValue } from "../model/setting.ts";
import { parseLayer } from "./candidates.ts";
import type { LayerEntry } from "./layer-entry.ts";

/** One key whose value differs. It may be a secret's: whoever prints must look at the declaration. */
export interface KeyChange {
  readonly name: string;
  /** As written; undefined where the key is not set. */
  readonly before: SettingValue | undefined;
  readonly after: SettingValue | undefined;
}

/** Two texts of one layer's file. */
export interface LayerChange {
  readonly declaration: LayerDeclaration;
  /** The declaration's path with the environment's name in it. */
  readonly path: string;
  /** Undefined where there is no file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function isSame(a: LayerEntry | undefined, b: LayerEntry | undefined): boolean {
  return a?.text === b?.text && a?.interpolated === b?.interpolated && isDeepStrictEqual(a?.value, b?.value);
}

/**
 * The keys that differ, in the order of the new text, then those that are gone. Empty where only comments or
 * spacing differ. Of a text with mistakes, the keys that can be read count.
 */
export function layerChanges(change: LayerChange, settings: readonly SettingDeclaration[]): KeyChange[] {
  const declared = new Map(settings.map((declaration) => [declaration.name, declaration]));
  const entriesOf = (text: string | undefined) => {
    const entries =
      text === undefined ? [] : parseLayer(change.declaration, text, change.path, declared).entries;
    return new Map(entries.map((entry) => [entry.name, entry]));
  };
  const before = entriesOf(change.before);
  const after = entriesOf(change.after);
  return [...new Set([...after.keys(), ...before.keys()])]
    .filter((name) => !isSame(before.get(name), after.get(name)))
    .map((name) => ({ name, before: before.get(name)?.value, after: after.get(name)?.value }));
}
