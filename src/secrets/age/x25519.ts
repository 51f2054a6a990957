/**
 * age's own kind of key: X25519 (RFC 7748), `AGE-SECRET-KEY-1…` and `age1…`. Format: age-encryption.org/v1, "The
 * X25519 recipient type". The arithmetic on raw keys serves the ssh keys beside this as well.
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import { decodeBase64, encodeBase64, type Stanza } from "./format.ts";
import {
  FILE_KEY_BYTES,
  FOREIGN,
  hkdf,
  type Identity,
  type Recipient,
  TAG_BYTES,
  unwrapFileKey,
  wrapFileKey,
} from "./wrapping.ts";

const IDENTITY_PREFIX = "age-secret-key-";
const RECIPIENT_PREFIX = "age";
const LABEL = "age-encryption.org/v1/X25519";
export const X25519_BYTES = 32;
/** DER up to the raw key (RFC 8410): PKCS #8 of the private half, SubjectPublicKeyInfo of the public half. */
const PRIVATE_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_HEAD = Buffer.from("302a300506032b656e032100", "hex");

/** A key from its 32 raw bytes, which X25519 clamps by itself. */
export function x25519Key(raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, raw]), format: "der", type: "pkcs8" });
}

/** The raw public half. */
export function publicHalf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(PUBLIC_HEAD.length);
}

/** X25519 (RFC 7748); undefined for a peer's key of low order, which would give a known secret. */
export function sharedSecret(privateKey: KeyObject, peer: Uint8Array): Buffer | undefined {
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, peer]), format: "der", type: "spki" });
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch {
    return undefined;
  }
}

/** A new share for a peer, and the secret that it makes; undefined for a peer's key of low order. */
export function agree(peer: Uint8Array): { readonly share: Buffer; readonly secret: Buffer } | undefined {
  const { privateKey } = generateKeyPairSync("x25519");
  const secret = sharedSecret(privateKey, peer);
  return secret && { share: publicHalf(privateKey), secret };
}

/** Ephemeral share and wrapped key of a stanza with a share in its last argument; undefined when it has none. */
export function sharedParts(stanza: Stanza, args: number): { share: Buffer; body: Buffer } | undefined {
  const text = stanza.args.length === args ? stanza.args[args - 1] : undefined;
  const share = text === undefined ? undefined : decodeBase64(text, false);
  if (share?.length !== X25519_BYTES || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) return undefined;
  return { share, body: stanza.body };
}

function identityOf(key: KeyObject): Identity {
  const own = publicHalf(key);
  return {
    recipient: encodeBech32(RECIPIENT_PREFIX, own),
    unwrap(stanza) {
      if (stanza.type !== "X25519") return FOREIGN;
      const parts = sharedParts(stanza, 1);
      if (!parts) return { kind: "malformed", why: "an X25519 stanza is malformed" };
      const secret = sharedSecret(key, parts.share);
      if (!secret) return { kind: "malformed", why: "an X25519 share is a point of low order" };
      return unwrapFileKey(hkdf(secret, Buffer.concat([parts.share, own]), LABEL), parts.body);
    },
  };
}

/** The identity of a text as age-keygen writes it; undefined when it is none. */
export function readX25519Identity(text: string): Identity | undefined {
  const decoded = decodeBech32(text);
  if (decoded?.prefix !== IDENTITY_PREFIX || decoded.bytes.length !== X25519_BYTES) return undefined;
  return identityOf(x25519Key(decoded.bytes));
}

/** The recipient of a text as age-keygen prints it, in lower case; undefined when it is none. */
export function x25519Recipient(text: string): Recipient | undefined {
  const decoded = text.startsWith(`${RECIPIENT_PREFIX}1`) ? decodeBech32(text) : undefined;
  if (decoded?.prefix !== RECIPIENT_PREFIX || decoded.bytes.length !== X25519_BYTES) return undefined;
  const peer = decoded.bytes;
  if (!agree(peer)) return undefined;
  return {
    text,
    wrap(fileKey) {
      // The peer's order was tried above.
      const { share, secret } = agree(peer)!;
      const wrappingKey = hkdf(secret, Buffer.concat([share, peer]), LABEL);
      return { type: "X25519", args: [encodeBase64(share)], body: wrapFileKey(wrappingKey, fileKey) };
    },
  };
}

/** A new identity as text, and its recipient. */
export function newX25519Identity(): { readonly identity: string; readonly recipient: string } {
  const { privateKey } = generateKeyPairSync("x25519");
  const raw = privateKey.export({ format: "der", type: "pkcs8" }).subarray(PRIVATE_HEAD.length);
  const identity = encodeBech32(IDENTITY_PREFIX, raw).toUpperCase();
  return { identity, recipient: identityOf(privateKey).recipient };
}
