/**
 * Reads JSON (RFC 8259) into a source tree. `JSON.parse` gives no places and, for some mistakes, not even the
 * place of the mistake; a test holds this reader against it.
 */
import { lineStartsOf, type Place, placeAt } from "../base/place.ts";
import {
  DEEPEST_SOURCE,
  duplicateKey,
  type Source,
  type SourceEntry,
  type SourceNode,
  type SourceProblem,
} from "./source-tree.ts";

/** Where and how the text stops being JSON. Never leaves this file. */
class NoJson {
  readonly offset: number;
  readonly why: string;

  constructor(offset: number, why: string) {
    this.offset = offset;
    this.why = why;
  }
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

class Reader {
  readonly problems: SourceProblem[] = [];
  readonly #text: string;
  readonly #at: (offset: number) => Place;
  #offset = 0;

  constructor(text: string, at: (offset: number) => Place) {
    this.#text = text;
    this.#at = at;
  }

  document(): SourceNode {
    const root = this.#value(0);
    this.#skip();
    if (this.#offset < this.#text.length) throw new NoJson(this.#offset, "something follows after the value");
    return root;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #skip(): void {
    this.#match(SPACE);
  }

  #take(char: string): boolean {
    this.#skip();
    if (this.#text[this.#offset] !== char) return false;
    this.#offset++;
    return true;
  }

  #value(depth: number): SourceNode {
    this.#skip();
    const start = this.#offset;
    const place = this.#at(start);
    if (depth > DEEPEST_SOURCE) throw new NoJson(start, `nested deeper than ${DEEPEST_SOURCE} levels`);
    if (this.#take("{")) return this.#map(depth, place);
    if (this.#take("[")) return this.#list(depth, place);
    const text = this.#match(STRING) ?? this.#match(NUMBER) ?? this.#match(WORD);
    if (text === undefined) {
      throw new NoJson(
        start,
        start === this.#text.length ? "the text ends too early" : "no JSON value begins here",
      );
    }
    const value: string | number | boolean | null = JSON.parse(text);
    return { kind: "scalar", value, text: typeof value === "string" ? value : text, place };
  }

  #list(depth: number, place: Place): SourceNode {
    const items: SourceNode[] = [];
    if (this.#take("]")) return { kind: "list", items, place };
    do items.push(this.#value(depth + 1));
    while (this.#take(","));
    if (!this.#take("]")) throw new NoJson(this.#offset, "expected a comma or ]");
    return { kind: "list", items, place };
  }

  #map(depth: number, place: Place): SourceNode {
    const entries = new Map<string, SourceEntry>();
    if (this.#take("}")) return { kind: "map", entries, place };
    do {
      this.#skip();
      const keyPlace = this.#at(this.#offset);
      const quoted = this.#match(STRING);
      if (quoted === undefined) throw new NoJson(this.#offset, "expected a key in double quotes");
      const key: string = JSON.parse(quoted);
      if (!this.#take(":")) throw new NoJson(this.#offset, "expected a colon");
      const value = this.#value(depth + 1);
      const first = entries.get(key);
      if (first) this.problems.push(duplicateKey(key, first.keyPlace, keyPlace));
      else entries.set(key, { keyPlace, value });
    } while (this.#take(","));
    if (!this.#take("}")) throw new NoJson(this.#offset, "expected a comma or }");
    return { kind: "map", entries, place };
  }
}

/** Reads JSON; a byte order mark is skipped. At the first mistake the reader stops: what follows could mean anything. */
export function readJson(withMark: string, file: string): Source {
  const text = withMark.startsWith("\ufeff") ? withMark.slice(1) : withMark;
  const starts = lineStartsOf(text);
  const at = (offset: number): Place => placeAt(file, starts, offset);
  const reader = new Reader(text, at);
  try {
    return { root: reader.document(), problems: reader.problems };
  } catch (error) {
    if (!(error instanceof NoJson)) throw error;
    const fix = "correct the JSON (no comments, no trailing commas, double quotes)";
    const problem: SourceProblem = { kind: "syntax", place: at(error.offset), why: error.why, fix };
    return { root: undefined, problems: [...reader.problems, problem] };
  }
}
