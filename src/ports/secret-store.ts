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
  /** What the store knows the lease by; it opens nothing by itself. */
  readonly id: string;
  /** From the answer on. */
  readonly durationMs: number;
  readonly renewable: boolean;
}

export interface SecretFound {
  readonly kind: "found";
  /**
   * The whole secret as text: of a structured one its JSON, of one that is kept as bytes their Base64. Never empty for
   * a secret that is merely missing.
   */
  readonly text: string;
  /** The store's name for this version; undefined where it has none. */
  readonly version: string | undefined;
  readonly lease?: SecretLease;
}

/** Why there is no secret. */
export interface SecretRefusal {
  /**
   * `missing`: the store itself says that there is none. `denied`: not for this caller, or nobody is signed in.
   * `invalid`: what is asked for is none of this store's. `unreachable`: no answer in time, the service failed, or
   * something else answered in its place; asking again may help.
   */
  readonly kind: "missing" | "denied" | "invalid" | "unreachable";
  /** For people; the adapter makes sure that nothing of a secret is in it, whatever the service says. */
  readonly why: string;
  /** A command or a text that mends it, where the adapter knows one. */
  readonly fix?: string;
}

export type SecretAnswer = SecretFound | SecretRefusal;

export interface SecretStore {
  /** The schemes that it answers. */
  readonly schemes: readonly string[];
  /**
   * One answer for each reference, in their order. Asks for many at once where the service can, and once for equal
   * references, which get one answer (and one lease); a reference that fails takes none of the others with it. Asks
   * nothing again by itself after a failure. Never rejects for what the service says; does so only for a bug.
   *
   * @param signal ends the asking: what has no answer yet is `unreachable`.
   */
  read(references: readonly SecretReference[], signal: AbortSignal): Promise<readonly SecretAnswer[]>;
  /** Undefined where this store can't be written to. */
  readonly writer?: SecretWriter;
  /** Undefined where leases of this store are neither renewed nor taken back: they end by themselves. */
  readonly leases?: SecretLeases;
}

/**
 * What a write came to. `exists`: something else stands where this was to be written; it is unchanged. `missing`: of a
 * staged version, there is no secret yet, or no such version. `invalid`: also where this store can't do it.
 */
export type SecretWritten =
  | { readonly kind: "written"; readonly version: string }
  | (Omit<SecretRefusal, "kind"> & { readonly kind: SecretRefusal["kind"] | "exists" });

/**
 * Writing in two steps, so that a new value can be tried before everyone gets it: a staged version is read only
 * with its own `version` parameter, until it is promoted. All of it is idempotent: the same call with the same token
 * and text is `written` again, with the same version. One token belongs to one text.
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
  /**
   * The version that everyone gets from now on; the former one is still there under its version. A store may keep a
   * promoted version under another name than the staged one: the answer has it. What fails after everyone got the
   * version, such as taking the staged copy away, makes it no less `written`.
   *
   * @param replaced the version that everyone was given when this was decided. Where they are given another one by
   * now, which is not the promoted one, somebody else wrote it: `exists`, and theirs stays.
   */
  promote(
    reference: SecretReference,
    version: string,
    replaced: string | undefined,
    signal: AbortSignal,
  ): Promise<SecretWritten>;
  /** Takes a version away; `invalid` for the one that everyone is given. Doing so twice is no mistake. */
  discard(reference: SecretReference, version: string, signal: AbortSignal): Promise<SecretWritten>;
}

export interface SecretLeases {
  /** The lease as it is now, or why it can't be renewed. */
  renew(lease: SecretLease, signal: AbortSignal): Promise<SecretLease | SecretRefusal>;
  /** Ends it at once. A lease that is gone already is no mistake. */
  revoke(lease: SecretLease, signal: AbortSignal): Promise<{ readonly kind: "revoked" } | SecretRefusal>;
}
