/**
 * Services that keep keys and wrap data keys under them, such as AWS KMS: the key never leaves the service. Which
 * files are opened with the data key, and that their MAC verifies, is not decided there. `test/contracts/key-service.ts`
 * holds every adapter against this.
 */

/** One key of a service, as a file names it. */
export interface KeyName {
  /** The kind of service, as SOPS files call it: `kms`. */
  readonly service: string;
  /** What the service knows the key by: an ARN. */
  readonly name: string;
  /** Authenticated by the service together with the data key; without the same context nothing opens. */
  readonly context: Readonly<Record<string, string>>;
  /** A role to take on before asking. */
  readonly role?: string | undefined;
  /** A named set of credentials of the caller's machine. */
  readonly profile?: string | undefined;
}

/** A data key that was wrapped by one key. */
export interface ServiceKey extends KeyName {
  /** What the service gave when it wrapped: base64. */
  readonly wrapped: string;
}

/** `denied`: not for this caller, or nobody is signed in. `invalid`: no such key, another context, or damaged.
 * `unreachable`: no answer in time, or the service failed; asking again may help. `missing`: what talks to the service
 * is not installed. */
export interface KeyRefusal {
  readonly kind: "denied" | "invalid" | "unreachable" | "missing";
  /** For people; the adapter makes sure that no key is in it. */
  readonly why: string;
}

export type KeyOpened = { readonly kind: "opened"; readonly dataKey: Uint8Array } | KeyRefusal;

export type KeyWrapped = { readonly kind: "wrapped"; readonly wrapped: string } | KeyRefusal;

export interface KeyService {
  /** The kinds that it answers. */
  readonly services: readonly string[];
  /**
   * The data key. Never rejects for what the service says; does so only for a bug.
   *
   * @param signal ends the asking: `unreachable`.
   */
  unwrap(key: ServiceKey, signal: AbortSignal): Promise<KeyOpened>;
  /** A data key under one of its keys. */
  wrap(dataKey: Uint8Array, key: KeyName, signal: AbortSignal): Promise<KeyWrapped>;
}
