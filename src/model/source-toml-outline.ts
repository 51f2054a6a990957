/**
 * Where the headers, keys and values of a TOML text stand. It checks nothing: smol-toml has found the text valid, or
 * what stands before its first mistake.
 */
import { parse } from "smol-toml";
import type { Span } from "../base/place.ts";

/** One part of a dotted key, with its quotes. */
export interface TomlKey extends Span {
  readonly name: string;
}

export interface TomlValue extends Span {
  /** Of a list. */
  readonly items?: readonly TomlValue[];
  /** Of a table in braces. */
  readonly pairs?: readonly TomlPair[];
}

export interface TomlHeader {
  readonly kind: "header";
  /** From the bracket to the bracket. */
  readonly span: Span;
  readonly keys: readonly TomlKey[];
  readonly path: readonly string[];
  /** `[[name]]` */
  readonly isList: boolean;
}

export interface TomlPair {
  readonly kind: "pair";
  /** From the key to the end of the value. */
  readonly span: Span;
  /** As they are written here: the last ones of the path. */
  readonly keys: readonly TomlKey[];
  /** From the root, with the header's keys. */
  readonly path: readonly string[];
  readonly value: TomlValue;
}

export type TomlStatement = TomlHeader | TomlPair;

const BARE_KEY = /[A-Za-z0-9_-]+/y;
/** A date may have a space before its time. */
const BARE_VALUE = /\d{4}-\d{2}-\d{2} \d[^\s,\]}#]*|[^\s,\]}#]+/y;
const VOID = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const BLANK = /[ \t]*/y;

class Scanner {
  readonly #text: string;
  offset: number;

  constructor(text: string, offset = 0) {
    this.#text = text;
    this.offset = offset;
  }

  statements(): TomlStatement[] {
    const statements: TomlStatement[] = [];
    let above: readonly string[] = [];
    for (this.#match(VOID); this.offset < this.#text.length; this.#match(VOID)) {
      const one = this.#text[this.offset] === "[" ? this.#header() : this.#pair(above);
      if (one.kind === "header") above = one.path;
      statements.push(one);
    }
    return statements;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.offset += found.length;
    return found;
  }

  #take(char: string): boolean {
    if (this.#text[this.offset] !== char) return false;
    this.offset++;
    return true;
  }

  #header(): TomlHeader {
    const from = this.offset;
    const isList = this.#text.startsWith("[[", from);
    const width = isList ? 2 : 1;
    this.offset += width;
    const keys = this.keys();
    this.offset += width;
    return { kind: "header", span: { from, to: this.offset }, keys, path: namesOf(keys), isList };
  }

  /** Reads a dotted key, and goes to what follows it. */
  keys(): TomlKey[] {
    const keys: TomlKey[] = [];
    do {
      this.#match(BLANK);
      const from = this.offset;
      const name = this.#keyName();
      keys.push({ name, from, to: this.offset });
      this.#match(BLANK);
    } while (this.#take("."));
    return keys;
  }

  #keyName(): string {
    const from = this.offset;
    if (!this.#string()) return this.#match(BARE_KEY);
    const quoted = this.#text.slice(from, this.offset);
    return quoted.includes("\\") ? Object.keys(parse(`${quoted} = 0`))[0]! : quoted.slice(1, -1);
  }

  #pair(above: readonly string[]): TomlPair {
    const from = this.offset;
    const keys = this.keys();
    this.#take("=");
    this.#match(BLANK);
    const path = [...above, ...namesOf(keys)];
    const value = this.#value(path);
    return { kind: "pair", span: { from, to: value.to }, keys, path, value };
  }

  #value(path: readonly string[]): TomlValue {
    const from = this.offset;
    if (this.#take("[")) return { items: this.#parts("]", () => this.#value(path)), from, to: this.offset };
    if (this.#take("{")) return { pairs: this.#parts("}", () => this.#pair(path)), from, to: this.offset };
    // What is no value at all must not keep us here.
    if (!this.#string() && this.#match(BARE_VALUE) === "") this.offset++;
    return { from, to: this.offset };
  }

  #parts<Part>(close: string, read: () => Part): Part[] {
    const parts: Part[] = [];
    for (this.#match(VOID); this.offset < this.#text.length && !this.#take(close); this.#match(VOID)) {
      parts.push(read());
      this.#match(VOID);
      this.#take(",");
    }
    return parts;
  }

  /**
   * Goes behind the string that begins here; false where none does. Up to two quotes before the three that close are
   * part of the text.
   */
  #string(): boolean {
    const text = this.#text;
    const quote = text[this.offset];
    if (quote !== '"' && quote !== "'") return false;
    const triple = quote.repeat(3);
    const close = text.startsWith(triple, this.offset) ? triple : quote;
    let at = this.offset + close.length;
    while (at < text.length && !text.startsWith(close, at)) at += quote === '"' && text[at] === "\\" ? 2 : 1;
    at += close.length;
    for (let more = 0; close === triple && more < 2 && text[at] === quote; more++) at++;
    this.offset = at;
    return true;
  }
}

function namesOf(keys: readonly TomlKey[]): string[] {
  return keys.map(({ name }) => name);
}

/** The headers, and the pairs under them, in the order of the text. */
export function tomlStatements(text: string): readonly TomlStatement[] {
  return new Scanner(text).statements();
}

/** The offset behind the dotted key that stands at an offset. */
export function endOfTomlKey(text: string, offset: number): number {
  const scanner = new Scanner(text, offset);
  scanner.keys();
  return scanner.offset;
}

/** The pairs themselves and those in braces; lists are values. */
export function allPairs(statements: readonly TomlStatement[]): TomlPair[] {
  return statements.flatMap((one) => (one.kind === "pair" ? [one, ...allPairs(one.value.pairs ?? [])] : []));
}
