/** Tests of the configuration and a scan of the code, as every face shows them. No secret's value is in them. */
import type { Parity } from "../model/comparison.ts";
import type { ExpectationResult } from "../model/expectation.ts";
import type { CheckedFinding } from "./check.ts";
import type { SecretsProblem } from "./comparison.ts";

export interface TestedEnvironment {
  readonly environment: string;
  readonly results: readonly ExpectationResult[];
}

export interface ConfigTestView {
  readonly environments: readonly TestedEnvironment[];
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** What is wrong with the expectations themselves. */
  readonly findings: readonly CheckedFinding[];
  readonly problems: readonly SecretsProblem[];
  /** Of all environments, also where only one was tested. */
  readonly parity: Parity;
  /** The lowest score that passes; null where none was asked for. */
  readonly minParity: number | null;
  /** Everything that was asked for is known to be so, and something was asked for. */
  readonly ok: boolean;
}

/** A finding of a scan that a comment in the code lets through. */
export interface AllowedView extends CheckedFinding {
  readonly reason: string;
}

export interface ConfigScanView {
  readonly findings: readonly CheckedFinding[];
  readonly allowed: readonly AllowedView[];
  /** How many files were read. */
  readonly files: number;
  /** Files that were not: too large, or no text. */
  readonly skipped: number;
  /** Secrets that can't be opened here, so that nobody looked for them: `NAME of environment`. */
  readonly sealed: readonly string[];
  readonly problems: readonly SecretsProblem[];
}
