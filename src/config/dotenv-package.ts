/**
 * The dialect of the npm package dotenv 18 (`parse`): the same keys and values, held against it by the tests. What it
 * skips without a word is a warning here.
 *
 * - `NAME=value` or `NAME: value`, `export ` before it; a name has letters, digits, `_`, `.` and `-`.
 * - Without quotes a value ends before any `#`. Quotes ('…', "…", `…`) run over lines, and count only if nothing but
 *   a comment follows; a backslash keeps a quote from closing and stays in the value. "…" knows \n and \r.
 * - dotenv-expand does not know which value had quotes, so references count in all of them.
 */
import {
  type Assignment,
  type DotenvProblem,
  type Reading,
  skipped,
  strayQuote,
  withoutReturns,
} from "./dotenv-reading.ts";

const NAME = /(?<exported>export\s+)?(?<name>[\w.-]+)(?<sign>\s*=|:\s)/;
const SINGLE = /\s*'(?:\\'|[^'])*'/;
const DOUBLE = /\s*"(?:\\"|[^"])*"/;
const BACK = /\s*`(?:\\`|[^`])*`/;
const VALUE = `(?<value>${SINGLE.source}|${DOUBLE.source}|${BACK.source}|[^#\\r\\n]+)?`;
const STATEMENT = new RegExp(`${NAME.source}${VALUE}\\s*(?:#.*)?$`, "my");
const WHITE = /\s*/y;
const LINE = /.*/y;
const QUOTES = /^(['"`])([\s\S]*)\1$/gm;
const WHOSE = "the dotenv package";

/** The value that stands between what the package takes for enclosing quotes. */
function unquote(written: string): string {
  const inner = written.replace(QUOTES, "$2");
  return written.startsWith('"') ? inner.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : inner;
}

function assignmentOf(found: RegExpExecArray): Assignment {
  const { exported = "", name = "", sign = "", value: raw = "" } = found.groups ?? {};
  const written = raw.trim();
  const value = unquote(written);
  const start = found.index;
  const nameStart = start + exported.length;
  const nameEnd = nameStart + name.length;
  const behindSign = nameEnd + sign.length;
  const valueStart = written === "" ? behindSign : behindSign + raw.indexOf(written);
  const quote = /^['"`]/.exec(written)?.[0] ?? "";
  return {
    name,
    value,
    text: value,
    interpolated: true,
    quote,
    start,
    nameStart,
    nameEnd,
    valueStart,
    valueEnd: valueStart + written.length,
  };
}

function isStray(written: string, quote: string): boolean {
  return quote !== "" && (written.length < 2 || !written.endsWith(quote));
}

/** Reads a text without NUL. */
export function readPackageDotenv(original: string): Reading {
  const unified = original.replace(/\r(?!\n)/g, "\n");
  const { text, start, end } = withoutReturns(unified, /\r/g);
  const assignments: Assignment[] = [];
  const problems: DotenvProblem[] = [];
  /** Where the pattern's match that begins at the offset ends. */
  const behind = (pattern: RegExp, offset: number): number => {
    pattern.lastIndex = offset;
    return offset + (pattern.exec(text)?.[0].length ?? 0);
  };
  // Every statement begins a line, so only the first character of each is looked at.
  for (let offset = behind(WHITE, 0); offset < text.length; offset = behind(WHITE, offset)) {
    STATEMENT.lastIndex = offset;
    const found = STATEMENT.exec(text);
    if (!found) {
      if (text[offset] !== "#") problems.push(skipped(start(offset), WHOSE));
      offset = behind(LINE, offset);
      continue;
    }
    offset = STATEMENT.lastIndex;
    const read = assignmentOf(found);
    if (isStray(text.slice(read.valueStart, read.valueEnd), read.quote))
      problems.push(strayQuote(start(read.valueStart), read.quote, WHOSE));
    assignments.push({
      ...read,
      start: start(read.start),
      nameStart: start(read.nameStart),
      nameEnd: end(read.nameEnd),
      valueStart: read.valueStart === read.valueEnd ? end(read.valueStart) : start(read.valueStart),
      valueEnd: end(read.valueEnd),
    });
  }
  return { assignments, problems };
}
