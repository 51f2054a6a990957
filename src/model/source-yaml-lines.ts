/**
 * The part of YAML that people mostly write, read line by line with the place of everything: block maps and lists,
 * plain, quoted and literal scalars, flow lists and maps of one line, comments. Whatever else stands there, mistakes
 * included, it declines, and the `yaml` library reads the whole text; so every tree from here is the library's.
 */
import type { Place } from "../base/place.ts";
import { DEEPEST_SOURCE, type SourceEntry, type SourceNode } from "./source-tree.ts";
import { codesOf, DECLINED, END, YamlCursor } from "./source-yaml-cursor.ts";
import { flowValue } from "./source-yaml-flow.ts";
import { literalScalar } from "./source-yaml-literal.ts";
import { plainScalar, quotedScalar } from "./source-yaml-scalar.ts";

/** Tabs, carriage returns and other control characters have rules of their own. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f\ufeff]/;
/** YAML allows 1,024 characters. */
const LONGEST_KEY = 1_000;

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const COLON = 58;
const OPEN_LIST = 91;
const OPEN_MAP = 123;
const BAR = 124;

const LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const IN_KEY = codesOf(`${LETTERS_AND_DIGITS}_-./`);
const STARTS_KEY = codesOf(`${LETTERS_AND_DIGITS}_`);
/** Indicators that begin no plain scalar, or only before certain characters. A dash is looked at apart. */
const STARTS_NO_PLAIN = codesOf("?:,[]{}#&*!|>'\"%@`");

class Lines {
  readonly #cursor: YamlCursor;
  readonly #text: string;

  constructor(text: string, file: string) {
    this.#cursor = new YamlCursor(text, file);
    this.#text = text;
  }

  document(): SourceNode {
    const cursor = this.#cursor;
    if (cursor.indent === 0 && this.#text.startsWith("---", cursor.offset)) {
      cursor.offset += 3;
      cursor.endLine();
    }
    if (cursor.indent === END) throw DECLINED;
    const root = this.#block(0);
    if (cursor.indent !== END) throw DECLINED;
    return root;
  }

  #block(depth: number): SourceNode {
    if (depth >= DEEPEST_SOURCE) throw DECLINED;
    const { indent } = this.#cursor;
    return this.#cursor.isDash() ? this.#list(indent, depth) : this.#map(indent, depth);
  }

  #map(column: number, depth: number): SourceNode {
    const cursor = this.#cursor;
    const place = cursor.place();
    const entries = new Map<string, SourceEntry>();
    do {
      const keyPlace = entries.size === 0 ? place : cursor.place();
      const key = this.#key();
      if (entries.has(key)) throw DECLINED;
      entries.set(key, { keyPlace, value: this.#entryValue(column, depth) });
    } while (cursor.indent === column);
    if (cursor.indent > column) throw DECLINED;
    return { kind: "map", entries, place };
  }

  /** The offset of the colon behind a key that begins here; END where none does. */
  #colon(): number {
    const { offset: start, code: first } = this.#cursor;
    let end = start + 1;
    if (first === QUOTE || first === APOSTROPHE)
      end = quotedScalar(this.#text, start)?.end ?? this.#text.length;
    else if (STARTS_KEY[first] !== 1) return END;
    else while (IN_KEY[this.#text.charCodeAt(end)] === 1) end++;
    const isKey = this.#text.charCodeAt(end) === COLON && this.#cursor.isGap(end + 1);
    return isKey && end - start <= LONGEST_KEY ? end : END;
  }

  /** Reads a key and goes behind its colon. */
  #key(): string {
    const { offset: start, code: first } = this.#cursor;
    const end = this.#colon();
    if (end === END) throw DECLINED;
    const key =
      STARTS_KEY[first] === 1 ? this.#text.slice(start, end) : quotedScalar(this.#text, start)!.value;
    if (key === "__proto__") throw DECLINED;
    this.#cursor.offset = end + 1;
    return key;
  }

  #entryValue(column: number, depth: number): SourceNode {
    const cursor = this.#cursor;
    cursor.skipSpaces();
    if (!cursor.isLineOver()) return this.#inline(column, depth);
    const place = cursor.place();
    cursor.nextLine();
    if (cursor.indent > column) return this.#block(depth + 1);
    if (cursor.indent === column && cursor.isDash()) return this.#list(column, depth + 1);
    return { kind: "scalar", value: null, text: "", place };
  }

  #list(column: number, depth: number): SourceNode {
    const cursor = this.#cursor;
    const place = cursor.place();
    const items: SourceNode[] = [];
    do {
      cursor.offset++;
      items.push(this.#item(column, depth));
    } while (cursor.indent === column && cursor.isDash());
    if (cursor.indent > column) throw DECLINED;
    return { kind: "list", items, place };
  }

  #item(column: number, depth: number): SourceNode {
    const cursor = this.#cursor;
    cursor.skipSpaces();
    if (cursor.isLineOver()) {
      const place = cursor.place();
      cursor.nextLine();
      if (cursor.indent > column) return this.#block(depth + 1);
      return { kind: "scalar", value: null, text: "", place };
    }
    if (!cursor.isDash() && this.#colon() === END) return this.#inline(column, depth);
    cursor.indentHere();
    return this.#block(depth + 1);
  }

  /** A value that begins on the line of its key or dash; goes to the next line. */
  #inline(column: number, depth: number): SourceNode {
    const cursor = this.#cursor;
    const { code } = cursor;
    const place = cursor.place();
    if (code === BAR) return literalScalar(cursor, column);
    const node =
      code === OPEN_LIST || code === OPEN_MAP
        ? flowValue(cursor, depth + 1)
        : this.#scalar(code === QUOTE || code === APOSTROPHE, place);
    cursor.endLine();
    // A line that is indented deeper would go on with the value.
    if (cursor.indent > column) throw DECLINED;
    return node;
  }

  #scalar(isQuoted: boolean, place: Place): SourceNode {
    const cursor = this.#cursor;
    if (isQuoted) {
      const quoted = quotedScalar(this.#text, cursor.offset);
      if (!quoted) throw DECLINED;
      cursor.offset = quoted.end;
      return { kind: "scalar", value: quoted.value, text: quoted.value, place };
    }
    if (STARTS_NO_PLAIN[cursor.code] === 1 || cursor.isDash()) throw DECLINED;
    const text = this.#text.slice(cursor.offset, this.#plainEnd());
    cursor.offset += text.length;
    return { kind: "scalar", value: plainScalar(text), text, place };
  }

  #plainEnd(): number {
    const text = this.#text;
    let end = this.#cursor.offset;
    for (let at = end; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) break;
      if (code === SPACE) continue;
      if (code === COLON && this.#cursor.isGap(at + 1)) throw DECLINED;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
      end = at + 1;
    }
    return end;
  }
}

/** Reads YAML without a byte order mark; undefined where the text needs more than the part described above. */
export function readYamlLines(withReturns: string, file: string): SourceNode | undefined {
  const text = withReturns.includes("\r") ? withReturns.replaceAll("\r\n", "\n") : withReturns;
  if (CONTROL.test(text)) return undefined;
  try {
    return new Lines(text, file).document();
  } catch (error) {
    if (error === DECLINED) return undefined;
    throw error;
  }
}
