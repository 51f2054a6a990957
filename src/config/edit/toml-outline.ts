/**
 * Where the headers, keys and values of a TOML text stand (TOML 1.0, and the line ends in braces of 1.1). The text is
 * known to be TOML: `smol-toml` has parsed it.
 */
import { parse } from "smol-toml";
import type { Span } from "../../base/place.ts";
import type { Braces } from "./braces.ts";

export interface TomlHeader {
  readonly kind: "header";
  /** From the bracket to the bracket. */
  readonly span: Span;
  readonly path: readonly string[];
  readonly parts: readonly Span[];
  /** `[[name]]` */
  readonly isList: boolean;
}

export interface TomlPair {
  readonly kind: "pair";
  /** From the key to the end of the value. */
  readonly span: Span;
  /** From the root, with the header's keys. */
  readonly path: readonly string[];
  /** Of the keys that are written here, the last ones of the path. */
  readonly parts: readonly Span[];
  readonly value: Span;
  /** The pairs of a table in braces. */
  readonly inner: { readonly open: number; readonly pairs: readonly TomlPair[] } | undefined;
}

export type TomlStatement = TomlHeader | TomlPair;

const SPACE = /(?:\s|#[^\n]*)*/y;
const PART = /"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+/y;
const DOT = /[ \t]*\.[ \t]*/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const TEXT = /"""(?:\\[\s\S]|[^\\])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\]|\\.)*"|'[^']*'/y;
/** A date and its time may be parted by a space. */
const WORD = /[^\s,#\]}]+(?: \d[^\s,#\]}]*)?/y;

class Scanner {
  readonly statements: TomlStatement[] = [];
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    let above: readonly string[] = [];
    for (this.#match(SPACE); this.#offset < this.#text.length; this.#match(SPACE)) {
      const from = this.#offset;
      if (this.#take("[")) {
        const isList = this.#take("[");
        const { path, parts } = this.#key();
        this.#match(SPACE);
        this.#offset += isList ? 2 : 1;
        this.statements.push({ kind: "header", span: { from, to: this.#offset }, path, parts, isList });
        above = path;
      } else this.statements.push(this.#pair(above));
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #take(char: string): boolean {
    const found = this.#text[this.#offset] === char;
    if (found) this.#offset++;
    return found;
  }

  #key(): { path: string[]; parts: Span[] } {
    const path: string[] = [];
    const parts: Span[] = [];
    this.#match(SPACE);
    do {
      const from = this.#offset;
      const part = this.#match(PART) ?? "";
      parts.push({ from, to: this.#offset });
      path.push(keyOf(part));
    } while (this.#match(DOT) !== undefined);
    return { path, parts };
  }

  #pair(above: readonly string[]): TomlPair {
    const from = this.#offset;
    const { path: keys, parts } = this.#key();
    const path = [...above, ...keys];
    this.#match(EQUALS);
    const start = this.#offset;
    const inner = this.#text[start] === "{" ? this.#table(path) : undefined;
    if (!inner) this.#skip();
    // What is no statement at all must not keep us here.
    if (this.#offset === from) this.#offset++;
    const to = this.#offset;
    return { kind: "pair", span: { from, to }, path, parts, value: { from: start, to }, inner };
  }

  #table(path: readonly string[]): NonNullable<TomlPair["inner"]> {
    const open = this.#offset++;
    const pairs: TomlPair[] = [];
    for (this.#match(SPACE); this.#offset < this.#text.length && !this.#take("}"); this.#match(SPACE)) {
      pairs.push(this.#pair(path));
      this.#match(SPACE);
      this.#take(",");
    }
    return { open, pairs };
  }

  /** Behind a scalar, or a list with whatever it holds. */
  #skip(): void {
    let depth = 0;
    do {
      const char = this.#text[this.#offset] ?? "";
      if ("[{".includes(char) && char !== "") depth++;
      else if ("]}".includes(char) && char !== "") depth--;
      if (/^[[\]{},=]/.test(char)) this.#offset++;
      else if (this.#match(TEXT) === undefined && this.#match(WORD) === undefined) return;
      if (depth > 0) this.#match(SPACE);
    } while (depth > 0 && this.#offset < this.#text.length);
  }
}

function keyOf(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  return part.includes("\\") ? Object.keys(parse(`${part} = 0`))[0]! : part.replace(/^"(.*)"$/, "$1");
}

export function tomlStatements(text: string): readonly TomlStatement[] {
  const scanner = new Scanner(text);
  scanner.scan();
  return scanner.statements;
}

/** The pairs themselves and those in braces. */
export function allPairs(statements: readonly TomlStatement[]): TomlPair[] {
  return statements.flatMap((one) =>
    one.kind === "pair" ? [one, ...(one.inner ? allPairs(one.inner.pairs) : [])] : [],
  );
}

export function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((key, index) => path[index] === key);
}

export function isAt(one: TomlStatement, path: readonly string[]): boolean {
  return one.path.length === path.length && startsWith(one.path, path);
}

export function bracesOf({ value, inner }: TomlPair): Braces | undefined {
  return inner && { open: inner.open, close: value.to - 1, items: inner.pairs.map(({ span }) => span) };
}
