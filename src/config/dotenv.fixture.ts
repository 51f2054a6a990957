/** Nasty `.env` texts for the tests of the dialects, and what Ringfence makes of them. Only tests import this. */
import fc from "fast-check";
import type { DotenvDialect } from "../model/layer.ts";
import { parseDotenv } from "./dotenv.ts";
import { evaluate } from "./evaluate.ts";
import { Suggestions } from "./suggestions.ts";

const FRAGMENTS = [
  ..."AB1=:'\"`\\#!.-[]{} \t\n\r\v\f\u00a0\u0085\u2028\ufeffé",
  ...["C", "C", "=", "=", "=", "\n", "\n", "\n", "\r\n", "export ", "export", " = ", ": ", " #", "A=1\n"],
  ...["\\n", "\\r", "\\t", "\\'", '\\"', "\\\\", "\\0101", "\\09", "\\a", "B='", 'C="', "=\n", "x y", "'q'"],
  ...['"q"', "`q`", "D: v\n", "KEY\n", "a-b", "A.B"],
];

/** Texts without references. */
export const nastyText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("", "", "A="), fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 16 }))
  .map(([begin, parts]) => begin + parts.join(""));

const REFERENCE_FRAGMENTS = ["$", "{", "}", "${", "$A", "${A}", "${A:-", "${E:-", "${E-", "${A+", "${U:+"];

/** Values with what looks like references: A is set, E is empty, U is not set. */
export const nastyValue: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(...REFERENCE_FRAGMENTS, "${U-", "${U", "$U", "$E", ":-", "x", " ", "1", "_", "$1", "A"),
    { maxLength: 9 },
  )
  .map((parts) => parts.join(""));

/** Value by name, before interpolation. */
export function valuesOf(text: string, dialect: DotenvDialect): Record<string, unknown> {
  return Object.fromEntries(
    parseDotenv(text, ".env", dialect).entries.map(({ name, value }) => [name, value]),
  );
}

/** `severity CODE line:column` of every problem. */
export function problemsOf(text: string, dialect: DotenvDialect): string[] {
  return parseDotenv(text, ".env", dialect).problems.map(
    ({ code, place, severity = "error" }) => `${severity} ${code} ${place.line}:${place.column}`,
  );
}

/** Text by name, after interpolation; undefined where something has an error. */
export function evaluatedOf(text: string, dialect: DotenvDialect): Record<string, string> | undefined {
  const { entries, problems } = parseDotenv(text, ".env", dialect);
  const winners = new Map(
    entries.map((entry) => [
      entry.name,
      {
        ...entry,
        origin: "layer",
        source: ".env",
        secret: false,
        sealed: false,
        final: false,
        removes: false,
      } as const,
    ]),
  );
  const result = evaluate({
    winners,
    below: () => undefined,
    environment: "local",
    isDeclared: () => false,
    suggestions: new Suggestions([]),
  });
  const isError = ({ severity }: { severity?: string }): boolean => severity === undefined;
  if (problems.some(isError) || result.problems.some(isError)) return undefined;
  return Object.fromEntries([...result.settings].map(([name, { text: value }]) => [name, value]));
}
