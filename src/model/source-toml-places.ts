/**
 * Where everything stands in a TOML text that smol-toml has found valid, up to an offset: it checks nothing itself.
 * Values are smol-toml's; here are only places and what stands there.
 */
import { parse } from "smol-toml";
import { forwardPlaces, type Place } from "../base/place.ts";

/** One key, item or table: where it stands, and what is inside. */
export interface TomlMark {
  /** Of the key; of the value where there is none, as in a list. */
  readonly keyPlace: Place;
  place: Place;
  /** Of a value without quotes and brackets, as written. */
  text: string;
  /** In the order of the file, which JavaScript's objects don't keep for numbers as keys. */
  readonly children: Map<string, TomlMark>;
  readonly items: TomlMark[];
}

/** One part of a dotted key. */
export interface TomlKey {
  readonly name: string;
  readonly place: Place;
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
/** A date may have a space before its time. */
const BARE_VALUE = /\d{4}-\d{2}-\d{2} \d[^\s,\]}#]*|[^\s,\]}#]+/y;
const VOID = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const BLANK = /[ \t]*/y;

function markAt(place: Place): TomlMark {
  return { keyPlace: place, place, text: "", children: new Map(), items: [] };
}

/** The mark inside a table, made where it is new. Of a list of tables the last one is meant. */
function step(table: TomlMark, { name, place }: TomlKey): TomlMark {
  const child = childOf(table, name) ?? markAt(place);
  (table.items.at(-1) ?? table).children.set(name, child);
  return child;
}

/** What a table, or the last of a list of tables, has under a name. */
export function childOf(table: TomlMark, name: string): TomlMark | undefined {
  return (table.items.at(-1) ?? table).children.get(name);
}

export class TomlPlaces {
  readonly root: TomlMark;
  /** The table in which the next key stands: the last one that was opened. */
  table: TomlMark;
  readonly #text: string;
  readonly #at: (offset: number) => Place;
  readonly #end: number;
  #offset = 0;

  constructor(text: string, file: string, end = text.length) {
    this.#text = text;
    this.#at = forwardPlaces(file, text);
    this.#end = end;
    this.root = markAt(this.#place());
    this.table = this.root;
  }

  /** Goes through the whole text, or up to the offset given. */
  read(): this {
    for (this.#skip(); this.#goesOn(); this.#skip()) {
      if (this.#text.startsWith("[[", this.#offset)) this.#listHeader();
      else if (this.#take("[")) this.#header();
      else this.#assignment(this.table);
    }
    return this;
  }

  #goesOn(): boolean {
    return this.#offset < this.#end;
  }

  #place(): Place {
    return this.#at(this.#offset);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#offset += found.length;
    return found;
  }

  /** White space, line ends and comments. */
  #skip(): void {
    this.#match(VOID);
  }

  #take(char: string): boolean {
    if (!this.#goesOn() || this.#text[this.#offset] !== char) return false;
    this.#offset++;
    return true;
  }

  #header(): void {
    let table = this.root;
    if (!this.#goesOn()) return;
    for (const key of this.keys()) table = step(table, key);
    this.table = table;
    this.#take("]");
  }

  #listHeader(): void {
    this.#offset += 2;
    if (!this.#goesOn()) return;
    const keys = this.keys();
    let list = this.root;
    for (const key of keys) list = step(list, key);
    list.items.push(markAt(keys.at(-1)!.place));
    this.table = list;
    this.#match(/\]*/y);
  }

  /** Reads a dotted key, and goes to what follows it. */
  keys(): TomlKey[] {
    const keys: TomlKey[] = [];
    do {
      this.#match(BLANK);
      const place = this.#place();
      keys.push({ name: this.#keyName(), place });
      this.#match(BLANK);
    } while (this.#take("."));
    return keys;
  }

  #keyName(): string {
    const quote = this.#text[this.#offset];
    if (quote !== '"' && quote !== "'") return this.#match(BARE_KEY);
    const start = this.#offset;
    this.#offset = this.#stringEnd();
    const quoted = this.#text.slice(start, this.#offset);
    return quoted.includes("\\") ? Object.keys(parse(`${quoted} = 0`))[0]! : quoted.slice(1, -1);
  }

  #assignment(table: TomlMark): void {
    let mark = table;
    for (const key of this.keys()) mark = step(mark, key);
    this.#take("=");
    this.#match(BLANK);
    this.#value(mark);
  }

  #value(mark: TomlMark): void {
    mark.place = this.#place();
    const first = this.#text[this.#offset];
    if (this.#take("[")) this.#list(mark);
    else if (this.#take("{")) this.#inlineTable(mark);
    else if (first === '"' || first === "'") this.#offset = this.#stringEnd();
    else mark.text = this.#match(BARE_VALUE);
  }

  #list(mark: TomlMark): void {
    this.#skip();
    while (this.#goesOn() && !this.#take("]")) {
      const item = markAt(this.#place());
      mark.items.push(item);
      this.#value(item);
      this.#skip();
      this.#take(",");
      this.#skip();
    }
  }

  #inlineTable(mark: TomlMark): void {
    const outer = this.table;
    this.table = mark;
    this.#skip();
    while (this.#goesOn() && !this.#take("}")) {
      this.#assignment(mark);
      this.#skip();
      this.#take(",");
      this.#skip();
    }
    if (this.#goesOn() || this.#text[this.#offset - 1] === "}") this.table = outer;
  }

  /** Behind the string that begins here. Up to two quotes before the three that close are part of the text. */
  #stringEnd(): number {
    const quote = this.#text[this.#offset]!;
    const triple = quote.repeat(3);
    const close = this.#text.startsWith(triple, this.#offset) ? triple : quote;
    let at = this.#offset + close.length;
    while (at < this.#text.length && !this.#text.startsWith(close, at)) {
      at += quote === '"' && this.#text[at] === "\\" ? 2 : 1;
    }
    at += close.length;
    for (let more = 0; close === triple && more < 2 && this.#text[at] === quote; more++) at++;
    return at;
  }
}
