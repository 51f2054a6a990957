/** Ed25519 keys as short texts. Public: `ed25519:` and base64 of 32 bytes. Private: PKCS #8 PEM, never shown. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

const PREFIX = "ed25519:";
/** DER of SubjectPublicKeyInfo for Ed25519 (RFC 8410) up to the raw key. */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** `ed25519:<base64>` of the key, public half. */
function publicKeyText(key: KeyObject): string {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return PREFIX + spki.subarray(SPKI_HEAD.length).toString("base64");
}

/** Undefined when the text is no Ed25519 public key. */
export function parsePublicKey(text: string): KeyObject | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const raw = Buffer.from(text.slice(PREFIX.length), "base64");
  if (raw.length !== 32 || raw.toString("base64") !== text.slice(PREFIX.length)) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: "der", type: "spki" });
}

/** The raw 32 bytes of a public key text; undefined when it is none. */
export function rawPublicKey(text: string): Buffer | undefined {
  return parsePublicKey(text) && Buffer.from(text.slice(PREFIX.length), "base64");
}

/** A new key pair: the private half as PEM, the public half as text. */
export function createKeyPair(): { readonly privatePem: string; readonly publicText: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    privatePem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    publicText: publicKeyText(privateKey),
  };
}

/** Public text of a private PEM. @throws when the PEM is no Ed25519 private key. */
export function publicTextOf(privatePem: string): string {
  return publicKeyText(createPrivateKey(privatePem));
}

/** base64 signature over the message's bytes. */
export function signMessage(privatePem: string, message: string | Uint8Array): string {
  return sign(
    null,
    typeof message === "string" ? Buffer.from(message) : message,
    createPrivateKey(privatePem),
  ).toString("base64");
}

/** False for a wrong key, message or signature, and for what is no key at all. */
export function verifyMessage(publicText: string, message: string | Uint8Array, signature: string): boolean {
  const key = parsePublicKey(publicText);
  if (!key) return false;
  const bytes = typeof message === "string" ? Buffer.from(message) : message;
  return verify(null, bytes, key, Buffer.from(signature, "base64"));
}
