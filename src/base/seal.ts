/** Sealing of a blob: AES-256-GCM under a key derived with HKDF-SHA-256, bound to a context. */
import { nodeCrypto } from "./node-crypto.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

function hmac(key: string | Uint8Array, data: string | Uint8Array): Buffer {
  return nodeCrypto().createHmac("sha256", key).update(data).digest();
}

/**
 * Derives a 256-bit key from key material. Different purposes give unrelated keys.
 *
 * HKDF-SHA-256 (RFC 5869) by its two steps, extract and, for one block, expand: the first call of Node's `hkdfSync`
 * costs a run 0.01 of a bare start of Node more than these two.
 */
export function deriveKey(material: string | Uint8Array, purpose: string): Buffer {
  return hmac(hmac("ringfence", material), `${purpose}\x01`);
}

/** iv (12 bytes) | tag (16 bytes) | ciphertext. @param context is authenticated and must be the same on opening. */
export function seal(key: Uint8Array, context: string, content: Uint8Array): Buffer {
  const { createCipheriv, randomBytes } = nodeCrypto();
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Opens what {@link seal} made; undefined when key, context or a single bit is not the same. */
export function open(key: Uint8Array, context: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
  const iv = sealed.subarray(0, IV_BYTES);
  const decipher = nodeCrypto().createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
