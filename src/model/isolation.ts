/** What a proof of isolation says: of each pair of environments whether they share anything, with both places. */

/** What two environments can share, in the order in which it is told. */
export const SHARED_KINDS = [
  "credential",
  "secret reference",
  "recipient",
  "prefix",
  "database",
  "cache",
  "bucket",
  "queue",
  "base",
  "webhook",
  "account",
  "service account",
  "host",
  "port",
  "folder",
  "file",
  "network",
  "firewall",
  "cron",
] as const;

export type SharedKind = (typeof SHARED_KINDS)[number];

export type IsolationVerdict = "isolated" | "contaminated" | "unknown";

/** One side of what is shared. */
export interface SharedPlace {
  readonly environment: string;
  /** The setting, or the resource as `cron.nightly`. */
  readonly subject: string;
  /** `file:line:column`. */
  readonly where: string;
}

/** What two environments share although each should have its own. */
export interface Contamination {
  /** As `ISOLATION_CREDENTIAL`: of the first of the kinds. */
  readonly code: string;
  readonly kinds: readonly SharedKind[];
  /** One of each environment, in the pair's order. */
  readonly places: readonly [SharedPlace, SharedPlace];
  /** Never a secret's value. */
  readonly why: string;
  readonly fix: string;
  /** The exception that lets it be; null: it counts. */
  readonly excused: { readonly reason: string; readonly until: string; readonly where: string } | null;
}

/** Why something can't be compared here. */
export interface UnknownPart {
  readonly environment: string;
  readonly subject: string | null;
  readonly where: string;
  readonly why: string;
  readonly fix: string;
}

/** Two environments, in the manifest's order. */
export interface IsolatedPair {
  readonly between: readonly [string, string];
  readonly verdict: IsolationVerdict;
  readonly contaminations: readonly Contamination[];
  /** Where the verdict is unknown, or would be without the contamination. */
  readonly unknown: readonly UnknownPart[];
  /** What is near without being shared: one server with two databases, one address on two machines. */
  readonly notes: readonly string[];
}

/** What is wrong with an exception. */
export interface ExceptionFinding {
  readonly code: "ISOLATION_EXPIRED" | "ISOLATION_UNUSED";
  readonly where: string;
  readonly why: string;
  readonly fix: string;
}

/** What of an environment was held against the others. */
export interface ComparedParts {
  readonly environment: string;
  /** How many there are of each sort; sorts without any are left out. */
  readonly parts: Readonly<Partial<Record<SharedKind, number>>>;
  /** How many settings have a value. */
  readonly settings: number;
  /** How many of these are nothing that two environments could share by mistake: switches, sizes, addresses of others. */
  readonly plain: number;
  /** Secrets that are too short, or too common, to be told apart by their value. */
  readonly weak: readonly string[];
}

export interface IsolationProof {
  readonly verdict: IsolationVerdict;
  readonly pairs: readonly IsolatedPair[];
  readonly exceptions: readonly ExceptionFinding[];
  readonly compared: readonly ComparedParts[];
}
