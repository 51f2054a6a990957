/** Environments held against each other, as every face shows them. No secret's value, and no fingerprint either. */
import type { Json } from "../base/canonical-json.ts";
import type { Parity, SettingsDiff, SettingsMatrix } from "../model/comparison.ts";

/** How many findings the check of a configuration has. */
export interface FindingCount {
  readonly errors: number;
  readonly warnings: number;
}

export interface SettingsDiffView extends SettingsDiff {
  readonly findings: { readonly a: FindingCount; readonly b: FindingCount };
}

/** Why an environment's secrets count as unknown. */
export interface SecretsProblem {
  readonly environment: string;
  /** Of the error that reading its secrets file ends with. */
  readonly code: string;
  readonly why: string;
  readonly fix: string | null;
}

export interface SettingsMatrixView extends SettingsMatrix {
  /** How many settings there are; the rows are those that were asked for. */
  readonly settings: number;
  readonly findings: Readonly<Record<string, FindingCount>>;
  readonly problems: readonly SecretsProblem[];
  readonly parity: Parity;
}

/** What one environment has for one row. */
export interface ComparedCell {
  /** Null where it has none, or that is not known. */
  readonly value: Json;
  /** For people. */
  readonly text: string;
  /** What the value comes from (`kind production`, a place); null where nothing says. */
  readonly source: string | null;
  readonly known: boolean;
}

export interface ComparedRow {
  /** Stable, as `policies.approvals`. */
  readonly field: string;
  readonly label: string;
  /** Not known to be the same everywhere. */
  readonly differs: boolean;
  /** By environment. */
  readonly cells: Readonly<Record<string, ComparedCell>>;
}

export interface EnvironmentComparisonView {
  readonly environments: readonly string[];
  readonly rows: readonly ComparedRow[];
  readonly problems: readonly SecretsProblem[];
}
