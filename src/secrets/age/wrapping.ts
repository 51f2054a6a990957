/**
 * What every kind of age key has in common: a file key of 16 bytes, wrapped in a stanza by a recipient and unwrapped
 * by its identity. Format: age-encryption.org/v1.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Stanza } from "./format.ts";

export const FILE_KEY_BYTES = 16;
export const TAG_BYTES = 16;
const CIPHER = "chacha20-poly1305";
/** A wrapping key is used once, so that its nonce may be fixed. */
const ZERO_NONCE = Buffer.alloc(12);

/** What an identity makes of a stanza. `foreign`: for somebody else, as far as can be told. */
export type Unwrapping =
  | { readonly kind: "unwrapped"; readonly fileKey: Buffer }
  | { readonly kind: "foreign" }
  | { readonly kind: "malformed"; readonly why: string };

export const FOREIGN: Unwrapping = { kind: "foreign" };

/** An identity ready for use. */
export interface Identity {
  /** Its public half as a recipient is written, for people. */
  readonly recipient: string;
  unwrap(stanza: Stanza): Unwrapping;
}

/** A recipient ready for use. */
export interface Recipient {
  /** As it is written into files, without a comment. */
  readonly text: string;
  wrap(fileKey: Uint8Array): Stanza;
}

/** HKDF-SHA-256, 32 bytes. */
export function hkdf(material: Uint8Array, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", material, salt, info, 32));
}

/** Content with its tag behind it, opened; undefined when the key, the nonce or a bit is wrong. */
export function openChaCha(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The body of a stanza: a file key under a wrapping key. */
export function wrapFileKey(wrappingKey: Uint8Array, fileKey: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, wrappingKey, ZERO_NONCE, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

/** The file key in the body of a stanza. The caller has checked the body's length. */
export function unwrapFileKey(wrappingKey: Uint8Array, body: Uint8Array): Unwrapping {
  const fileKey = openChaCha(wrappingKey, ZERO_NONCE, body);
  return fileKey ? { kind: "unwrapped", fileKey } : FOREIGN;
}
