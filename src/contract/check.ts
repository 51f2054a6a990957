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
