/** The mark (U+FEFF) that some editors put before a text in UTF-8; it is no part of what the text says. */

/** The text's byte order mark, or nothing: `text.slice(markOf(text).length)` is the text without it. */
export function markOf(text: string): string {
  return text.startsWith("\ufeff") ? "\ufeff" : "";
}
