/** The items of a map in braces, on one line or many: taking one out, adding one. Knows no format. */
import type { Span } from "../../base/place.ts";
import { entryLines, eolOf, marginOf, type Splice } from "./text-splice.ts";

export interface Braces {
  /** Offset of the opening brace. */
  readonly open: number;
  /** Offset of the closing brace. */
  readonly close: number;
  /** Each from its key to the end of its value. */
  readonly items: readonly Span[];
}

/** The comma behind an item, with nothing but white space before it. */
function commaAfter(text: string, { to }: Span): Span | undefined {
  const gap = /^\s*,/.exec(text.slice(to, to + 1_000))?.[0];
  return gap === undefined ? undefined : { from: to + gap.length - 1, to: to + gap.length };
}

function standsAlone(text: string, { from, to }: Span, comment: RegExp): boolean {
  if (marginOf(text, from).trim() !== "") return false;
  const feed = text.indexOf("\n", to);
  const rest = (feed < 0 ? text.slice(to) : text.slice(to, feed)).replace(/^\s*,?\s*/, "");
  return feed >= 0 && (rest === "" || comment.test(rest));
}

/** One item of several is taken out, with its comma, and with its lines where it has lines of its own. */
export function withoutItem(text: string, braces: Braces, index: number, comment: RegExp): Splice[] {
  const item = braces.items[index]!;
  const before = braces.items[index - 1];
  const after = braces.items[index + 1];
  if (!before && !after) return [{ from: braces.open + 1, to: braces.close, text: "" }];
  const isLast = before !== undefined && after === undefined;
  const needless = isLast && !commaAfter(text, item) ? commaAfter(text, before) : undefined;
  const comma = needless ? [{ ...needless, text: "" }] : [];
  if (standsAlone(text, item, comment)) {
    const floor = before?.to ?? braces.open + 1;
    return [...comma, { ...entryLines(text, item, { floor, isLast, comment }), text: "" }];
  }
  if (after) return [{ from: item.from, to: after.from, text: "" }];
  const gap = before ? text.slice(before.to, item.from) : "";
  if (before && /^[\s,]*$/.test(gap)) return [{ from: before.to, to: item.to, text: "" }];
  // A comment stands between the two: it stays.
  return [...comma, { from: item.from, to: item.to, text: "" }];
}

/** How the items of a map in braces are parted. */
export interface Parting {
  /** No white space behind a comma. */
  readonly isTight?: boolean;
  /** Where each item has a line of its own, the line's end is enough. */
  readonly byLines?: boolean;
}

/** One item is added behind the last, laid out as the others are. Empty braces stay on their line. */
export function withItem(
  text: string,
  { open, close, items }: Braces,
  item: string,
  { isTight = false, byLines = false }: Parting = {},
): Splice {
  const last = items.at(-1);
  if (!last) return { from: open + 1, to: close, text: isTight ? item : ` ${item} ` };
  const previous = items.at(-2);
  const margin = marginOf(text, last.from);
  const isAlone = margin.trim() === "";
  const isParted = previous !== undefined && text.slice(previous.to, last.from).includes(",");
  const comma = byLines && isAlone && !isParted ? "" : ",";
  const gap = isAlone ? eolOf(text) + margin : isTight ? "" : " ";
  return { from: last.to, to: last.to, text: comma + gap + item };
}
