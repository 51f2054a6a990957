/** How often a secret is to be changed and how that is done, as the manifest declares it. */

/**
 * What makes new values. `password`: letters and digits that no one confuses, safe in URLs and shells. `key`, `hex`:
 * random bytes in Base64 and hexadecimal. `jwt`: a secret for HMAC signatures, at least 256 bits in URL-safe Base64.
 * `uuid`: version 4. `ed25519`, `rsa`: a private key in PEM (PKCS #8), from which the public one can be had.
 */
export const GENERATORS = ["password", "key", "hex", "jwt", "uuid", "ed25519", "rsa"] as const;

export type GeneratorName = (typeof GENERATORS)[number];

/** The program that makes a new value known where it counts, or that tries it. Run without a shell, once it is trusted. */
export interface RotationProgram {
  /** With `{env}` and the environment's other names in it. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

export interface Rotation {
  /** How old a value may get; undefined: it is changed by hand, when somebody decides so. */
  readonly everyMs: number | undefined;
  /** Undefined: only a person can give a new value. */
  readonly generate: GeneratorName | undefined;
  /** Characters of a password, bytes of a key, bits of an RSA key; the generator's own where undefined. */
  readonly length: number | undefined;
  /** How long the former value is kept beside the new one, and given to applications as `NAME_PREVIOUS`; 0: not at all. */
  readonly overlapMs: number;
  readonly hook: RotationProgram | undefined;
  readonly verify: RotationProgram | undefined;
}

/** Under which name applications get the former value of a secret while both count. */
export function previousName(name: string): string {
  return `${name}_PREVIOUS`;
}
