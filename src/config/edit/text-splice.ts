/**
 * The replacement of spans of a text, lines, and which lines go when an entry of a file goes. What all editors share;
 * knows no format. Offsets are UTF-16 units of the text that they were found in.
 */

import type { Span } from "../../base/place.ts";

/** The new text of one span. */
export interface Splice extends Span {
  readonly text: string;
}

/** The text with all splices done. They may come in any order, and must not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = "";
  let at = 0;
  for (const splice of splices.toSorted((a, b) => a.from - b.from)) {
    result += text.slice(at, splice.from) + splice.text;
    at = splice.to;
  }
  return result + text.slice(at);
}

/** How the text ends its lines: as it ends the first one. */
export function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Before the line feed (and carriage return) that ends the line. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  if (feed < 0) return text.length;
  return text[feed - 1] === "\r" ? feed - 1 : feed;
}

function nextLine(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  return feed < 0 ? text.length : feed + 1;
}

/** What stands between the beginning of the line and the offset. */
export function marginOf(text: string, offset: number): string {
  return text.slice(lineStart(text, offset), offset);
}

/** The line whose end (behind its line feed) is at the offset. */
function lineBefore(text: string, offset: number): Span & { readonly text: string } {
  const from = lineStart(text, offset - 1);
  return { from, to: offset, text: text.slice(from, offset).trimEnd() };
}

/** Where something that stands on lines of its own ends up among its neighbours. */
export interface Surroundings {
  /** Behind the last character of what stands before it, so that nothing of that is taken. */
  readonly floor: number;
  /** Something of the same map stands before it, and nothing behind it. */
  readonly isLast: boolean;
  /** What a line that is only a comment begins with. */
  readonly comment: RegExp;
}

/**
 * Where the comments begin that belong to what begins at the offset: the lines directly above it, with its own
 * margin and no blank line between. Those with which the file begins speak of the whole file and don't belong to it.
 */
export function commentStart(text: string, offset: number, floor: number, comment: RegExp): number {
  const margin = marginOf(text, offset);
  let top = offset - margin.length;
  while (top > floor) {
    const above = lineBefore(text, top);
    const isComment = above.text.startsWith(margin) && comment.test(above.text.slice(margin.length));
    if (!isComment || above.from < floor) return top;
    top = above.from;
  }
  return top === 0 ? offset - margin.length : top;
}

/**
 * The whole lines that go with an entry: its own, with the comment behind it; the comments that belong to it
 * ({@link commentStart}); and the blank lines that set it apart, so that none double and none dangle.
 */
export function entryLines(text: string, entry: Span, { floor, isLast, comment }: Surroundings): Span {
  const top = commentStart(text, entry.from, floor, comment);
  // A block of text may end with the line feed itself.
  const end = text[entry.to - 1] === "\n" ? entry.to : nextLine(text, entry.to);
  let blankTop = top;
  while (blankTop > floor && lineBefore(text, blankTop).text === "") {
    const above = lineBefore(text, blankTop).from;
    if (above < floor) break;
    blankTop = above;
  }
  let blankEnd = end;
  while (blankEnd < text.length && text.slice(blankEnd, nextLine(text, blankEnd)).trim() === "")
    blankEnd = nextLine(text, blankEnd);
  const from = isLast ? blankTop : top;
  const to = !isLast && (top === 0 || blankTop < top) ? blankEnd : end;
  // A file that ends without a line feed goes on doing so.
  const isUnended = to === text.length && !text.endsWith("\n") && from > 0;
  return { from: isUnended ? lineEnd(text, lineStart(text, from - 1)) : from, to };
}
