/**
 * Opens age files for X25519 identities with nothing but node:crypto, so that reading secrets loads no other
 * cryptography. Format: age-encryption.org/v1 (header MAC, X25519 stanzas, STREAM payload).
 */
import { createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type AgeFile, decodeArmor, decodeBase64, parseAgeFile, type Stanza } from "./age-format.ts";
import { type Identity, sharedSecret } from "./identities.ts";

const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const FILE_KEY_BYTES = 16;
const NONCE_BYTES = 16;

/** What became of it. `sealed`: intact as far as can be told, but for somebody else. */
export type AgeOpening =
  | { readonly kind: "opened"; readonly content: Buffer }
  | { readonly kind: "sealed" }
  | { readonly kind: "damaged"; readonly why: string };

const damaged = (why: string): AgeOpening => ({ kind: "damaged", why });

function hkdf(material: Uint8Array, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", material, salt, info, 32));
}

function openChaCha(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The ephemeral share and wrapped key of an X25519 stanza; undefined when it is not as specified. */
function x25519Parts(stanza: Stanza): { share: Buffer; wrapped: Buffer } | undefined {
  const share = stanza.args.length === 1 ? decodeBase64(stanza.args[0]!, false) : undefined;
  if (share?.length !== 32 || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) return undefined;
  return { share, wrapped: stanza.body };
}

function unwrapFileKey(
  secret: Buffer,
  share: Buffer,
  wrapped: Buffer,
  identity: Identity,
): Buffer | undefined {
  const salt = Buffer.concat([share, identity.publicKey]);
  return openChaCha(hkdf(secret, salt, "age-encryption.org/v1/X25519"), Buffer.alloc(12), wrapped);
}

/** STREAM: an 11-byte counter and one byte that marks the last chunk; only an empty file has an empty chunk. */
function openPayload(fileKey: Buffer, payload: Buffer): Buffer | undefined {
  if (payload.length < NONCE_BYTES) return undefined;
  const key = hkdf(fileKey, payload.subarray(0, NONCE_BYTES), "payload");
  const sealed = payload.subarray(NONCE_BYTES);
  const chunks: Buffer[] = [];
  const step = CHUNK_BYTES + TAG_BYTES;
  for (let at = 0, count = 0; ; at += step, count++) {
    const isLast = at + step >= sealed.length;
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(count, 5, 6);
    nonce[11] = isLast ? 1 : 0;
    const chunk = openChaCha(key, nonce, sealed.subarray(at, at + step));
    if (!chunk || (chunk.length === 0 && count > 0)) return undefined;
    chunks.push(chunk);
    if (isLast) return Buffer.concat(chunks);
  }
}

function openWith(file: AgeFile, fileKey: Buffer): AgeOpening {
  const mac = createHmac("sha256", hkdf(fileKey, Buffer.alloc(0), "header"))
    .update(file.authenticated)
    .digest();
  if (!timingSafeEqual(mac, file.mac)) return damaged("its age header was changed");
  const content = openPayload(fileKey, file.payload);
  return content ? { kind: "opened", content } : damaged("its age payload was changed or cut");
}

/** Opens a binary age file with the first identity that fits one of its X25519 stanzas. Never throws. */
export function openAge(bytes: Buffer, identities: readonly Identity[]): AgeOpening {
  const file = parseAgeFile(bytes);
  if (!file) return damaged("its age header is malformed");
  if (file.stanzas.length > 1 && file.stanzas.some(({ type }) => type === "scrypt"))
    return damaged("a passphrase stanza must be the only one");
  for (const stanza of file.stanzas) {
    if (stanza.type !== "X25519") continue;
    const parts = x25519Parts(stanza);
    if (!parts) return damaged("an X25519 stanza is malformed");
    for (const identity of identities) {
      const secret = sharedSecret(identity, parts.share);
      if (!secret) return damaged("an X25519 share is a point of low order");
      const fileKey = unwrapFileKey(secret, parts.share, parts.wrapped, identity);
      if (fileKey) return openWith(file, fileKey);
    }
  }
  return { kind: "sealed" };
}

/** {@link openAge} for an armored file. */
export function openArmoredAge(text: string, identities: readonly Identity[]): AgeOpening {
  const bytes = decodeArmor(text);
  return bytes ? openAge(bytes, identities) : damaged("its age armor is malformed");
}
