/** Keyed fingerprints of secret values: equal values can be told without showing any. */
import { createHmac } from "node:crypto";

/**
 * `fp:` and 16 hexadecimal digits of an HMAC-SHA-256. The key must be treated as a secret: with it short values
 * can be guessed.
 *
 * @param name given, the same value under another name has another fingerprint; left out, sharing shows.
 */
export function fingerprint(key: Uint8Array, value: string, name = ""): string {
  const mac = createHmac("sha256", key).update(`ringfence fingerprint v1\0${name}\0${value}`).digest("hex");
  return `fp:${mac.slice(0, 16)}`;
}
