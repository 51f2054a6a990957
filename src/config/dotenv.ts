/**
 * Reads `.env` files in Ringfence's dialect, with the place of each name. Nothing is ever executed.
 *
 * - One `NAME=value` a line; spaces around `=` and an `export ` before the name are allowed. A name has letters,
 *   digits and underscores. Empty lines and lines that begin with `#` are skipped. LF or CRLF; a byte order mark
 *   is skipped.
 * - Without quotes the value is trimmed and ends before a `#` that follows white space (`a#b` keeps its `#`).
 *   Backslashes mean themselves.
 * - 'single quotes' and `backquotes`: literal, over several lines, no escapes, no interpolation.
 * - "double quotes": over several lines, with the escapes \n \r \t \" \\ \$; any other backslash means itself.
 * - Line ends inside quotes become LF. After the closing quote only a comment may follow.
 * - `NAME=` is the empty text. `${…}` is interpolated later, `$(…)` and `$NAME` mean themselves.
 * - A name that stands twice: the later one wins, and a warning names both. Whatever else stands in a line is
 *   an error at its line and column.
 */
import { formatPlace, lineStartsOf, type Place, placeAt } from "../base/place.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { type LayerEntry, LITERAL_DOLLAR, type ParsedLayer } from "./layer-entry.ts";

const ASSIGNMENT = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/dy;
const SKIPPED = /[ \t\r]*(?:#[^\n]*)?(?=\n|$)/y;
const UNQUOTED = /[^\n]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  $: LITERAL_DOLLAR,
};

class Reader {
  readonly problems: FindingDraft[] = [];
  readonly #entries = new Map<string, LayerEntry>();
  readonly #text: string;
  readonly #at: (offset: number) => Place;
  #offset = 0;
  /** After an unclosed quote the lines up to the next assignment belong to it and are not reported again. */
  #lost = false;

  constructor(text: string, at: (offset: number) => Place) {
    this.#text = text;
    this.#at = at;
  }

  get entries(): LayerEntry[] {
    return [...this.#entries.values()];
  }

  read(): void {
    while (this.#offset < this.#text.length) {
      if (this.#match(SKIPPED) === undefined) {
        const found = this.#find(ASSIGNMENT);
        if (found) this.#assignment(found);
        else this.#malformed();
      }
      this.#endLine();
    }
  }

  #find(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.#text);
  }

  #match(pattern: RegExp): string | undefined {
    const found = this.#find(pattern)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #endLine(): void {
    const end = this.#text.indexOf("\n", this.#offset);
    this.#offset = end < 0 ? this.#text.length : end + 1;
  }

  #problem(offset: number, why: string, fix: string): void {
    this.problems.push({ code: "SETTING_SYNTAX", place: this.#at(offset), why, fix });
  }

  #malformed(): void {
    if (this.#lost) return;
    const indent = /[ \t]*/y;
    indent.lastIndex = this.#offset;
    const begin = this.#offset + (indent.exec(this.#text)?.[0].length ?? 0);
    this.#problem(
      begin,
      "the line is no NAME=value",
      "write NAME=value (a name has letters, digits and _), or # before a comment",
    );
  }

  #assignment(found: RegExpExecArray): void {
    this.#lost = false;
    const name = found[1]!;
    const place = this.#at(found.indices![1]![0]);
    this.#offset += found[0].length;
    const quote = this.#text[this.#offset];
    const read =
      quote === '"'
        ? this.#double()
        : quote === "'" || quote === "`"
          ? this.#literal(quote)
          : this.#unquoted();
    if (!read) return;
    const first = this.#entries.get(name);
    if (first) {
      const why = `${name} stands here and at ${formatPlace(first.place)}; the later one wins`;
      const fix = `delete one of the two ${name}`;
      this.problems.push({ code: "SETTING_DUPLICATE", severity: "warning", setting: name, place, why, fix });
    }
    this.#entries.set(name, { name, path: [name], ...read, place });
  }

  #unquoted(): Pick<LayerEntry, "value" | "text" | "interpolated"> {
    const line = this.#match(UNQUOTED) ?? "";
    // The white space before a value is already behind us, so a # at its very beginning is looked at as well.
    const spaceBefore = /[ \t]/.test(this.#text[this.#offset - line.length - 1] ?? "");
    const comment = spaceBefore && line.startsWith("#") ? 0 : line.search(/[ \t]#/);
    const value = (comment < 0 ? line : line.slice(0, comment)).trim();
    return { value, text: value, interpolated: true };
  }

  #literal(quote: string): Pick<LayerEntry, "value" | "text" | "interpolated"> | undefined {
    const open = this.#offset;
    const close = this.#text.indexOf(quote, open + 1);
    if (close < 0) return this.#unclosed(open, quote);
    const value = this.#text.slice(open + 1, close).replaceAll("\r\n", "\n");
    return this.#closed(close) ? { value, text: value, interpolated: false } : undefined;
  }

  #double(): Pick<LayerEntry, "value" | "text" | "interpolated"> | undefined {
    const open = this.#offset;
    const part = /[^"\\]+|\\(?:\r\n|[\s\S])|"/y;
    let text = "";
    part.lastIndex = open + 1;
    for (;;) {
      const at = part.lastIndex;
      const found = part.exec(this.#text)?.[0];
      if (found === undefined) return this.#unclosed(open, '"');
      if (found === '"') {
        if (!this.#closed(at)) return undefined;
        return { value: text.replaceAll(LITERAL_DOLLAR, "$"), text, interpolated: true };
      }
      const escaped = found[0] === "\\" ? ESCAPES[found[1]!] : undefined;
      text += escaped ?? found.replaceAll("\r\n", "\n");
    }
  }

  /** Goes behind the closing quote; false, with a problem, where more than a comment follows. */
  #closed(close: number): boolean {
    this.#offset = close + 1;
    if (this.#match(SKIPPED) !== undefined) return true;
    this.#problem(
      close + 1,
      "text follows after the closing quote",
      "put the whole value in quotes, or add a # before a comment",
    );
    return false;
  }

  #unclosed(open: number, quote: string): undefined {
    this.#lost = true;
    this.#problem(open, `the quote ${quote} is not closed`, `add ${quote} at the end of the value`);
    return undefined;
  }
}

/**
 * Reads a `.env` text in the dialect above. Never throws for what stands in it.
 *
 * @param file for the places, relative to the project's root
 */
export function parseDotenv(withMark: string, file: string): ParsedLayer {
  const text = withMark.startsWith("\ufeff") ? withMark.slice(1) : withMark;
  const starts = lineStartsOf(text);
  const at = (offset: number): Place => placeAt(file, starts, offset);
  const nul = text.indexOf("\u0000");
  if (nul >= 0) {
    const why = "the file has a NUL character, so it is no text file in UTF-8";
    return {
      entries: [],
      problems: [{ code: "SETTING_SYNTAX", place: at(nul), why, fix: "save it as UTF-8" }],
    };
  }
  const reader = new Reader(text, at);
  reader.read();
  return { entries: reader.entries, problems: reader.problems };
}
