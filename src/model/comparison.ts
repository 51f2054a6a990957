/** Configurations held against each other: differences of two, the matrix of many, and how near they are. */
import type { SettingValue } from "./setting.ts";

/** `unknown` where one side can't be opened or has no usable value: never the same as equal. */
export type Verdict = "different" | "equal" | "unknown";

/** One key that is not known to be the same on both sides. */
export interface SettingDifference {
  readonly key: string;
  /** Typed; null where the side has none, and for a secret. */
  readonly a: SettingValue;
  readonly b: SettingValue;
  /** True when it is secret on either side: then neither value is here. */
  readonly secret: boolean;
  readonly byDesign: boolean;
  /** From `a` to `b`. */
  readonly kind: "added" | "removed" | "changed";
  /** `equal` only where the same value is secret on one side and plain on the other. */
  readonly verdict: Verdict;
  /** Of the design rule; null where none fits. */
  readonly reason: string | null;
  /** The values as text, units and all; null where `a` and `b` are. */
  readonly texts: { readonly a: string | null; readonly b: string | null };
  /** Where each side sets it, `file:line:column`; null where it does not. */
  readonly places: { readonly a: string | null; readonly b: string | null };
}

export interface SettingsDiff {
  /** The sides' names as they were asked for. */
  readonly a: string;
  readonly b: string;
  /** By key. */
  readonly changes: readonly SettingDifference[];
}

/**
 * - `value`, `default`: plain, set by a layer or by the declaration
 * - `secret`: set, and told apart only by its group
 * - `missing`: required here, and without a value
 * - `unset`: without a value, and not required
 * - `unknown`: set to what gives no value; a finding says why
 */
export type CellState = "value" | "default" | "secret" | "missing" | "unset" | "unknown";

/** One setting in one environment. */
export interface MatrixCell {
  readonly state: CellState;
  /** Typed; null unless `value` or `default`. */
  readonly value: SettingValue;
  readonly text: string | null;
  /** In one row the same letter is the same value; `?` can't be told here. Null where no secret is. */
  readonly group: string | null;
  readonly place: string | null;
  /** Codes of the errors that this environment's check has about it. */
  readonly errors: readonly string[];
}

export interface MatrixRow {
  readonly key: string;
  /** As declared; null when it is not. */
  readonly type: string | null;
  /** Secret in at least one environment: then no environment's value is here. */
  readonly secret: boolean;
  /** Not known to be the same everywhere. */
  readonly differs: boolean;
  /** A rule says that it may differ. */
  readonly byDesign: boolean;
  readonly reason: string | null;
  /** By environment. */
  readonly cells: Readonly<Record<string, MatrixCell>>;
}

export interface SettingsMatrix {
  readonly environments: readonly string[];
  readonly rows: readonly MatrixRow[];
}

/** What lowers parity, worst first. */
export type DeductionKind =
  | "requirement-unmet"
  | "layer-missing"
  | "key-missing"
  | "type-differs"
  | "unexpected-difference"
  | "unknown";

export interface Deduction {
  readonly kind: DeductionKind;
  /** The setting; null for a layer. */
  readonly key: string | null;
  /** Those in which it shows. */
  readonly environments: readonly string[];
  /** Of the one unit that the key or layer counts. */
  readonly weight: number;
  readonly why: string;
}

export interface Parity {
  /** 0 to 100, rounded down, so that 100 means that nothing lowers it; null where there is nothing to compare. */
  readonly score: number | null;
  /** Units that were compared: keys, and layers that are missing. */
  readonly units: number;
  /** Heaviest first; their weights add up to what is lost. */
  readonly deductions: readonly Deduction[];
}
