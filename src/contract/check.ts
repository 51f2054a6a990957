/** What a check of the configuration says, as every face shows it. */
import type { Finding } from "../model/finding.ts";
import type { CheckStage } from "../model/finding-code.ts";
import type { SecretsProblem } from "./comparison.ts";

export interface CheckedFinding extends Finding {
  readonly stage: CheckStage;
}

/** How many findings of each severity there are. */
export interface StageCount {
  readonly errors: number;
  readonly warnings: number;
  readonly advice: number;
}

export interface CheckView {
  readonly environment: string;
  readonly findings: readonly CheckedFinding[];
  readonly stages: Readonly<Record<CheckStage, StageCount>>;
  /** What each code among the findings means, in one line of Markdown. */
  readonly codes: Readonly<Record<string, string>>;
  /** How many findings `config fix` has a safe fix for. */
  readonly fixable: number;
}

/** Of all environments, in the manifest's order. */
export interface CheckAllView {
  readonly environments: readonly CheckView[];
  /** Environments whose secrets file is refused: they are checked with every secret unknown. */
  readonly problems: readonly SecretsProblem[];
}

export interface ConfigFixView {
  readonly environment: string;
  /** What was done, in words. */
  readonly fixed: readonly string[];
  /** What would not have made the check better, and was left. */
  readonly left: readonly string[];
  /** How many findings the environment had and has. */
  readonly findings: { readonly before: number; readonly after: number };
  /** Files that were written, relative to the project's root. */
  readonly files: readonly string[];
  readonly operation: string;
}
