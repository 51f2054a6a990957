/** What the readers of all dotenv dialects hand over: assignments with the offsets of their parts, and problems. */

/** One `NAME=value`. Offsets count UTF-16 units from the beginning of the text. */
export interface Assignment {
  readonly name: string;
  /** Without quotes, with escapes resolved. Undefined for a name alone, which Compose takes from the process. */
  readonly value: string | undefined;
  /** What interpolation reads. */
  readonly text: string;
  readonly interpolated: boolean;
  /** The quote that the value begins with; empty for none. */
  readonly quote: string;
  /** Where `export` begins, or else the name. */
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** The value with its quotes. An empty one stands right behind the `=`. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Something to say of the text; an error where no severity is given. */
export interface DotenvProblem {
  readonly offset: number;
  readonly severity?: "warning";
  readonly code: "SETTING_SYNTAX" | "SETTING_NAME";
  readonly why: string;
  readonly fix: string;
}

export interface Reading {
  /** In the order of the text; a name may stand more than once. */
  readonly assignments: readonly Assignment[];
  readonly problems: readonly DotenvProblem[];
}

/** A line that a package of another dialect skips without a word. */
export function skipped(offset: number, whose: string): DotenvProblem {
  return {
    offset,
    severity: "warning",
    code: "SETTING_SYNTAX",
    why: `the line is no NAME=value, so ${whose} skips it`,
    fix: "write NAME=value, or # before a comment",
  };
}

/** A value that begins with a quote which is not where the value ends. */
export function strayQuote(offset: number, quote: string, whose: string): DotenvProblem {
  return {
    offset,
    severity: "warning",
    code: "SETTING_SYNTAX",
    why: `the quote ${quote} does not enclose the whole value, so ${whose} reads it as part of the value or drops the rest`,
    fix: `write the value between two ${quote}`,
  };
}

/**
 * The text without those characters at its end. (A pattern such as `/ +$/` would take quadratic time for a text with
 * many spaces inside.)
 */
export function trimmedEnd(text: string, characters: ReadonlySet<string>): string {
  let end = text.length;
  while (end > 0 && characters.has(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** A text without some of its carriage returns, and the way back to the offsets of the text as it was. */
export interface Rewritten {
  readonly text: string;
  /** Where the character at that offset stood. */
  readonly start: (offset: number) => number;
  /** Where what ends before that offset ended. */
  readonly end: (offset: number) => number;
}

/** Drops every carriage return that the pattern (with flag g) finds. */
export function withoutReturns(text: string, pattern: RegExp): Rewritten {
  if (!text.includes("\r")) return { text, start: (offset) => offset, end: (offset) => offset };
  // Offset in the new text before which each dropped one stood.
  const dropped = [...text.matchAll(pattern)].map(({ index }, count) => index - count);
  const before = (offset: number): number => {
    let low = 0;
    let high = dropped.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (dropped[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    text: text.replace(pattern, ""),
    start: (offset) => offset + before(offset + 1),
    end: (offset) => offset + before(offset),
  };
}
