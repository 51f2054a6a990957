/**
 * The tables, keys and items of a TOML text as a tree of their places, put together from headers and dotted keys.
 * Values are smol-toml's; here is only what stands where.
 */
import { forwardPlaces, type Place } from "../base/place.ts";
import { type TomlKey, type TomlStatement, type TomlValue, tomlStatements } from "./source-toml-outline.ts";

/** One key, item or table: where it stands, and what is inside. */
export interface TomlMark {
  /** Of the key; of the value where there is none, as in a list. */
  readonly keyPlace: Place;
  place: Place;
  /** Of a value, as written. */
  text: string;
  /** In the order of the file, which JavaScript's objects don't keep for numbers as keys. */
  readonly children: Map<string, TomlMark>;
  readonly items: TomlMark[];
}

function markAt(place: Place): TomlMark {
  return { keyPlace: place, place, text: "", children: new Map(), items: [] };
}

export class TomlPlaces {
  readonly root: TomlMark;
  /** The longest part of the last dotted key that stood there before it; undefined where none did. */
  known: { readonly keys: readonly TomlKey[]; readonly place: Place } | undefined;
  readonly #text: string;
  readonly #at: (offset: number) => Place;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#at = forwardPlaces(file, text);
    this.root = markAt(this.#at(0));
    let table = this.root;
    for (const one of tomlStatements(text)) {
      if (one.kind === "header") table = this.#table(one);
      else this.#value(this.#step(table, one.keys), one.value);
    }
  }

  #table({ keys, isList }: TomlStatement & { kind: "header" }): TomlMark {
    const table = this.#step(this.root, keys);
    if (isList) table.items.push(markAt(this.#at(keys.at(-1)!.from)));
    return table;
  }

  /** The mark under a dotted key, made where it is new. Of a list of tables the last one is meant. */
  #step(table: TomlMark, keys: readonly TomlKey[]): TomlMark {
    let mark = table;
    this.known = undefined;
    for (const [index, { name, from }] of keys.entries()) {
      const { children } = mark.items.at(-1) ?? mark;
      const old = children.get(name);
      if (old) this.known = { keys: keys.slice(0, index + 1), place: old.keyPlace };
      mark = old ?? markAt(this.#at(from));
      children.set(name, mark);
    }
    return mark;
  }

  #value(mark: TomlMark, { from, to, items = [], pairs = [] }: TomlValue): void {
    mark.place = this.#at(from);
    mark.text = this.#text.slice(from, to);
    for (const item of items) {
      const inner = markAt(this.#at(item.from));
      mark.items.push(inner);
      this.#value(inner, item);
    }
    for (const pair of pairs) this.#value(this.#step(mark, pair.keys), pair.value);
  }
}
