/**
 * What `ringfence inspect` says about a folder. No field ever holds a value that may be secret: values appear only
 * as far as `src/inspection/shown-value.ts` lets them through.
 */

/** How near to customers an environment is. `other` has a name that says nothing. */
export type EnvironmentClass =
  | "production"
  | "staging"
  | "testing"
  | "preview"
  | "development"
  | "local"
  | "other";

/** `environment`: of one; `base`: under all; `example`: a template; `other`: read for leaks only; `noted`: not read. */
export type InspectedRole = "environment" | "base" | "example" | "other" | "noted";

export interface InspectedFile {
  readonly path: string;
  readonly role: InspectedRole;
  /** Null where it belongs to no single one. */
  readonly environment: string | null;
  /** Why it is taken for that. */
  readonly reason: string;
  readonly keys: number;
}

export interface InspectedEnvironment {
  readonly name: string;
  readonly class: EnvironmentClass;
  /** Its own files, without what it takes from the base. */
  readonly files: readonly string[];
  /** Keys that have a value in it, base included. */
  readonly keys: number;
}

/** A key in one file. `environment` is null in a file that is under all of them. */
export interface KeyPlace {
  readonly environment: string | null;
  readonly key: string;
  /** `file:line:column` */
  readonly where: string;
}

export type SharedKind = "database" | "credential" | "bucket" | "webhook";

/** One thing that several environments use. */
export interface Sharing {
  readonly kind: SharedKind;
  /** The thing as far as it may be shown: `postgres at db.example.com, database shop`. */
  readonly what: string;
  readonly production: boolean;
  /** All take it from the same place of a base file. */
  readonly inherited: boolean;
  readonly places: readonly KeyPlace[];
}

/** Whether git has the file: `ignored` and `untracked` are not in it; `unknown` where there is no index to read. */
export type GitState = "tracked" | "ignored" | "untracked" | "unknown";

export interface ReadableSecret extends KeyPlace {
  /** What it looks like: `AWS access key`, `password in a URL`. */
  readonly what: string;
  /** Its shape: `AKIA…, 20 characters`. */
  readonly shape: string;
  readonly git: GitState;
}

/** A value that looks like production's in a file of another environment. */
export interface OutOfPlace extends KeyPlace {
  readonly what: string;
}

export interface MissingKey {
  readonly key: string;
  /** Keys are compared within one part: `shop`, `api in compose`; empty for the project itself. */
  readonly part: string;
  readonly present: readonly KeyPlace[];
  readonly missing: readonly string[];
}

export interface ExampleGap {
  readonly key: string;
  readonly example: string;
  /** `unused`: only in the example; `undocumented`: set, but missing from it. */
  readonly gap: "unused" | "undocumented";
  readonly where: string;
}

/** A value that still has to be filled in. */
export interface Unfilled extends KeyPlace {
  readonly kind: "placeholder" | "empty";
}

export interface Difference {
  readonly key: string;
  readonly part: string;
  /** The values are not even of the same type. */
  readonly types: boolean;
  readonly values: readonly (KeyPlace & { readonly shown: string })[];
}

/** How far the environments of the parts that several have agree: 100 means the same keys, types and all filled in. */
export interface Parity {
  readonly percent: number;
  readonly environments: readonly string[];
  readonly compared: number;
  readonly missing: number;
  readonly types: number;
  readonly unfilled: number;
}

/** What could not be read, and why. */
export interface InspectionProblem {
  readonly where: string;
  readonly why: string;
}

export interface Inspection {
  readonly environments: readonly InspectedEnvironment[];
  readonly files: readonly InspectedFile[];
  readonly shared: readonly Sharing[];
  readonly secrets: readonly ReadableSecret[];
  readonly outOfPlace: readonly OutOfPlace[];
  readonly missing: readonly MissingKey[];
  readonly examples: readonly ExampleGap[];
  readonly unfilled: readonly Unfilled[];
  readonly differences: readonly Difference[];
  /** Null where no two environments can be compared. */
  readonly parity: Parity | null;
  readonly problems: readonly InspectionProblem[];
}
