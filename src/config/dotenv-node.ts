/**
 * The dialect of `node --env-file` and `parseEnv` of `node:util` (Node 24): the same names and values, held against it
 * by the tests. What it skips without a word, or joins, is a warning here.
 *
 * - A name is whatever stands before the next `=`, even over lines; only spaces around it and one `export ` go.
 * - Without quotes a value ends before any `#` and only spaces around it go. Quotes ('…', "…", `…`) run over lines;
 *   what follows them in their line is dropped. "…" knows \n. One that is not closed means itself.
 * - Carriage returns are dropped everywhere. There are no references. A line that begins with `=` ends the file.
 */
import {
  type Assignment,
  type DotenvProblem,
  type Reading,
  type Rewritten,
  skipped,
  strayQuote,
  withoutReturns,
} from "./dotenv-reading.ts";

const SPACES = / */y;
const WHOSE = "Node";

class Reader {
  readonly problems: DotenvProblem[] = [];
  readonly assignments: Assignment[] = [];
  readonly #text: string;
  readonly #original: Rewritten;
  #offset = 0;

  constructor(original: Rewritten) {
    this.#text = original.text;
    this.#original = original;
  }

  read(): void {
    this.#skipSpaces();
    while (this.#offset < this.#text.length) {
      const first = this.#text[this.#offset];
      if (first === "\n" || first === "#") this.#offset = Math.min(this.#lineEnd(this.#offset) + 1, this.#text.length);
      else if (!this.#assignment()) return;
    }
  }

  #skipSpaces(): void {
    SPACES.lastIndex = this.#offset;
    this.#offset += SPACES.exec(this.#text)?.[0].length ?? 0;
  }

  #lineEnd(offset: number): number {
    const end = this.#text.indexOf("\n", offset);
    return end < 0 ? this.#text.length : end;
  }

  /** False at the end of what Node reads. */
  #assignment(): boolean {
    const begin = this.#offset;
    const equals = this.#text.indexOf("=", begin);
    const written = this.#text.slice(begin, equals < 0 ? undefined : equals);
    const trimmed = written.replace(/^ +| +$/g, "");
    if (equals < 0 || trimmed === "") {
      if (/\S/.test(this.#text.slice(begin))) this.problems.push(skipped(this.#original.start(begin), WHOSE));
      return false;
    }
    const start = begin + written.indexOf(trimmed);
    const name = trimmed.startsWith("export ") ? trimmed.slice(7) : trimmed;
    this.#offset = equals + 1;
    this.#value(name, start, start + trimmed.length - name.length, start + trimmed.length);
    return true;
  }

  #value(name: string, start: number, nameStart: number, nameEnd: number): void {
    const equals = this.#offset;
    this.#skipSpaces();
    const begin = this.#offset;
    const first = this.#text[begin];
    const quote = first === '"' || first === "'" || first === "`" ? first : "";
    const lineEnd = this.#lineEnd(begin);
    const close = quote ? this.#text.indexOf(quote, begin + 1) : -1;
    let value: string;
    let valueEnd: number;
    if (close >= 0) {
      value = this.#text.slice(begin + 1, close);
      if (quote === '"') value = value.replaceAll("\\n", "\n");
      valueEnd = close + 1;
      this.#offset = this.#lineEnd(valueEnd);
      if (/^[^\n]*?[^\s#]/.test(this.#text.slice(valueEnd, this.#offset).replace(/#.*/, "")))
        this.problems.push(strayQuote(this.#original.start(begin), quote, WHOSE));
    } else {
      value = this.#text.slice(begin, lineEnd);
      if (quote) this.problems.push(strayQuote(this.#original.start(begin), quote, WHOSE));
      else value = value.replace(/#.*/s, "").replace(/^ +| +$/g, "");
      valueEnd = begin + value.length;
      this.#offset = lineEnd;
    }
    const isEmpty = valueEnd === begin;
    this.assignments.push({
      name,
      value,
      text: value,
      interpolated: false,
      quote,
      start: this.#original.start(start),
      nameStart: this.#original.start(nameStart),
      nameEnd: this.#original.end(nameEnd),
      valueStart: isEmpty ? equals : this.#original.start(begin),
      valueEnd: isEmpty ? equals : this.#original.end(valueEnd),
    });
  }
}

/** Reads a text without NUL. A byte order mark is part of the first name, as Node has it. */
export function readNodeDotenv(text: string): Reading {
  const reader = new Reader(withoutReturns(text, /\r/g));
  reader.read();
  return reader;
}
