/** Settings: what a project declares, and what resolution makes of the layers. */
import type { Place } from "../base/place.ts";
import type { SettablePolicy } from "./policy.ts";
import type { Rotation } from "./rotation.ts";
import type { PendingReference } from "./secret-reference.ts";
import type { FormatName } from "./value-format.ts";

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

/** When a setting is needed. */
export const PHASES = ["build", "deploy", "run"] as const;

export type Phase = (typeof PHASES)[number];

/**
 * What becomes of a list or object that several layers set. `replace`: the highest one counts. `append`: the items of
 * all, lowest layer first. `deep`: objects key by key. `{ by }`: lists of objects, merged where that field is the same.
 */
export type MergeRule = "replace" | "append" | "deep" | { readonly by: string };

/** How a setting travels when one environment's configuration is synchronised to another. */
export const SYNC_POLICIES = ["flow", "pinned", "sensitive"] as const;

export type SyncPolicy = (typeof SYNC_POLICIES)[number];

/** What a declaration says otherwise for one environment or kind. */
export interface SettingOverride {
  /** An environment or a kind. */
  readonly target: string;
  readonly required?: boolean | undefined;
  readonly default?: SettingValue | undefined;
  readonly values?: readonly string[] | undefined;
  readonly pattern?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A typed, declared key. */
export interface SettingDeclaration {
  readonly name: string;
  readonly type: SettingType;
  /** Encrypted at rest, never shown. */
  readonly secret: boolean;
  /** False: what looks like a reference is the value itself. Left out where references count. */
  readonly reference?: false;
  /** How the secret is rotated; left out where the manifest does not say. */
  readonly rotation?: Rotation;
  /** When it is needed; all phases unless declared. */
  readonly phases: readonly Phase[];
  readonly merge: MergeRule;
  /** Undefined: sensitive for a secret, pinned where it differs by design, else flow. */
  readonly sync: SyncPolicy | undefined;
  /** The policy that gives the value where no layer does. */
  readonly policy: SettablePolicy | undefined;
  /** In the manifest's order; see {@link declarationIn}. */
  readonly overrides: readonly SettingOverride[];
  /** The setting to use instead. */
  readonly replacedBy: string | undefined;
  /** `true`, `false`, or the environments and kinds that require it. */
  readonly required: boolean | readonly string[];
  /** As written in the manifest; applies where no layer sets the key. */
  readonly default: SettingValue | undefined;
  readonly values: readonly string[] | undefined;
  readonly pattern: string | undefined;
  /** The published format that its value has. */
  readonly format?: FormatName | undefined;
  /** Where its vendor is asked about it by `config check --probe`, instead of the vendor's own address; false: nowhere. */
  readonly probe?: string | false;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Codes of findings of the security and performance stages that this setting does not get, and why not. */
  readonly allow: Readonly<Record<string, string>> | undefined;
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
  /** As written, where the value is kept elsewhere; it is no secret. */
  readonly reference?: string;
  readonly wins: boolean;
  /** It takes the setting away again: what lower layers said does not count. */
  readonly removes: boolean;
  /** The value is merged from this one and others. */
  readonly merged: boolean;
}

/** One key of a resolution. */
export interface ResolvedSetting {
  readonly name: string;
  /** Typed, after interpolation. A secret's value is here too: whoever prints must look at `secret`. */
  readonly value: SettingValue;
  /** The form in which a process gets it. */
  readonly text: string;
  readonly secret: boolean;
  /** It is known to exist, but not its value: it can't be opened here, or is {@link pending}; value is null and text empty. */
  readonly sealed: boolean;
  /** References that the value hangs on, of which nobody has asked the stores; left out where there are none. */
  readonly pending?: readonly PendingReference[];
  /** A finding says why it has no value, or none that fits; left out where it has one. */
  readonly unusable?: true;
  /** False where the highest layer took it away; value is null and text empty. */
  readonly set: boolean;
  /** As it holds in this environment. */
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
    /** As written, where the value is kept elsewhere; left out where it stands here. */
    readonly reference?: string;
    readonly wins: boolean;
    readonly removes: boolean;
    readonly merged: boolean;
  }[];
  /** Names of the settings that its interpolation read, in order. */
  readonly references: readonly string[];
  /** False where a layer took it away. */
  readonly set: boolean;
}

/** The text that takes a setting away in any layer: what lower layers and the declaration say then does not count. */
export const UNSET = "<unset>";
