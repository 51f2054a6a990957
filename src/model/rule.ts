/** Conditions over several settings, expectations that tests check, and differences that are meant: as declared. */
import type { Place } from "../base/place.ts";
import type { Severity } from "./finding.ts";
import type { SettingValue } from "./setting.ts";

/** A condition that settings must meet together. Both expressions are CEL. */
export interface Rule {
  readonly name: string;
  /** The rule counts where this is true; undefined: everywhere. */
  readonly when: string | undefined;
  readonly require: string;
  /** What is wrong where it is not met. */
  readonly message: string;
  readonly fix: string | undefined;
  readonly severity: Severity;
  /** Environments and kinds that it is for; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly place: Place;
}

/** What one setting must be in some environments. */
export interface Expectation {
  /** An environment, a kind, or `all`. */
  readonly target: string;
  readonly setting: string;
  readonly expected: ExpectedValue;
  readonly place: Place;
}

/** All that are given must hold. */
export interface ExpectedValue {
  readonly is?: SettingValue | undefined;
  readonly not?: SettingValue | undefined;
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
  /** A regular expression that the whole text must match. */
  readonly matches?: string | undefined;
  /** Whether it has a value at all. */
  readonly set?: boolean | undefined;
}

/** Settings that differ between environments because they should. */
export interface Design {
  /** Name of a setting; `*` stands for any characters. */
  readonly pattern: string;
  readonly reason: string;
  readonly place: Place;
}
