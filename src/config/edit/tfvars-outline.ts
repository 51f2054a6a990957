/**
 * Reads a tfvars text, with where each name and value stands: HCL native syntax (the specification in hashicorp/hcl,
 * hclsyntax/spec.md) without blocks, expressions and calls. Templates in texts are taken as they are written.
 */
import { lineStartsOf, type Place, placeAt } from "../../base/place.ts";
import {
  DEEPEST_SOURCE,
  duplicateKey,
  type SourceEntry,
  type SourceNode,
  type SourceProblem,
} from "../../model/source-tree.ts";
import type { Span } from "./text-splice.ts";
import { HEREDOC, heredocText, QUOTED, quotedText } from "./tfvars-text.ts";

export interface TfvarsEntry {
  readonly name: string;
  readonly key: Span;
  readonly value: TfvarsValue;
}

export interface TfvarsValue {
  readonly span: Span;
  readonly node: SourceNode;
  /** Of an object. */
  readonly entries: readonly TfvarsEntry[] | undefined;
}

export interface TfvarsOutline {
  readonly entries: readonly TfvarsEntry[];
  readonly root: SourceNode | undefined;
  readonly problems: readonly SourceProblem[];
}

/** Where and how the text stops being tfvars. Never leaves this file. */
class NoTfvars {
  readonly offset: number;
  readonly why: string;

  constructor(offset: number, why: string) {
    this.offset = offset;
    this.why = why;
  }
}

const COMMENT = String.raw`#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const SPACE = new RegExp(`(?:\\s|${COMMENT})*`, "y");
const LINE_SPACE = new RegExp(`(?:[ \\t\\r]|${COMMENT})*`, "y");
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const WORD = /(?:true|false|null)(?![\w-])/y;

class Reader {
  readonly problems: SourceProblem[] = [];
  readonly #text: string;
  readonly #at: (offset: number) => Place;
  #offset = 0;

  constructor(text: string, at: (offset: number) => Place) {
    this.#text = text;
    this.#at = at;
  }

  entries(depth: number, close = ""): TfvarsEntry[] {
    const entries: TfvarsEntry[] = [];
    const seen = new Map<string, Place>();
    for (this.#match(SPACE); !this.#ends(close); this.#match(SPACE)) {
      const entry = this.#entry(depth, close !== "");
      const place = this.#at(entry.key.from);
      const first = seen.get(entry.name);
      if (first) this.problems.push(duplicateKey(entry.name, first, place));
      else seen.set(entry.name, place);
      entries.push(entry);
      this.#part(close);
    }
    return entries;
  }

  map(entries: readonly TfvarsEntry[], place: Place): SourceNode {
    const pairs = entries.map(({ name, key, value }): [string, SourceEntry] => [
      name,
      { keyPlace: this.#at(key.from), value: value.node },
    ]);
    return { kind: "map", entries: new Map(pairs), place };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #ends(close: string): boolean {
    if (this.#offset < this.#text.length) return this.#text[this.#offset] === close;
    if (close !== "") throw new NoTfvars(this.#offset, `the text ends before ${close}`);
    return true;
  }

  /** Attributes are parted by the ends of lines; in braces commas do as well. */
  #part(close: string): void {
    this.#match(LINE_SPACE);
    const char = this.#text[this.#offset];
    if (close !== "" && char === ",") this.#offset++;
    else if (char !== undefined && char !== "\n" && char !== close)
      throw new NoTfvars(this.#offset, "something follows after the value");
  }

  #entry(depth: number, inBraces: boolean): TfvarsEntry {
    const from = this.#offset;
    const quoted = inBraces ? this.#match(QUOTED) : undefined;
    const name = quoted === undefined ? this.#match(NAME) : quotedText(quoted);
    if (name === undefined) throw new NoTfvars(from, "expected a name");
    const key = { from, to: this.#offset };
    this.#match(LINE_SPACE);
    const sign = this.#text[this.#offset] ?? "";
    if (sign !== "=" && !(inBraces && sign === ":"))
      throw new NoTfvars(this.#offset, "expected = after the name");
    this.#offset++;
    this.#match(LINE_SPACE);
    return { name, key, value: this.#value(depth) };
  }

  #value(depth: number): TfvarsValue {
    const from = this.#offset;
    const place = this.#at(from);
    if (depth > DEEPEST_SOURCE) throw new NoTfvars(from, `nested deeper than ${DEEPEST_SOURCE} levels`);
    const char = this.#text[from];
    if (char === "{" || char === "[") {
      this.#offset++;
      const entries = char === "{" ? this.entries(depth + 1, "}") : undefined;
      const node: SourceNode = entries
        ? this.map(entries, place)
        : { kind: "list", items: this.#items(depth), place };
      this.#offset++;
      return { span: { from, to: this.#offset }, node, entries };
    }
    const node = this.#scalar(place);
    if (!node) throw new NoTfvars(from, "no literal value begins here");
    return { span: { from, to: this.#offset }, node, entries: undefined };
  }

  #items(depth: number): SourceNode[] {
    const items: SourceNode[] = [];
    for (this.#match(SPACE); !this.#ends("]"); this.#match(SPACE)) {
      items.push(this.#value(depth + 1).node);
      this.#match(SPACE);
      const char = this.#text[this.#offset];
      if (char === ",") this.#offset++;
      else if (char !== "]") throw new NoTfvars(this.#offset, "expected a comma or ]");
    }
    return items;
  }

  #scalar(place: Place): SourceNode | undefined {
    const quoted = this.#match(QUOTED);
    const heredoc = quoted === undefined ? this.#match(HEREDOC) : undefined;
    if (quoted !== undefined || heredoc !== undefined) {
      const value = quoted === undefined ? heredocText(heredoc!) : quotedText(quoted);
      return { kind: "scalar", value, text: value, place };
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return { kind: "scalar", value: Number(number), text: number, place };
    const word = this.#match(WORD);
    if (word === undefined) return undefined;
    return { kind: "scalar", value: word === "null" ? null : word === "true", text: word, place };
  }
}

/** At the first mistake the reader stops: what follows could mean anything. */
export function tfvarsOutline(text: string, file: string): TfvarsOutline {
  const starts = lineStartsOf(text);
  const at = (offset: number): Place => placeAt(file, starts, offset);
  const reader = new Reader(text, at);
  try {
    const entries = reader.entries(0);
    return { entries, root: reader.map(entries, at(0)), problems: reader.problems };
  } catch (error) {
    if (!(error instanceof NoTfvars)) throw error;
    const fix = 'write name = value, with a literal: "text", a number, true, false, null, [list] or {object}';
    const problem: SourceProblem = { kind: "syntax", place: at(error.offset), why: error.why, fix };
    return { entries: [], root: undefined, problems: [...reader.problems, problem] };
  }
}
