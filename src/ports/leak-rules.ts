/**
 * Rules that somebody keeps for telling credentials in a text by their form.
 *
 * What an adapter owes: the same text gives the same matches; nothing but the text and the path's name is looked at;
 * a text can't switch a rule off.
 */

export interface RuleMatch {
  /** Stable, with the collection's name: `secretlint/github/GITHUB_TOKEN`. */
  readonly rule: string;
  /** In words, without any of the text. */
  readonly what: string;
  /** UTF-16 units of the text: from the first up to the one behind the last. */
  readonly from: number;
  readonly to: number;
}

export interface LeakRules {
  /** @param path tells some rules which file it is (`.npmrc`); nothing is read there */
  matches(text: string, path: string): Promise<readonly RuleMatch[]>;
}
