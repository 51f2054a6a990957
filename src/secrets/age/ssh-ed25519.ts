/**
 * ssh-ed25519 keys as age keys, the `ssh-ed25519` stanza (filippo.io/age/agessh): the ssh key's point is mapped to
 * X25519 (RFC 7748, section 4.1), and the shared secret is tweaked by the ssh key, so that it serves nothing else.
 */
import { createHash } from "node:crypto";
import { decodeBase64, encodeBase64 } from "./format.ts";
import type { Ed25519Pair } from "./openssh-key.ts";
import { FOREIGN, hkdf, type Identity, type Recipient, unwrapFileKey, wrapFileKey } from "./wrapping.ts";
import { agree, publicHalf, sharedParts, sharedSecret, X25519_BYTES, x25519Key } from "./x25519.ts";

const TYPE = "ssh-ed25519";
const LABEL = "age-encryption.org/v1/ssh-ed25519";
const FIELD_PRIME = 2n ** 255n - 19n;
const HEX = 16;

/** The wire form that ssh fingerprints are made from: two strings, each behind its length. */
function wireForm(publicKey: Uint8Array): Buffer {
  const string = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([string(Buffer.from(TYPE)), string(publicKey)]);
}

function tag(wire: Buffer): string {
  return encodeBase64(createHash("sha256").update(wire).digest().subarray(0, 4));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % FIELD_PRIME;
    square = (square * square) % FIELD_PRIME;
  }
  return result;
}

/** u = (1 + y) / (1 − y), little-endian; public data, so it need not take the same time for every key. */
function toMontgomery(publicKey: Uint8Array): Buffer {
  const bytes = Buffer.from(publicKey);
  bytes[31] = bytes[31]! & 0x7f;
  const y = BigInt(`0x${bytes.reverse().toString("hex")}`) % FIELD_PRIME;
  const inverse = power((1n - y + FIELD_PRIME) % FIELD_PRIME, FIELD_PRIME - 2n);
  const u = ((1n + y) * inverse) % FIELD_PRIME;
  return Buffer.from(u.toString(HEX).padStart(2 * X25519_BYTES, "0"), "hex").reverse();
}

/** The secret that both halves get, tweaked; undefined for a point of low order. */
function tweaked(secret: Buffer | undefined, wire: Buffer): Buffer | undefined {
  return secret && sharedSecret(x25519Key(hkdf(Buffer.alloc(0), wire, LABEL)), secret);
}

/** `ssh-ed25519 AAAA…`, without a comment. */
function sshRecipientText(publicKey: Uint8Array): string {
  return `${TYPE} ${wireForm(publicKey).toString("base64")}`;
}

/** The identity of an ssh key pair. */
export function sshIdentity({ seed, publicKey }: Ed25519Pair): Identity {
  const wire = wireForm(publicKey);
  const ownTag = tag(wire);
  // What Ed25519 signs with, which is clamped the same way (RFC 8032, section 5.1.5).
  const key = x25519Key(createHash("sha512").update(seed).digest().subarray(0, X25519_BYTES));
  const own = publicHalf(key);
  return {
    recipient: sshRecipientText(publicKey),
    unwrap(stanza) {
      if (stanza.type !== TYPE) return FOREIGN;
      const parts = sharedParts(stanza, 2);
      if (!parts || decodeBase64(stanza.args[0]!, false)?.length !== 4)
        return { kind: "malformed", why: "an ssh-ed25519 stanza is malformed" };
      if (stanza.args[0] !== ownTag) return FOREIGN;
      const secret = tweaked(sharedSecret(key, parts.share), wire);
      if (!secret) return { kind: "malformed", why: "an ssh-ed25519 share is a point of low order" };
      return unwrapFileKey(hkdf(secret, Buffer.concat([parts.share, own]), LABEL), parts.body);
    },
  };
}

/** The recipient of a line as `~/.ssh/*.pub` holds it, with or without a comment; undefined when it is none. */
export function readSshRecipient(line: string): Recipient | undefined {
  const [type, encoded] = line.trim().split(/[ \t]+/);
  const wire = type === TYPE && encoded !== undefined ? decodeBase64(encoded, true) : undefined;
  const publicKey = wire?.subarray(-X25519_BYTES);
  if (!wire || !publicKey || !wireForm(publicKey).equals(wire)) return undefined;
  const peer = toMontgomery(publicKey);
  if (!agree(peer)) return undefined;
  return {
    text: sshRecipientText(publicKey),
    wrap(fileKey) {
      // The peer's order was tried above.
      const { share, secret } = agree(peer)!;
      const wrappingKey = hkdf(tweaked(secret, wire)!, Buffer.concat([share, peer]), LABEL);
      return { type: TYPE, args: [tag(wire), encodeBase64(share)], body: wrapFileKey(wrappingKey, fileKey) };
    },
  };
}
