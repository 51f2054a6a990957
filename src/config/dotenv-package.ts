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

const NAME = /(?<lead>\s*)(?<exported>export\s+)?(?<name>[\w.-]+)(?<sign>\s*=|:\s)/;
const SINGLE = /\s*'(?:\\'|[^'])*'/;
const DOUBLE = /\s*"(?:\\"|[^"])*"/;
const BACK = /\s*`(?:\\`|[^`])*`/;
const VALUE = `(?<value>${SINGLE.source}|${DOUBLE.source}|${BACK.source}|[^#\\r\\n]+)?`;
const STATEMENT = `^${NAME.source}${VALUE}\\s*(?:#.*)?$`;
const QUOTES = /^(['"`])([\s\S]*)\1$/gm;
const WHOSE = "the dotenv package";

/** The value that stands between what the package takes for enclosing quotes. */
function unquote(written: string): string {
  const inner = written.replace(QUOTES, "$2");
  return written.startsWith('"') ? inner.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : inner;
}

/** Every line between two statements that is neither blank nor a comment. */
function* skippedLines(text: string, begin: number, end: number): Iterable<DotenvProblem> {
  const line = /[^\s#][^\n]*|#[^\n]*/g;
  line.lastIndex = begin;
  for (let found = line.exec(text); found && found.index < end; found = line.exec(text)) {
    if (!found[0].startsWith("#")) yield skipped(found.index, WHOSE);
  }
}

function assignmentOf(found: RegExpExecArray): Assignment {
  const { lead = "", exported = "", name = "", sign = "", value: raw = "" } = found.groups ?? {};
  const written = raw.trim();
  const value = unquote(written);
  const start = found.index + lead.length;
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

/** Reads a text without NUL. */
export function readPackageDotenv(original: string): Reading {
  const unified = original.replace(/\r(?!\n)/g, "\n");
  const { text, start, end } = withoutReturns(unified, /\r/g);
  const assignments: Assignment[] = [];
  const problems: DotenvProblem[] = [];
  const statement = new RegExp(STATEMENT, "gm");
  let done = 0;
  for (let found = statement.exec(text); found; found = statement.exec(text)) {
    const read = assignmentOf(found);
    for (const problem of skippedLines(text, done, found.index))
      problems.push({ ...problem, offset: start(problem.offset) });
    done = statement.lastIndex;
    const written = text.slice(read.valueStart, read.valueEnd);
    if (read.quote && (written.length < 2 || !written.endsWith(read.quote)))
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
  for (const problem of skippedLines(text, done, text.length))
    problems.push({ ...problem, offset: start(problem.offset) });
  return { assignments, problems };
}
