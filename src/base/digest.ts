/** SHA-256 digests, written as `sha256:` and 64 lower-case hexadecimal digits. */
import { canonicalJson } from "./canonical-json.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** `sha256:<hex>` */
export type Digest = `sha256:${string}`;

/** SHA-256 of bytes, or of a string's UTF-8 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return nodeCrypto().hash("sha256", data, "buffer");
}

/** Digest of bytes, or of a string's UTF-8 bytes. */
export function digestOfBytes(data: string | Uint8Array): Digest {
  return `sha256:${sha256(data).toString("hex")}`;
}

/** Digest of a JSON value by its canonical text (RFC 8785). */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(canonicalJson(value));
}

/** The first 12 digits, enough for a person to compare. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
