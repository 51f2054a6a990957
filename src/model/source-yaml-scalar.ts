/** What a plain scalar means in YAML's core schema, and the ends of quoted scalars on one line. */

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
]);
const LONGEST_WORD = 5;

const DECIMAL = /^[-+]?[0-9]+$/;
const RADIX = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NO_NUMBER = /^\.(?:nan|NaN|NAN)$/;

const A = 65;
const NINE = 57;
const ZERO = 48;
const QUOTE = '"';
const APOSTROPHE = "'";
const BACKSLASH = 92;

function numberOf(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  if (RADIX.test(text)) return Number(text);
  if (FLOAT.test(text)) return Number.parseFloat(text);
  if (INFINITE.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return NO_NUMBER.test(text) ? Number.NaN : undefined;
}

/** The value of a plain scalar that is not empty (YAML 1.2.2, 10.3.2). */
export function plainScalar(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  if (first < A) {
    const digitOrSign = (first >= ZERO && first <= NINE) || first === 43 || first === 45 || first === 46;
    return digitOrSign ? (numberOf(text) ?? text) : text;
  }
  if (text.length > LONGEST_WORD) return text;
  const word = WORDS.get(text);
  return word === undefined ? text : word;
}

/** A quoted scalar of one line; `end` is the offset behind its closing quote. */
export interface QuotedScalar {
  readonly value: string;
  readonly end: number;
}

function single(text: string, open: number, lineEnd: number): QuotedScalar | undefined {
  let close = text.indexOf(APOSTROPHE, open + 1);
  const doubled = text.charAt(close + 1) === APOSTROPHE;
  while (close >= 0 && text.charAt(close + 1) === APOSTROPHE) close = text.indexOf(APOSTROPHE, close + 2);
  if (close < 0 || close > lineEnd) return undefined;
  const value = text.slice(open + 1, close);
  return { value: doubled ? value.replaceAll("''", "'") : value, end: close + 1 };
}

function double(text: string, open: number, lineEnd: number): QuotedScalar | undefined {
  const first = text.indexOf(QUOTE, open + 1);
  if (first < 0 || first > lineEnd) return undefined;
  const plain = text.slice(open + 1, first);
  if (!plain.includes("\\")) return { value: plain, end: first + 1 };
  for (let at = open + 1; at < lineEnd; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE.charCodeAt(0)) {
      // What JSON's escapes mean, they mean in YAML too; others make this undefined.
      const value = unescaped(text.slice(open, at + 1));
      return value === undefined ? undefined : { value, end: at + 1 };
    }
  }
  return undefined;
}

function unescaped(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

/** Reads the quoted scalar that opens at an offset; undefined where it needs more than one line or rare escapes. */
export function quotedScalar(text: string, open: number): QuotedScalar | undefined {
  const newline = text.indexOf("\n", open);
  const lineEnd = newline < 0 ? text.length : newline;
  return text.charAt(open) === APOSTROPHE ? single(text, open, lineEnd) : double(text, open, lineEnd);
}
