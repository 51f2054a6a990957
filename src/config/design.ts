/** Differences by design: which rule, if any, says that a key may differ. */
import { globMatches } from "../base/glob.ts";
import type { Design } from "../model/rule.ts";

export class DesignRules {
  readonly #exact = new Map<string, string>();
  readonly #patterns: readonly Design[];

  constructor(rules: readonly Design[]) {
    for (const { pattern, reason } of rules) {
      if (!pattern.includes("*") && !this.#exact.has(pattern)) this.#exact.set(pattern, reason);
    }
    this.#patterns = rules.filter(({ pattern }) => pattern.includes("*"));
  }

  /** The reason of the rule that names the key, else of the first whose pattern fits; null when none does. */
  reasonFor(key: string): string | null {
    const exact = this.#exact.get(key);
    if (exact !== undefined) return exact;
    return this.#patterns.find(({ pattern }) => globMatches(pattern, key))?.reason ?? null;
  }
}
