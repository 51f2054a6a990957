/**
 * age X25519 identities (`AGE-SECRET-KEY-1…`) and recipients (`age1…`): making, reading, and one from the other.
 * Where identities are kept is not known here. Format: age-encryption.org/v1, "The X25519 recipient type".
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { formatPlace, type Place } from "../base/place.ts";
import { rememberSecret } from "../base/redact.ts";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import { secretsErrors } from "./errors.ts";

const IDENTITY_PREFIX = "age-secret-key-";
const RECIPIENT_PREFIX = "age";
/** DER up to the raw key (RFC 8410): PKCS #8 of the private half, SubjectPublicKeyInfo of the public half. */
const PRIVATE_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_HEAD = Buffer.from("302a300506032b656e032100", "hex");

/** An identity ready for use. */
export interface Identity {
  readonly key: KeyObject;
  /** The raw public half. */
  readonly publicKey: Buffer;
  /** `age1…` */
  readonly recipient: string;
}

function identityOf(key: KeyObject): Identity {
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(PUBLIC_HEAD.length);
  return { key, publicKey, recipient: encodeBech32(RECIPIENT_PREFIX, publicKey) };
}

/** @throws SECRETS_BAD_IDENTITY, without the text. */
export function parseIdentity(text: string, where?: Place): Identity {
  const decoded = decodeBech32(text.trim());
  if (decoded?.prefix !== IDENTITY_PREFIX || decoded.bytes.length !== 32) {
    throw secretsErrors.SECRETS_BAD_IDENTITY({
      what: "an age identity can't be read",
      where: where && formatPlace(where),
      why: "an X25519 identity is AGE-SECRET-KEY-1 and 58 more characters, the last six of them a checksum",
      fix: "restore the identity file from its backup, or make a new one: age-keygen -o FILE",
    });
  }
  rememberSecret(text.trim());
  return identityOf(
    createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, decoded.bytes]), format: "der", type: "pkcs8" }),
  );
}

/** The recipient of an identity, as `age-keygen -y` prints it. @throws SECRETS_BAD_IDENTITY */
export function recipientOf(identity: string): string {
  return parseIdentity(identity).recipient;
}

/**
 * The identities of a file as age-keygen writes it: one a line, `#` opens a comment, empty lines are skipped.
 *
 * @throws SECRETS_BAD_IDENTITY with the line; also when the file holds none.
 */
export function parseIdentityFile(text: string, file: string): readonly string[] {
  const identities: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    parseIdentity(content, { file, line: index + 1, column: 1 });
    identities.push(content);
  }
  if (identities.length === 0) {
    throw secretsErrors.SECRETS_BAD_IDENTITY({
      what: "the identity file holds no identity",
      where: file,
      fix: `age-keygen -o ${file}`,
    });
  }
  return identities;
}

/** The raw key of an X25519 recipient. @throws SECRETS_BAD_RECIPIENT; what may be an identity is not repeated. */
export function parseRecipient(text: string): Buffer {
  const decoded = decodeBech32(text);
  if (decoded?.prefix === RECIPIENT_PREFIX && decoded.bytes.length === 32) return decoded.bytes;
  const isIdentity = text.trim().toUpperCase().startsWith("AGE-SECRET-KEY-");
  throw secretsErrors.SECRETS_BAD_RECIPIENT({
    what: text.startsWith("age1") ? `${text} is no age X25519 recipient` : "a recipient is no age recipient",
    why: isIdentity
      ? "it is an identity, the secret half"
      : "an X25519 recipient is age1 and 58 more lower-case characters, the last six of them a checksum",
    fix: "put the recipient that this prints into the manifest: age-keygen -y IDENTITY_FILE",
  });
}

/** X25519 (RFC 7748); undefined for a peer's key of low order, which would give a known secret. */
export function sharedSecret(identity: Identity, peer: Uint8Array): Buffer | undefined {
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, peer]), format: "der", type: "spki" });
  try {
    return diffieHellman({ privateKey: identity.key, publicKey });
  } catch {
    return undefined;
  }
}

/**
 * A new identity with its recipient, and the text of an identity file as age-keygen writes it.
 *
 * @param now ISO 8601, for the file's comment.
 */
export async function createIdentity(
  now = new Date().toISOString(),
): Promise<{ readonly identity: string; readonly recipient: string; readonly text: string }> {
  const { privateKey } = generateKeyPairSync("x25519");
  const raw = privateKey.export({ format: "der", type: "pkcs8" }).subarray(PRIVATE_HEAD.length);
  const identity = encodeBech32(IDENTITY_PREFIX, raw).toUpperCase();
  rememberSecret(identity);
  const { recipient } = identityOf(privateKey);
  return { identity, recipient, text: `# created: ${now}\n# public key: ${recipient}\n${identity}\n` };
}
