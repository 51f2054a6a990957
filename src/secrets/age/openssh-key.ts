/**
 * Private keys as ssh-keygen writes them, `-----BEGIN OPENSSH PRIVATE KEY-----`: only Ed25519 without a passphrase.
 * Format: openssh-portable, PROTOCOL.key.
 */
import { decodeBase64 } from "./format.ts";

const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC = Buffer.from("openssh-key-v1\0");
const ED25519_BYTES = 32;

/** The raw halves of an Ed25519 key. */
export interface Ed25519Pair {
  readonly seed: Buffer;
  readonly publicKey: Buffer;
}

export type OpenSshKey =
  | { readonly kind: "ed25519"; readonly pair: Ed25519Pair }
  | { readonly kind: "encrypted" }
  /** For people: `ssh-rsa`, `ecdsa-sha2-nistp256` … */
  | { readonly kind: "other"; readonly type: string }
  | { readonly kind: "malformed" };

/** Takes the fields of ssh's wire form off; a length that is too long gives undefined, once and for all. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      this.#at = Number.POSITIVE_INFINITY;
      return undefined;
    }
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  number(): number | undefined {
    return this.take(4)?.readUInt32BE();
  }

  string(): Buffer | undefined {
    const length = this.number();
    return length === undefined ? undefined : this.take(length);
  }
}

/** The private part: two equal numbers, type, public half, seed with the public half again, comment, padding. */
function readPrivatePart(bytes: Buffer): OpenSshKey {
  const reader = new Reader(bytes);
  const [check, again] = [reader.number(), reader.number()];
  const type = reader.string()?.toString("latin1");
  if (check === undefined || check !== again || type === undefined) return { kind: "malformed" };
  if (type !== "ssh-ed25519") return { kind: "other", type };
  const [publicKey, pair] = [reader.string(), reader.string()];
  if (publicKey?.length !== ED25519_BYTES || pair?.length !== 2 * ED25519_BYTES) return { kind: "malformed" };
  if (!pair.subarray(ED25519_BYTES).equals(publicKey)) return { kind: "malformed" };
  return { kind: "ed25519", pair: { seed: pair.subarray(0, ED25519_BYTES), publicKey } };
}

/** Whether a text begins as such a key does. */
export function isOpenSshKey(text: string): boolean {
  return text.trimStart().startsWith(BEGIN);
}

/** What a text as {@link isOpenSshKey} has it holds. Never throws. */
export function readOpenSshKey(text: string): OpenSshKey {
  const lines = text.trim().split(/\r?\n/);
  if (lines[0] !== BEGIN || lines.at(-1) !== END) return { kind: "malformed" };
  const bytes = decodeBase64(lines.slice(1, -1).join(""), true);
  if (!bytes?.subarray(0, MAGIC.length).equals(MAGIC)) return { kind: "malformed" };
  const reader = new Reader(bytes.subarray(MAGIC.length));
  const cipher = reader.string()?.toString("latin1");
  const derivation = reader.string()?.toString("latin1");
  reader.string();
  const [count, publicPart, privatePart] = [reader.number(), reader.string(), reader.string()];
  if (count !== 1 || !publicPart || !privatePart) return { kind: "malformed" };
  if (cipher !== "none" || derivation !== "none") return { kind: "encrypted" };
  return readPrivatePart(privatePart);
}
