/** Ids that sort by the time they were made: a prefix, 48 bits of milliseconds, 80 random bits (as ULID). */
import { nodeCrypto } from "./node-crypto.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(value: bigint, length: number): string {
  let text = "";
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = ALPHABET[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}

/** @param prefix names the noun, such as `op` or `rel`. @param atMs milliseconds since 1970. */
export function newId(prefix: string, atMs: number = Date.now()): string {
  const random = BigInt(`0x${nodeCrypto().randomBytes(10).toString("hex")}`);
  return `${prefix}_${base32(BigInt(atMs), 10)}${base32(random, 16)}`;
}
