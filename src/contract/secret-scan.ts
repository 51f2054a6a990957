/** What a scan for leaked secrets says, as every face shows it. Nothing of a found text is in it. */
import type { CheckedFinding } from "./check.ts";
import type { SecretsProblem } from "./comparison.ts";
import type { AllowedView } from "./config-test.ts";

export type ScanMode = "files" | "staged" | "history" | "output";

export interface SecretScanView {
  readonly mode: ScanMode;
  readonly findings: readonly CheckedFinding[];
  /** What the baseline lets through. */
  readonly accepted: readonly AllowedView[];
  /** Texts that were read: files, contents of git's history, messages, files in archives. */
  readonly looked: { readonly texts: number; readonly bytes: number };
  /** Values of secrets that were looked for. */
  readonly known: { readonly current: number; readonly former: number };
  /** Secrets that can't be opened here, so that nobody looked for them: `NAME of environment`. */
  readonly sealed: readonly string[];
  /** Secrets too short or too common to be told from ordinary text: `NAME of environment`. */
  readonly tooCommon: readonly string[];
  readonly problems: readonly SecretsProblem[];
  /** False where there is no manifest: forms of credentials alone were looked for. */
  readonly manifest: boolean;
  /** The clone lacks older commits. */
  readonly shallow: boolean;
  /** What each code among the findings means, in one line of Markdown. */
  readonly codes: Readonly<Record<string, string>>;
  /** Lines for the end of the baseline, where they were asked for. */
  readonly baseline: { readonly file: string; readonly lines: string } | null;
  /** What is unknown, was not looked at or is a warning counts as a finding. */
  readonly strict: boolean;
}
