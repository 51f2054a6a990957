/** Settings: what a project declares, and what resolution makes of the layers. */
import type { Place } from "../base/place.ts";

export const SETTING_TYPES = [
  "string",
  "integer",
  "number",
  "boolean",
  "url",
  "port",
  "duration",
  "size",
  "enum",
  "list",
  "object",
  "email",
  "host",
  "cidr",
  "path",
  "pattern",
] as const;

export type SettingType = (typeof SETTING_TYPES)[number];

/** A typed, declared key. */
export interface SettingDeclaration {
  readonly name: string;
  readonly type: SettingType;
  /** Encrypted at rest, never shown. */
  readonly secret: boolean;
  /** `true`, `false`, or the environments and kinds that require it. */
  readonly required: boolean | readonly string[];
  /** As written in the manifest; applies where no layer sets the key. */
  readonly default: SettingValue | undefined;
  readonly values: readonly string[] | undefined;
  readonly pattern: string | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Why it should not be used any more, and what to use instead. */
  readonly deprecated: string | undefined;
  readonly doc: string | undefined;
  /** Where the manifest declares it. */
  readonly place: Place;
}

/** A value as a layer gives it or as typing leaves it. */
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue };

/** One layer that set a key. */
export interface Contribution {
  /** The layer's name: a path, `default`, `process environment` … */
  readonly source: string;
  readonly place: Place;
  /** As written, before interpolation. Undefined for a secret. */
  readonly value: SettingValue | undefined;
  readonly wins: boolean;
}

/** One key of a resolution. */
export interface ResolvedSetting {
  readonly name: string;
  /** Typed, after interpolation. A secret's value is here too: whoever prints must look at `secret`. */
  readonly value: SettingValue;
  /** The form in which a process gets it. */
  readonly text: string;
  readonly secret: boolean;
  /** The secret stands in the secrets file but can't be opened here; value is null and text empty. */
  readonly sealed: boolean;
  readonly declaration: SettingDeclaration | undefined;
  /** Lowest layer first; exactly one wins. */
  readonly history: readonly Contribution[];
  /** Names of the settings that its interpolation read. */
  readonly references: readonly string[];
}

/** The history of one setting; of a secret, values are null. */
export interface Explanation {
  readonly key: string;
  readonly secret: boolean;
  readonly value: SettingValue;
  /** Lowest layer first. Line and column are 0 where the source is no file. */
  readonly layers: readonly {
    readonly source: string;
    /** Where it is written: the layer's path, or for a default the manifest. */
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly value: SettingValue;
    readonly wins: boolean;
  }[];
}
