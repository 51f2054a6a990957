/**
 * Reads JSON (RFC 8259) into a source tree. `JSON.parse` gives no places and, for some mistakes, not even the
 * place of the mistake; a test holds this reader against it.
 */
import { markOf } from "../base/byte-order-mark.ts";
import type { Place } from "../base/place.ts";
import {
  DEEPEST_SOURCE,
  duplicateKey,
  type Source,
  type SourceEntry,
  type SourceNode,
  type SourceProblem,
  type SourceSpans,
} from "./source-tree.ts";

/** Where and how the text stops being JSON. Never leaves this file. */
class NoJson {
  readonly place: Place;
  readonly why: string;

  constructor(place: Place, why: string) {
    this.place = place;
    this.why = why;
  }
}

/** A string with escapes; one without is found by looking at its characters, which is faster. */
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_MAP = 123;
const CLOSE_MAP = 125;

class Reader {
  readonly problems: SourceProblem[] = [];
  readonly #text: string;
  readonly #file: string;
  readonly #spans: SourceSpans | undefined;
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, file: string, spans: SourceSpans | undefined) {
    this.#text = text;
    this.#file = file;
    this.#spans = spans;
  }

  document(): SourceNode {
    const root = this.#value(0);
    this.#skip();
    if (this.#offset < this.#text.length) throw this.#stop("something follows after the value");
    return root;
  }

  #place(): Place {
    return { file: this.#file, line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }

  #stop(why: string): NoJson {
    return new NoJson(this.#place(), why);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  /** Goes over white space. No other token holds a line end, so lines are counted here alone. */
  #skip(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#offset);
      if (code !== SPACE && code !== NEWLINE && code !== RETURN && code !== TAB) return;
      this.#offset++;
      if (code !== NEWLINE) continue;
      this.#line++;
      this.#lineStart = this.#offset;
    }
  }

  #take(code: number): boolean {
    this.#skip();
    if (this.#text.charCodeAt(this.#offset) !== code) return false;
    this.#offset++;
    return true;
  }

  /** The string that begins here; undefined where none does. */
  #string(): string | undefined {
    const start = this.#offset + 1;
    if (this.#text.charCodeAt(this.#offset) !== QUOTE) return undefined;
    for (let end = start; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === BACKSLASH || code < SPACE) break;
      if (code !== QUOTE) continue;
      this.#offset = end + 1;
      return this.#text.slice(start, end);
    }
    const escaped = this.#match(STRING);
    return escaped === undefined ? undefined : JSON.parse(escaped);
  }

  #value(depth: number): SourceNode {
    this.#skip();
    const from = this.#offset;
    const node = this.#node(depth);
    this.#spans?.set(node, { from, to: this.#offset });
    return node;
  }

  #node(depth: number): SourceNode {
    const place = this.#place();
    if (depth > DEEPEST_SOURCE) throw this.#stop(`nested deeper than ${DEEPEST_SOURCE} levels`);
    const code = this.#text.charCodeAt(this.#offset);
    if (code === OPEN_MAP) return this.#map(depth, place);
    if (code === OPEN_LIST) return this.#list(depth, place);
    const string = this.#string();
    if (string !== undefined) return { kind: "scalar", value: string, text: string, place };
    const text = this.#match(NUMBER) ?? this.#match(WORD);
    if (text === undefined) {
      const over = this.#offset === this.#text.length;
      throw this.#stop(over ? "the text ends too early" : "no JSON value begins here");
    }
    return { kind: "scalar", value: JSON.parse(text), text, place };
  }

  #list(depth: number, place: Place): SourceNode {
    const items: SourceNode[] = [];
    this.#offset++;
    if (this.#take(CLOSE_LIST)) return { kind: "list", items, place };
    do items.push(this.#value(depth + 1));
    while (this.#take(COMMA));
    if (!this.#take(CLOSE_LIST)) throw this.#stop("expected a comma or ]");
    return { kind: "list", items, place };
  }

  #map(depth: number, place: Place): SourceNode {
    const entries = new Map<string, SourceEntry>();
    this.#offset++;
    if (this.#take(CLOSE_MAP)) return { kind: "map", entries, place };
    do {
      this.#skip();
      const keyPlace = this.#place();
      const from = this.#offset;
      const key = this.#string();
      if (key === undefined) throw this.#stop("expected a key in double quotes");
      const to = this.#offset;
      if (!this.#take(COLON)) throw this.#stop("expected a colon");
      const entry = { keyPlace, value: this.#value(depth + 1) };
      this.#spans?.set(entry, { from, to });
      const first = entries.get(key);
      if (first) this.problems.push(duplicateKey(key, first.keyPlace, keyPlace));
      else entries.set(key, entry);
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_MAP)) throw this.#stop("expected a comma or }");
    return { kind: "map", entries, place };
  }
}

/**
 * Reads JSON; a byte order mark is skipped. At the first mistake the reader stops: what follows could mean anything.
 *
 * @param spans filled where somebody asks for them, without a byte order mark
 */
export function readJson(withMark: string, file: string, spans?: SourceSpans): Source {
  const text = withMark.slice(markOf(withMark).length);
  const reader = new Reader(text, file, spans);
  try {
    return { root: reader.document(), problems: reader.problems };
  } catch (error) {
    if (!(error instanceof NoJson)) throw error;
    const { place, why } = error;
    const fix = "correct the JSON (no comments, no trailing commas, double quotes)";
    return { root: undefined, problems: [...reader.problems, { kind: "syntax", place, why, fix }] };
  }
}
