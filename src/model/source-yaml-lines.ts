/**
 * The part of YAML that people mostly write, read line by line with the place of everything: block maps and lists,
 * plain and quoted scalars of one line, flow lists of scalars, comments. Whatever else stands there, mistakes
 * included, it declines, and the `yaml` library reads the whole text; so every tree from here is the library's.
 */
import type { Place } from "../base/place.ts";
import { DEEPEST_SOURCE, type SourceEntry, type SourceNode } from "./source-tree.ts";
import { plainScalar, quotedScalar } from "./source-yaml-scalar.ts";

/** Thrown where the text is outside of this part. Never leaves this file. */
const DECLINED = Symbol("declined");

/** Tabs, carriage returns and other control characters have rules of their own. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f\ufeff]/;
/** YAML allows 1,024 characters. */
const LONGEST_KEY = 1_000;
const END = -1;

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_MAP = 123;

function codesOf(chars: string): Uint8Array {
  const codes = new Uint8Array(128);
  for (const char of chars) codes[char.charCodeAt(0)] = 1;
  return codes;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
const IN_KEY = codesOf(`${LETTERS + DIGITS}_-./`);
const STARTS_KEY = codesOf(`${LETTERS + DIGITS}_`);
/** Indicators that begin no plain scalar, or only before certain characters. A dash is looked at apart. */
const STARTS_NO_PLAIN = codesOf("?:,[]{}#&*!|>'\"%@`");
/** Ends or upsets a plain scalar in a flow list. */
const UPSETS_FLOW = codesOf("[{}#'\"");
const AFTER_FLOW_COLON = codesOf(`${LETTERS + DIGITS}/`);

class Lines {
  readonly #text: string;
  readonly #file: string;
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  /** Of the line at hand, in characters; END behind the last line. */
  #indent = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  document(): SourceNode {
    this.#content();
    if (this.#indent === 0 && this.#text.startsWith("---", this.#offset)) {
      this.#offset += 3;
      this.#endLine();
    }
    if (this.#indent === END) throw DECLINED;
    const root = this.#block(0);
    if (this.#indent !== END) throw DECLINED;
    return root;
  }

  #place(): Place {
    return { file: this.#file, line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }

  /** True where a space, the end of the line or the end of the text stands. */
  #isGap(offset: number): boolean {
    const code = this.#text.charCodeAt(offset);
    return code === SPACE || code === NEWLINE || offset >= this.#text.length;
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#offset) === DASH && this.#isGap(this.#offset + 1);
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#offset) === SPACE) this.#offset++;
  }

  /** True where nothing but a comment follows in the line. Call it behind white space only. */
  #isLineOver(): boolean {
    const code = this.#text.charCodeAt(this.#offset);
    return code === NEWLINE || code === HASH || this.#offset >= this.#text.length;
  }

  /** From the beginning of a line to the first character of the next line that says something. */
  #content(): void {
    this.#skipSpaces();
    if (this.#isLineOver()) this.#nextLine();
    else this.#indent = this.#offset - this.#lineStart;
  }

  #nextLine(): void {
    do {
      const end = this.#text.indexOf("\n", this.#offset);
      if (end < 0) {
        this.#indent = END;
        this.#offset = this.#text.length;
        return;
      }
      this.#offset = end + 1;
      this.#line++;
      this.#lineStart = end + 1;
      this.#skipSpaces();
    } while (this.#isLineOver());
    this.#indent = this.#offset - this.#lineStart;
  }

  /** Behind a value: nothing may follow but white space and then a comment. */
  #endLine(): void {
    if (!this.#isGap(this.#offset)) throw DECLINED;
    this.#skipSpaces();
    if (!this.#isLineOver()) throw DECLINED;
    this.#nextLine();
  }

  #block(depth: number): SourceNode {
    if (depth > DEEPEST_SOURCE - 1) throw DECLINED;
    return this.#isDash() ? this.#list(this.#indent, depth) : this.#map(this.#indent, depth);
  }

  #map(column: number, depth: number): SourceNode {
    const place = this.#place();
    const entries = new Map<string, SourceEntry>();
    do {
      const keyPlace = entries.size === 0 ? place : this.#place();
      const key = this.#key();
      if (entries.has(key)) throw DECLINED;
      entries.set(key, { keyPlace, value: this.#entryValue(column, depth) });
    } while (this.#indent === column);
    if (this.#indent > column) throw DECLINED;
    return { kind: "map", entries, place };
  }

  /** The offset of the colon behind a key that begins here; -1 where none does. */
  #colon(): number {
    const first = this.#text.charCodeAt(this.#offset);
    let end = this.#offset + 1;
    if (first === QUOTE || first === APOSTROPHE) end = quotedScalar(this.#text, this.#offset)?.end ?? END;
    else if (STARTS_KEY[first] !== 1) return -1;
    else while (IN_KEY[this.#text.charCodeAt(end)] === 1) end++;
    const isKey = this.#text.charCodeAt(end) === COLON && this.#isGap(end + 1);
    return isKey && end - this.#offset <= LONGEST_KEY ? end : -1;
  }

  /** Reads a key and goes behind its colon. */
  #key(): string {
    const start = this.#offset;
    const end = this.#colon();
    if (end < 0) throw DECLINED;
    const key =
      STARTS_KEY[this.#text.charCodeAt(start)] === 1
        ? this.#text.slice(start, end)
        : quotedScalar(this.#text, start)!.value;
    if (key === "__proto__") throw DECLINED;
    this.#offset = end + 1;
    return key;
  }

  #entryValue(column: number, depth: number): SourceNode {
    this.#skipSpaces();
    if (!this.#isLineOver()) return this.#inline(column);
    const place = this.#place();
    this.#nextLine();
    if (this.#indent > column) return this.#block(depth + 1);
    if (this.#indent === column && this.#isDash()) return this.#list(column, depth + 1);
    return { kind: "scalar", value: null, text: "", place };
  }

  #list(column: number, depth: number): SourceNode {
    const place = this.#place();
    const items: SourceNode[] = [];
    do {
      this.#offset++;
      items.push(this.#item(column, depth));
    } while (this.#indent === column && this.#isDash());
    if (this.#indent > column) throw DECLINED;
    return { kind: "list", items, place };
  }

  #item(column: number, depth: number): SourceNode {
    this.#skipSpaces();
    if (this.#isLineOver()) {
      const place = this.#place();
      this.#nextLine();
      if (this.#indent > column) return this.#block(depth + 1);
      return { kind: "scalar", value: null, text: "", place };
    }
    if (!this.#isDash() && this.#colon() < 0) return this.#inline(column);
    this.#indent = this.#offset - this.#lineStart;
    return this.#block(depth + 1);
  }

  /** A value on the line of its key or dash, to the next line. */
  #inline(column: number): SourceNode {
    const place = this.#place();
    const code = this.#text.charCodeAt(this.#offset);
    const node = this.#inlineNode(code, place);
    this.#endLine();
    // A line that is indented deeper would go on with the value.
    if (this.#indent > column) throw DECLINED;
    return node;
  }

  #inlineNode(code: number, place: Place): SourceNode {
    if (code === QUOTE || code === APOSTROPHE) return this.#quoted(place);
    if (code === OPEN_LIST) return this.#flowList(place);
    if (code === OPEN_MAP && this.#text.startsWith("{}", this.#offset)) {
      this.#offset += 2;
      return { kind: "map", entries: new Map(), place };
    }
    if (STARTS_NO_PLAIN[code] === 1 || this.#isDash()) throw DECLINED;
    return this.#plain(place);
  }

  #quoted(place: Place): SourceNode {
    const quoted = quotedScalar(this.#text, this.#offset);
    if (!quoted) throw DECLINED;
    this.#offset = quoted.end;
    return { kind: "scalar", value: quoted.value, text: quoted.value, place };
  }

  #scalar(end: number, place: Place): SourceNode {
    const text = this.#text.slice(this.#offset, end);
    this.#offset = end;
    return { kind: "scalar", value: plainScalar(text), text, place };
  }

  #plain(place: Place): SourceNode {
    const text = this.#text;
    let end = this.#offset;
    for (let at = end; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) break;
      if (code === SPACE) continue;
      if (code === COLON && this.#isGap(at + 1)) throw DECLINED;
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
      end = at + 1;
    }
    return this.#scalar(end, place);
  }

  #flowList(place: Place): SourceNode {
    const items: SourceNode[] = [];
    let code = COMMA;
    while (code === COMMA) {
      this.#offset++;
      this.#skipSpaces();
      if (this.#text.charCodeAt(this.#offset) === CLOSE_LIST) break;
      items.push(this.#flowItem());
      this.#skipSpaces();
      code = this.#text.charCodeAt(this.#offset);
    }
    if (this.#text.charCodeAt(this.#offset) !== CLOSE_LIST) throw DECLINED;
    this.#offset++;
    return { kind: "list", items, place };
  }

  #flowItem(): SourceNode {
    const text = this.#text;
    const place = this.#place();
    const first = text.charCodeAt(this.#offset);
    if (first === QUOTE || first === APOSTROPHE) return this.#quoted(place);
    if (STARTS_NO_PLAIN[first] === 1 || first === DASH) this.#checkNumber();
    let end = this.#offset;
    for (let at = end; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === COMMA || code === CLOSE_LIST) break;
      if (code === SPACE) continue;
      if (code === NEWLINE || UPSETS_FLOW[code] === 1) throw DECLINED;
      if (code === COLON && AFTER_FLOW_COLON[text.charCodeAt(at + 1)] !== 1) throw DECLINED;
      end = at + 1;
    }
    if (end === this.#offset) throw DECLINED;
    return this.#scalar(end, place);
  }

  /** In a flow list only a number may begin with an indicator: with the dash. */
  #checkNumber(): void {
    const next = this.#text.charAt(this.#offset + 1);
    if (this.#text.charCodeAt(this.#offset) !== DASH || next === "" || !DIGITS.includes(next)) throw DECLINED;
  }
}

/** Reads YAML without a byte order mark; undefined where the text needs more than the part described above. */
export function readYamlLines(text: string, file: string): SourceNode | undefined {
  if (CONTROL.test(text)) return undefined;
  try {
    return new Lines(text, file).document();
  } catch (error) {
    if (error === DECLINED) return undefined;
    throw error;
  }
}
