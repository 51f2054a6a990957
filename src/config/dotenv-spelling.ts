/**
 * How a value could be written in a `.env` file, by dialect. These are proposals: whoever uses one reads it back
 * first, since what a spelling means also depends on the text around it.
 */
import type { DotenvDialect } from "../model/layer.ts";

export interface Wanted {
  readonly text: string;
  /** True where what looks like a reference is one. */
  readonly interpolated: boolean;
}

type Escape = (wanted: Wanted, quote: string) => string;

const DOUBLE = '"';

const ringfence: Escape = ({ text, interpolated }, quote) => {
  if (quote === "") return interpolated ? text : text.replaceAll("${", "$$${");
  if (quote !== DOUBLE) return text;
  const escaped = text.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r");
  return interpolated ? escaped : escaped.replaceAll("${", "\\${");
};

const dotenv: Escape = ({ text, interpolated }, quote) => {
  // A dollar sign needs its backslash before a name, and behind a backslash, which it would swallow.
  const dollars = interpolated ? text : text.replace(/\$(?=[A-Za-z_{])|(?<=\\)\$/g, "\\$$");
  return quote === DOUBLE ? dollars.replaceAll("\r", "\\r") : dollars;
};

const compose: Escape = ({ text, interpolated }, quote) => {
  if (quote === "'") return text.replaceAll("'", "\\'");
  const dollars = interpolated ? text : text.replace(/\$(?=[A-Za-z_{$])/g, "$$$$");
  return quote === DOUBLE ? dollars.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r") : dollars;
};

const ESCAPES: Readonly<Record<DotenvDialect, Escape>> = {
  ringfence,
  dotenv,
  compose,
  node: ({ text }) => text,
};

/** Dialects in which no escape keeps a quote from closing: there a quote that the value has comes last. */
const UNESCAPED: ReadonlySet<DotenvDialect> = new Set(["dotenv", "node"]);

/** The quotes of a dialect, the least first. */
const QUOTES: Readonly<Record<DotenvDialect, readonly string[]>> = {
  ringfence: ["", "'", DOUBLE, "`"],
  dotenv: ["", "'", DOUBLE, "`"],
  compose: ["", "'", DOUBLE],
  node: ["", "'", DOUBLE, "`"],
};

/** Proposals in the order of preference. @param kept the quote to try first */
export function* spellings(
  wanted: Wanted,
  kept: string | undefined,
  lineEnd: string,
  dialect: DotenvDialect,
): Iterable<string> {
  const isRisky = (quote: string): boolean =>
    quote !== "" && UNESCAPED.has(dialect) && wanted.text.includes(quote);
  const usual = [...new Set([...(kept === undefined ? [] : [kept]), ...QUOTES[dialect]])];
  const quotes = [...usual.filter((quote) => !isRisky(quote)), ...usual.filter(isRisky)];
  for (const quote of quotes) {
    const spelled = quote + ESCAPES[dialect](wanted, quote) + quote;
    // Most dialects read any line end as LF, so the file can keep its own.
    if (lineEnd !== "\n" && spelled.includes("\n")) yield spelled.replaceAll("\n", lineEnd);
    yield spelled;
  }
}
