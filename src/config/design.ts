/** Differences by design: which rule, if any, says that a key may differ. */
import { globMatcher } from "../base/glob.ts";
import type { Design } from "../model/rule.ts";

interface Pattern {
  readonly fits: (key: string) => boolean;
  readonly reason: string;
}

export class DesignRules {
  /** Of every key that a rule names or that was asked for: a comparison asks again for each environment. */
  readonly #reasons = new Map<string, string | null>();
  readonly #patterns: readonly Pattern[];

  constructor(rules: readonly Design[]) {
    for (const { pattern, reason } of rules) {
      if (!pattern.includes("*") && !this.#reasons.has(pattern)) this.#reasons.set(pattern, reason);
    }
    this.#patterns = rules
      .filter(({ pattern }) => pattern.includes("*"))
      .map(({ pattern, reason }) => ({ fits: globMatcher(pattern), reason }));
  }

  /** The reason of the rule that names the key, else of the first whose pattern fits; null when none does. */
  reasonFor(key: string): string | null {
    const known = this.#reasons.get(key);
    if (known !== undefined) return known;
    const reason = this.#patterns.find(({ fits }) => fits(key))?.reason ?? null;
    this.#reasons.set(key, reason);
    return reason;
  }
}
