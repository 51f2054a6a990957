/** Goes through the lines of a YAML text: where it stands, how far the line is indented, what ends a line. */
import type { Place } from "../base/place.ts";

/** Thrown where a text is outside of the part that is read line by line. Never leaves the line reader. */
export const DECLINED = Symbol("declined");
/** The indentation behind the last line. */
export const END = -1;

const NEWLINE = 10;
const SPACE = 32;
const HASH = 35;
const DASH = 45;

export class YamlCursor {
  readonly text: string;
  offset = 0;
  /** Of the line at hand, or of the compact map or list in it, in characters; END behind the last line. */
  indent = 0;
  readonly #file: string;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, file: string) {
    this.text = text;
    this.#file = file;
    this.skipSpaces();
    if (this.isLineOver()) this.nextLine();
    else this.indent = this.offset;
  }

  /** Character code at the offset; NaN at the end. */
  get code(): number {
    return this.text.charCodeAt(this.offset);
  }

  place(): Place {
    return { file: this.#file, line: this.#line, column: this.offset - this.#lineStart + 1 };
  }

  /** Makes the column at hand the indentation, as that of a map behind a dash. */
  indentHere(): void {
    this.indent = this.offset - this.#lineStart;
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.offset) === SPACE) this.offset++;
  }

  /** True where a space, the end of the line or the end of the text stands. */
  isGap(offset: number): boolean {
    const code = this.text.charCodeAt(offset);
    return code === SPACE || code === NEWLINE || offset >= this.text.length;
  }

  /** True at the dash of a list's item. */
  isDash(): boolean {
    return this.text.charCodeAt(this.offset) === DASH && this.isGap(this.offset + 1);
  }

  /** True where nothing but a comment follows in the line. Only to be asked behind white space. */
  isLineOver(): boolean {
    const code = this.text.charCodeAt(this.offset);
    return code === NEWLINE || code === HASH || this.offset >= this.text.length;
  }

  /** To the beginning of the next line, with its indentation; false, and END, where there is none. */
  startLine(): boolean {
    const end = this.text.indexOf("\n", this.offset);
    if (end < 0 || end + 1 === this.text.length) {
      this.indent = END;
      this.offset = this.text.length;
      return false;
    }
    this.offset = end + 1;
    this.#line++;
    this.#lineStart = end + 1;
    this.skipSpaces();
    this.indent = this.offset - this.#lineStart;
    return true;
  }

  /** To the first character of the next line that says something. */
  nextLine(): void {
    while (this.startLine()) if (!this.isLineOver()) return;
  }

  /** Behind a value: nothing may follow but white space and then a comment. */
  endLine(): void {
    if (!this.isGap(this.offset)) throw DECLINED;
    this.skipSpaces();
    if (!this.isLineOver()) throw DECLINED;
    this.nextLine();
  }
}

/** Characters (ASCII) as a table by code. */
export function codesOf(chars: string): Uint8Array {
  const codes = new Uint8Array(128);
  for (const char of chars) codes[char.charCodeAt(0)] = 1;
  return codes;
}
