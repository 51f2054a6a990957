/**
 * The dialect of Docker Compose (compose-go 2, `dotenv`): the same names and values, held by the tests against what
 * compose-go answers. Where Compose refuses the whole file there is an error, and reading goes on in the next line.
 *
 * - `NAME=value` or `NAME: value`, `export ` before it; a name has letters and digits of any script, `_ . - [ ]`.
 *   A name alone in its line takes its value from the process environment, which wins over layers anyway.
 * - Without quotes a value ends before ` #` and is trimmed. 'single quotes': literal, only \' is an escape. "double
 *   quotes": \" and those of Go (\a \b \f \n \r \t \v \\ \$ and octal \0ddd). Line ends inside stay as they are.
 * - After a closing quote the next name may follow in the same line.
 */
import { type Assignment, type DotenvProblem, type Reading, trimmedEnd } from "./dotenv-reading.ts";

/** What Go takes for white space (`unicode.IsSpace`). */
const WHITE =
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";
const WHITES = new Set(WHITE);
/** The part of it that Compose skips around names and values. */
const BLANK = "\\t\\v\\f\\r \\u0085\\u00a0";
const BETWEEN = new RegExp(`(?:[${WHITE}]+|#[^\\n]*(?=\\n))*(?:#[^\\n]*$)?`, "y");
const EXPORT = new RegExp(`export(?=[\\t\\n\\f\\r ])[${BLANK}]*`, "y");
const NAME = new RegExp(`[\\p{L}\\p{N}_.\\[\\]${BLANK}-]*`, "uy");
const BLANKS = new RegExp(`[${BLANK}]*`, "y");
const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;
const ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
};

/** Resolves one escape sequence. Go wants three octal digits after the 0 and at most 0377; others lose their 0. */
function resolveEscape(sequence: string, dollar: string): string {
  const letter = sequence[1]!;
  if (letter === "$") return dollar;
  if (letter !== "0") return ESCAPES[letter] ?? sequence;
  const digits = sequence.slice(2);
  return /^[0-3][0-7]{2}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 8)) : `\\${digits}`;
}

class Reader {
  readonly problems: DotenvProblem[] = [];
  readonly assignments: Assignment[] = [];
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): void {
    for (this.#match(BETWEEN); this.#offset < this.#text.length; this.#match(BETWEEN)) this.#statement();
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#offset += found.length;
    return found;
  }

  #nextLine(from: number): void {
    const end = this.#text.indexOf("\n", from);
    this.#offset = end < 0 ? this.#text.length : end + 1;
  }

  #problem(offset: number, why: string, fix: string, severity?: "warning"): void {
    this.problems.push({ code: "SETTING_SYNTAX", offset, why, fix, ...(severity && { severity }) });
  }

  #statement(): void {
    const start = this.#offset;
    this.#match(EXPORT);
    const nameStart = this.#offset;
    const name = trimmedEnd(this.#match(NAME), WHITES);
    const sign = this.#text[this.#offset];
    const names = { name, start, nameStart, nameEnd: nameStart + name.length };
    if (sign !== undefined && sign !== "=" && sign !== ":" && sign !== "\n") {
      const fix = "write NAME=value (a name has letters, digits and _), or # before a comment";
      this.#problem(this.#offset, "this character can't stand in a name", fix);
      this.#nextLine(this.#offset);
    } else if (name.includes(" ")) {
      // At the very end of the file, without a line end, Compose does not mind.
      const severity = sign === undefined ? "warning" : undefined;
      this.#problem(
        nameStart,
        "a name has no space in it",
        "write NAME=value, or # before a comment",
        severity,
      );
      this.#nextLine(this.#offset);
    } else if (sign === undefined && name === "") {
      this.#problem(start, "export is followed by no name", "write export NAME=value, or delete it");
    } else if (sign === undefined || sign === "\n") {
      this.#offset++;
      this.#alone(names);
    } else {
      this.#offset++;
      this.#value(names);
    }
  }

  #alone(names: Pick<Assignment, "name" | "start" | "nameStart" | "nameEnd">): void {
    if (names.name === "") return;
    const at = { valueStart: names.nameEnd, valueEnd: names.nameEnd };
    this.assignments.push({ ...names, ...at, value: undefined, text: "", interpolated: false, quote: "" });
  }

  #value(names: Pick<Assignment, "name" | "start" | "nameStart" | "nameEnd">): void {
    const sign = this.#offset;
    this.#match(BLANKS);
    const quote = this.#text[this.#offset];
    const read = quote === '"' || quote === "'" ? this.#quoted(quote) : this.#unquoted(sign);
    if (!read) return;
    if (names.name === "") {
      this.#problem(names.nameStart, "no name stands before the sign", "write NAME=value", "warning");
    } else if (read.value?.includes("\u0000")) {
      this.#problem(
        read.valueStart,
        "an environment variable can't hold \\0000",
        "remove it, or write base64",
      );
    } else this.assignments.push({ ...names, ...read });
  }

  #unquoted(sign: number): Omit<Assignment, "name" | "start" | "nameStart" | "nameEnd"> {
    const begin = this.#offset;
    this.#nextLine(begin);
    const [line = ""] = this.#text.slice(begin, this.#offset).split(/\n| #/, 1);
    const value = trimmedEnd(line, WHITES);
    const valueStart = value === "" ? sign : begin;
    const valueEnd = valueStart + value.length;
    return { value, text: value, interpolated: true, quote: "", valueStart, valueEnd };
  }

  #quoted(quote: string): Omit<Assignment, "name" | "start" | "nameStart" | "nameEnd"> | undefined {
    const begin = this.#offset;
    const inside = quote === '"' ? /(?:[^"\\]|\\[\s\S])*"/y : /(?:[^'\\]|\\[\s\S])*'/y;
    inside.lastIndex = begin + 1;
    const found = inside.exec(this.#text)?.[0];
    if (found === undefined) {
      this.#problem(begin, `the quote ${quote} is not closed`, `add ${quote} at the end of the value`);
      this.#nextLine(begin);
      return undefined;
    }
    this.#offset = inside.lastIndex;
    const at = { quote, valueStart: begin, valueEnd: this.#offset };
    const raw = found.slice(0, -1).replace(/\\([\s\S])/g, (pair, next) => (next === quote ? quote : pair));
    if (quote === "'") return { value: raw, text: raw, interpolated: false, ...at };
    const value = raw.replace(ESCAPE, (sequence) => resolveEscape(sequence, "$"));
    const text = raw.replace(ESCAPE, (sequence) => resolveEscape(sequence, "$$"));
    return { value, text, interpolated: true, ...at };
  }
}

/** Reads a text without byte order mark and NUL. */
export function readComposeDotenv(text: string): Reading {
  const reader = new Reader(text);
  reader.read();
  return reader;
}
