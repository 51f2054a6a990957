/**
 * Opens age files with nothing but node:crypto, so that reading secrets loads no other cryptography.
 * Format: age-encryption.org/v1 (header MAC, STREAM payload); what a stanza is worth, each kind of identity knows.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { type AgeFile, decodeArmor, parseAgeFile } from "./format.ts";
import { hkdf, type Identity, openChaCha, TAG_BYTES } from "./wrapping.ts";

const CHUNK_BYTES = 64 * 1024;
const NONCE_BYTES = 16;

/** What became of it. `sealed`: intact as far as can be told, but for somebody else. */
export type AgeOpening =
  | { readonly kind: "opened"; readonly content: Buffer }
  | { readonly kind: "sealed" }
  | {
      readonly kind: "damaged";
      readonly part: "armor" | "header" | "header MAC" | "payload";
      readonly why: string;
    };

type Damage = Extract<AgeOpening, { kind: "damaged" }>;

const damaged = (part: Damage["part"], why: string): AgeOpening => ({ kind: "damaged", part, why });

/** STREAM: an 11-byte counter and one byte that marks the last chunk; only an empty file has an empty chunk. */
function openPayload(fileKey: Buffer, payload: Buffer): Buffer | undefined {
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
  if (!timingSafeEqual(mac, file.mac)) return damaged("header MAC", "its age header was changed");
  if (file.payload.length < NONCE_BYTES) return damaged("header", "its age file ends before its payload");
  const content = openPayload(fileKey, file.payload);
  return content ? { kind: "opened", content } : damaged("payload", "its age payload was changed or cut");
}

/** Opens a binary age file with the first identity that fits one of its stanzas. Never throws. */
export function openAge(bytes: Buffer, identities: readonly Identity[]): AgeOpening {
  const file = parseAgeFile(bytes);
  if (!file) return damaged("header", "its age header is malformed");
  if (file.stanzas.length > 1 && file.stanzas.some(({ type }) => type === "scrypt"))
    return damaged("header", "a passphrase stanza must be the only one");
  for (const stanza of file.stanzas) {
    for (const identity of identities) {
      const unwrapping = identity.unwrap(stanza);
      if (unwrapping.kind === "malformed") return damaged("header", unwrapping.why);
      if (unwrapping.kind === "unwrapped") return openWith(file, unwrapping.fileKey);
    }
  }
  return { kind: "sealed" };
}

/** {@link openAge} for an armored file. */
export function openArmoredAge(text: string, identities: readonly Identity[]): AgeOpening {
  const bytes = decodeArmor(text);
  return bytes ? openAge(bytes, identities) : damaged("armor", "its age armor is malformed");
}
