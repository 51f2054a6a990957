/** Finds texts that have the published form of a credential: by our own formats, and by the rules that others keep. */

import { isPlaceholder, isWellKnown, passwordIn } from "../model/credential-text.ts";
import { CREDENTIAL_SHAPES } from "../model/provider-format.ts";
import type { LeakRules, RuleMatch } from "../ports/leak-rules.ts";

const OWN = CREDENTIAL_SHAPES.filter(({ opening }) => !opening).map((format) => ({
  ...format,
  pattern: new RegExp(format.pattern.source, `${format.pattern.flags}g`),
}));

/** Where a program or a template puts the real one in. A `%` may also begin a sign of a real one, as in `%40`. */
const FILLED_IN = /^(?:\$[{(]|\$(?:[A-Za-z_]\w*|\d)$|\{\{|%[({]|%[A-Za-z]$|%[A-Za-z_]\w*%$|<|\[secret\]|\*)/;
const SAME_SIGN = /(.)\1{7}/;
/** Keys of AWS' own documentation, which never were any: AKIA…EXAMPLE. */
const PUBLISHED_EXAMPLE = /^A[A-Z]IA[A-Z0-9]{9}EXAMPLE$/;

/** A connection string with a password that is none is no leak, nor is a key of one sign. */
function isHarmless(text: string): boolean {
  const password = passwordIn(text);
  if (password !== undefined) {
    return isPlaceholder(password) || isWellKnown(password) || FILLED_IN.test(password);
  }
  return isPlaceholder(text) || PUBLISHED_EXAMPLE.test(text);
}

function* ownMatches(text: string): Iterable<RuleMatch> {
  for (const { rule, what, pattern } of OWN) {
    for (const { 0: found, index } of text.matchAll(pattern)) {
      if (!SAME_SIGN.test(found)) {
        yield { rule: `ringfence/${rule}`, what, from: index, to: index + found.length };
      }
    }
  }
}

/** @param path of the text, for rules about files of a certain name */
export async function findShapes(
  text: string,
  path: string,
  rules: LeakRules,
): Promise<readonly RuleMatch[]> {
  const found = [...(await rules.matches(text, path)), ...ownMatches(text)];
  return found.filter(({ from, to }) => !isHarmless(text.slice(from, to)));
}
