/** Text that others wrote on its way to a terminal: without a control character that it would obey; in a cell on one line, no wider than the cell. */
import { redact } from "../../base/redaction.ts";

/**
 * The last two ranges turn the direction of text around. No literal: reading one that names a class of Unicode's asks
 * for Unicode's tables, even if it is never used, and the hot path reads this file.
 */
function unprintable(): RegExp {
  return /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
}

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  return NAMED[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Both ends of a long text with … between them. Never cuts a character in two. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  const start = text.slice(0, head).replace(/[\ud800-\udbff]$/, "");
  const end = text.slice(text.length - (width - 1 - head)).replace(/^[\udc00-\udfff]/, "");
  return `${start}…${end}`;
}

/** On one line. @param width the most characters, at least 3; as many as there are unless told */
export function shownText(text: string, width: number = Number.POSITIVE_INFINITY): string {
  const line = text.search(unprintable()) < 0;
  if (line && text.length <= width) return text;
  // What is cut or escaped, the redactor of the whole answer would no longer know.
  return shortened(redact(text).replace(unprintable(), escaped), width);
}

/** Every line of a text that may have several. */
export function shownLines(text: string): string {
  return redact(text)
    .split("\n")
    .map((line) => shownText(line))
    .join("\n");
}

// Colours, which the renderers themselves set, line ends and tabs stay.
const COMMAND = /\u001b\[[\d;]*m|[\n\t]|[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A whole page, in which whatever a renderer let through can move no cursor and sets no title. */
export function shownPage(page: string): string {
  const safe = (found: string) => (found.length > 1 || /[\n\t]/.test(found) ? found : escaped(found));
  return redact(page).replace(COMMAND, safe);
}
