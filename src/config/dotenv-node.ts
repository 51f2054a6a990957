/**
 * The dialect of `node --env-file` and `parseEnv` of `node:util` (Node 24): the same names and values, held against it
 * by the tests. What it skips without a word is a warning here.
 *
 * - A name is whatever stands before `=` in a line, without white space around it and one `export `.
 * - Without quotes a value ends before any `#`. Quotes ('…', "…", `…`) run over lines; what follows them in their
 *   line is dropped. "…" knows \n. One that is not closed means itself. There are no references.
 * - Carriage returns are dropped everywhere. After `NAME= ` the value may stand in a later line.
 */
import {
  type Assignment,
  type DotenvProblem,
  type Reading,
  type Rewritten,
  skipped,
  strayQuote,
  trimmedEnd,
  withoutReturns,
} from "./dotenv-reading.ts";

const WHITE = /[ \t\n]*/y;
const WHITES = new Set(" \t\n");
const WHOSE = "Node";

function trimmed(text: string): string {
  return trimmedEnd(text, WHITES).replace(/^[ \t\n]+/, "");
}

class Reader {
  readonly problems: DotenvProblem[] = [];
  readonly assignments: Assignment[] = [];
  readonly #text: string;
  readonly #original: Rewritten;
  #offset = 0;

  constructor(original: Rewritten) {
    // Only what follows the last name matters: Node drops white space at the end of the file.
    this.#text = trimmedEnd(original.text, WHITES);
    this.#original = original;
  }

  read(): void {
    this.#skipWhite();
    while (this.#offset < this.#text.length) {
      const first = this.#text[this.#offset];
      if (first === "\n" || first === "#") this.#nextLine(this.#offset);
      else this.#line();
    }
  }

  #skipWhite(): void {
    WHITE.lastIndex = this.#offset;
    this.#offset += WHITE.exec(this.#text)?.[0].length ?? 0;
  }

  #lineEnd(offset: number): number {
    const end = this.#text.indexOf("\n", offset);
    return end < 0 ? this.#text.length : end;
  }

  #nextLine(from: number): void {
    this.#offset = Math.min(this.#lineEnd(from) + 1, this.#text.length);
  }

  #line(): void {
    const begin = this.#offset;
    const line = this.#text.slice(begin, this.#lineEnd(begin));
    const sign = line.indexOf("=");
    const written = trimmed(line.slice(0, Math.max(sign, 0)));
    if (written === "") {
      if (line.trim() !== "") this.problems.push(skipped(this.#original.start(begin), WHOSE));
      // Behind a sign without a name Node reads on as if a line began there.
      const goesOn = sign >= 0 && sign + 1 < line.length;
      if (goesOn) this.#offset = begin + sign + 1;
      else this.#nextLine(begin);
      if (goesOn || sign < 0) this.#skipWhite();
      return;
    }
    const start = begin + line.indexOf(written);
    // With nothing at all behind the sign, Node leaves the export in the name.
    const isBare = sign + 1 === line.length;
    const name = isBare ? written : trimmed(written.replace(/^export /, ""));
    const nameEnd = start + written.length;
    this.#offset = begin + sign + 1;
    this.#value(name, start, nameEnd - name.length, nameEnd);
  }

  #value(name: string, start: number, nameStart: number, nameEnd: number): void {
    const sign = this.#offset;
    const isBare = this.#text[sign] === "\n";
    if (!isBare) this.#skipWhite();
    const begin = this.#offset;
    const first = this.#text[begin];
    const quote = first === '"' || first === "'" || first === "`" ? first : "";
    const close = quote ? this.#text.indexOf(quote, begin + 1) : -1;
    const [value, valueEnd] = close < 0 ? this.#unquoted(begin, quote) : this.#quoted(begin, close, quote);
    this.#nextLine(valueEnd);
    if (!isBare && close < 0) this.#skipWhite();
    const { start: startOf, end: endOf } = this.#original;
    const isEmpty = valueEnd === begin;
    this.assignments.push({
      name,
      value,
      text: value,
      interpolated: false,
      quote,
      start: startOf(start),
      nameStart: startOf(nameStart),
      nameEnd: endOf(nameEnd),
      valueStart: isEmpty ? endOf(sign) : startOf(begin),
      valueEnd: isEmpty ? endOf(sign) : endOf(valueEnd),
    });
  }

  #unquoted(begin: number, quote: string): readonly [value: string, end: number] {
    const line = this.#text.slice(begin, this.#lineEnd(begin));
    if (quote) this.problems.push(strayQuote(this.#original.start(begin), quote, WHOSE));
    const value = quote ? line : trimmed(line.replace(/#.*/s, ""));
    return [value, begin + value.length];
  }

  #quoted(begin: number, close: number, quote: string): readonly [value: string, end: number] {
    const inner = this.#text.slice(begin + 1, close);
    const behind = this.#text.slice(close + 1, this.#lineEnd(close)).trim();
    if (behind && !behind.startsWith("#"))
      this.problems.push(strayQuote(this.#original.start(begin), quote, WHOSE));
    return [quote === '"' ? inner.replaceAll("\\n", "\n") : inner, close + 1];
  }
}

/** Reads a text without NUL. A byte order mark is part of the first name, as Node has it. */
export function readNodeDotenv(text: string): Reading {
  const reader = new Reader(withoutReturns(text, /\r/g));
  reader.read();
  return reader;
}
