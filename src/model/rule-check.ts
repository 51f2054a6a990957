/** What holds settings against rules. It is handed in: the language of rules is loaded only where there are some. */
import type { FindingDraft } from "./finding-list.ts";
import type { Environment } from "./project.ts";
import type { Rule } from "./rule.ts";
import type { ResolvedSetting } from "./setting.ts";

/** What rules are held against. */
export interface RuleFacts {
  readonly environment: Environment;
  readonly settings: ReadonlyMap<string, ResolvedSetting>;
  /** Those whose value is none that counts: a reference failed, or the text is not of the declared type. */
  readonly unusable: ReadonlySet<string>;
  /** Names that are declared, also those without a value. */
  readonly declared: readonly string[];
}

export type RuleChecker = (rules: readonly Rule[], facts: RuleFacts) => FindingDraft[];
