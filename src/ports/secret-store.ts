/**
 * Stores of secrets that others keep: what a reference such as `vault://kv/shop#password` leads to. An adapter asks
 * one kind of store; which part of an answer a setting gets, how often is asked again and what may be kept is not
 * decided there. `test/contracts/secret-store.ts` holds every adapter against this.
 */

/** A reference as a layer or the secrets file has it, taken apart. */
export interface SecretReference {
  /** As written; it is no secret. */
  readonly text: string;
  /** Before the colon: `aws-sm`, `vault`, `cmd` … */
  readonly scheme: string;
  /** What the store knows the secret by. Of a command, a JSON array of its words. */
  readonly path: string;
  /** Behind `?`: `region`, `version`, `stage` … */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A credential that the store takes back by itself. */
export interface SecretLease {
  /** What the store knows the lease by; it is no secret. */
  readonly id: string;
  /** From the answer on. */
  readonly durationMs: number;
  readonly renewable: boolean;
}

export type SecretAnswer =
  | {
      readonly kind: "found";
      /** The whole secret as text: of a structured one its JSON. Never empty for a secret that is merely missing. */
      readonly text: string;
      /** The store's name for this version; undefined where it has none. */
      readonly version: string | undefined;
      readonly lease?: SecretLease;
    }
  /** `missing`: there is none. `denied`: not for this caller, or nobody is signed in. `invalid`: the reference is
   * none of this store's. `unreachable`: no answer in time, or the service failed; asking again may help. */
  | {
      readonly kind: "missing" | "denied" | "invalid" | "unreachable";
      /** For people; the adapter makes sure that nothing of a secret is in it. */
      readonly why: string;
    };

export interface SecretStore {
  /** The schemes that it answers. */
  readonly schemes: readonly string[];
  /**
   * One answer for each reference, in their order. Asks for many at once where the service can; a reference that
   * fails takes none of the others with it. Never rejects for what the service says; does so only for a bug.
   *
   * @param signal ends the asking: what has no answer yet is `unreachable`.
   */
  read(references: readonly SecretReference[], signal: AbortSignal): Promise<readonly SecretAnswer[]>;
  /** Undefined where this store can't be written to. */
  readonly writer?: SecretWriter;
  /** Undefined where this store gives no leases. */
  readonly leases?: SecretLeases;
}

/** What a write came to. */
export type SecretWritten =
  | { readonly kind: "written"; readonly version: string }
  | { readonly kind: "exists" | "missing" | "denied" | "invalid" | "unreachable"; readonly why: string };

/**
 * Writing in two steps, so that a new value can be tried before everyone gets it: a staged version is read only
 * with its own `version` parameter, until it is promoted. All of it is idempotent by `token`.
 */
export interface SecretWriter {
  /** A new secret. `exists` where there is one already, whose value stays. */
  create(
    reference: SecretReference,
    text: string,
    token: string,
    signal: AbortSignal,
  ): Promise<SecretWritten>;
  /** A new version that nobody is given yet. */
  stage(reference: SecretReference, text: string, token: string, signal: AbortSignal): Promise<SecretWritten>;
  /** The version that everyone gets from now on; the former one is still there under its version. */
  promote(reference: SecretReference, version: string, signal: AbortSignal): Promise<SecretWritten>;
  /** Takes a version away that nobody is given. Doing so twice is no mistake. */
  discard(reference: SecretReference, version: string, signal: AbortSignal): Promise<SecretWritten>;
}

export interface SecretLeases {
  /** The lease as it is now, or why it can't be renewed. */
  renew(
    lease: SecretLease,
    signal: AbortSignal,
  ): Promise<SecretLease | Exclude<SecretAnswer, { kind: "found" }>>;
  /** Ends it at once. A lease that is gone already is no mistake. */
  revoke(
    lease: SecretLease,
    signal: AbortSignal,
  ): Promise<{ readonly kind: "revoked" } | Exclude<SecretAnswer, { kind: "found" }>>;
}
