/**
 * Texts of Terraform's variable files: quoted strings and heredocs (HCL native syntax, "Template Expressions"). A
 * template that would have to be evaluated is refused; `$${` and `%%{` are the texts `${` and `%{`.
 */

/** Where and why a text is no variable file. Never leaves the HCL reader. */
export class HclMistake {
  readonly offset: number;
  readonly why: string;
  readonly fix: string;

  constructor(offset: number, why: string, fix: string) {
    this.offset = offset;
    this.why = why;
    this.fix = fix;
  }
}

/** A text and the offset behind it. */
export interface HclText {
  readonly value: string;
  readonly end: number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))/y;
const PLAIN = /[^"\\$%\n]+/y;
const LARGEST_CODE_POINT = 0x10_ffff;

function at(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

/** The text of a `$` or `%` at an offset, with its end. @throws HclMistake where a template begins */
function templateSign(text: string, offset: number): HclText {
  const sign = text[offset]!;
  if (text.startsWith(`${sign + sign}{`, offset)) return { value: `${sign}{`, end: offset + 3 };
  if (text[offset + 1] !== "{") return { value: sign, end: offset + 1 };
  const why = `a template (${sign}{…}) stands in the text, but the values of a variable file are literal`;
  throw new HclMistake(offset, why, `write the value itself, or ${sign + sign}{ for the text ${sign}{`);
}

function escaped(text: string, offset: number): HclText {
  const found = at(ESCAPE, text, offset);
  const [all = "", short, long, letter] = found ?? [];
  const code = Number.parseInt(short ?? long ?? "0", 16);
  if (!found || code > LARGEST_CODE_POINT || (code >= 0xd8_00 && code <= 0xdf_ff)) {
    const fix = 'write \\\\ for a backslash; known are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN';
    throw new HclMistake(offset, "an unknown escape in double quotes", fix);
  }
  const value = letter === undefined ? String.fromCodePoint(code) : ESCAPES[letter]!;
  return { value, end: offset + all.length };
}

/** Reads the string in double quotes that opens at an offset. @throws HclMistake */
export function quotedText(text: string, open: number): HclText {
  let value = "";
  let offset = open + 1;
  for (;;) {
    const plain = at(PLAIN, text, offset)?.[0] ?? "";
    value += plain;
    offset += plain.length;
    const char = text[offset];
    if (char === '"') return { value, end: offset + 1 };
    if (char === undefined || char === "\n") {
      const fix = 'add ", or use <<EOT for a text of several lines';
      throw new HclMistake(open, "the quote is not closed on its line", fix);
    }
    const part = char === "\\" ? escaped(text, offset) : templateSign(text, offset);
    value += part.value;
    offset = part.end;
  }
}

/** `$${` and `%%{` resolved. @param offset where the line stands in the text */
function templateLine(text: string, offset: number, end: number): string {
  let value = "";
  for (let from = offset; from < end; ) {
    const sign = /[$%]/g;
    sign.lastIndex = from;
    const next = Math.min(sign.exec(text)?.index ?? end, end);
    value += text.slice(from, next);
    if (next === end) break;
    const part = templateSign(text, next);
    value += part.value;
    from = part.end;
  }
  return value;
}

/** Without the white space that all lines share. Lines of nothing but white space neither count nor change. */
function flushed(lines: readonly string[]): string[] {
  const isBlank = (line: string): boolean => line.trim() === "";
  const indents = lines.filter((line) => !isBlank(line)).map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents);
  return lines.map((line) => (isBlank(line) ? line : line.slice(shared)));
}

/**
 * Reads the heredoc whose `<<` or `<<-` stands at an offset, up to behind its closing word. Backslashes mean
 * themselves; every line ends with LF, the last one too. @throws HclMistake
 */
export function heredocText(text: string, open: number): HclText {
  const [all, dash, word] = at(/<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy, text, open) ?? [];
  if (all === undefined) {
    throw new HclMistake(open, "a heredoc needs a word and then a new line", "write <<EOT and a new line");
  }
  const lines: string[] = [];
  for (let offset = open + all.length; offset < text.length; ) {
    const newline = text.indexOf("\n", offset);
    const next = newline < 0 ? text.length : newline + 1;
    const end = newline < 0 ? next : text[newline - 1] === "\r" ? newline - 1 : newline;
    const line = text.slice(offset, end);
    if (line.trim() === word) {
      const value = (dash ? flushed(lines) : lines).map((each) => `${each}\n`).join("");
      return { value, end: offset + line.trimEnd().length };
    }
    lines.push(templateLine(text, offset, end));
    offset = next;
  }
  throw new HclMistake(open, "the heredoc is not closed", "write its word alone on a line");
}
