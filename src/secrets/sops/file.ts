/**
 * Reads a SOPS file, and opens it: data key from its age stanzas, every leaf decrypted, the MAC verified.
 * It knows nothing of environments, bindings or signatures.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { formatPlace } from "../../base/place.ts";
import { parseIdentity } from "../age/identities.ts";
import { openArmoredAge } from "../age/open.ts";
import type { Identity } from "../age/wrapping.ts";
import { secretsErrors } from "../errors.ts";
import { type Leaf, malformed, type SopsDocument } from "./document.ts";
import { readMetadata, type SopsMetadata } from "./metadata.ts";
import { readDotenv } from "./read-dotenv.ts";
import { readJson, readYaml } from "./read-yaml.ts";
import { openLeaf, pathContext } from "./value.ts";

const DATA_KEY_BYTES = 32;
/** Hashed before the values when the MAC covers encrypted values only: SHA-256 of `sops` (getsops/sops, `sops.go`). */
const ENCRYPTED_ONLY_SEED = createHash("sha256").update("sops").digest();

export interface SopsFile {
  readonly file: string;
  readonly leaves: readonly Leaf[];
  readonly metadata: SopsMetadata;
}

/** An encrypted leaf, opened. */
export interface OpenedValue {
  readonly leaf: Leaf;
  readonly text: string;
  readonly authenticated: Buffer;
}

export interface OpenedFile extends SopsFile {
  readonly dataKey: Buffer;
  /** The encrypted leaves in the order of the file. */
  readonly values: readonly OpenedValue[];
}

function readDocument(text: string, file: string): SopsDocument {
  const base = file.split("/").at(-1)!;
  if (/\.ya?ml$/i.test(base)) return readYaml(text, file);
  if (/\.json$/i.test(base)) return readJson(text, file);
  if (/\.env$|^\.env/i.test(base)) return readDotenv(text, file);
  if (text.trimStart().startsWith("{")) return readJson(text, file);
  return /^sops_(version|mac)=/m.test(text) ? readDotenv(text, file) : readYaml(text, file);
}

/**
 * Reads without opening. The form follows the file's name (`.yaml`, `.json`, `.env`), else its content.
 *
 * @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED
 */
export function readSopsFile(text: string, file: string): SopsFile {
  const document = readDocument(text, file);
  return { file, leaves: document.leaves, metadata: readMetadata(document) };
}

function noIdentity(sops: SopsFile, identities: readonly Identity[], lookedIn: readonly string[]): Error {
  const recipients = sops.metadata.wrapped.map(({ recipient }) => recipient);
  const own = identities.map(({ recipient }) => recipient);
  const places = lookedIn.length > 0 ? ` Looked for identities in: ${lookedIn.join(", ")}.` : "";
  const have =
    own.length > 0 ? `The identities at hand are those of ${own.join(", ")}.` : "No identity is at hand.";
  return secretsErrors.SECRETS_NO_IDENTITY({
    what: "no identity at hand opens the secrets file",
    where: sops.file,
    why: `it is encrypted to ${recipients.join(", ")}. ${have}${places}`,
    fix: lookedIn[0]
      ? `put the identity of one of these recipients into ${lookedIn[0]}, or let someone who can open the file add yours`
      : "let someone who can open the file add your recipient; this prints it: age-keygen -y IDENTITY_FILE",
    details: { recipients, identitiesOf: own, lookedIn },
  });
}

function openDataKey(sops: SopsFile, identities: readonly Identity[], lookedIn: readonly string[]): Buffer {
  let damage: Error | undefined;
  for (const { recipient, enc, place } of sops.metadata.wrapped) {
    const opening = openArmoredAge(enc, identities);
    if (opening.kind === "opened" && opening.content.length === DATA_KEY_BYTES) return opening.content;
    const isOurs = identities.some((identity) => identity.recipient === recipient);
    if (opening.kind === "sealed" && !isOurs) continue;
    const why =
      opening.kind === "damaged"
        ? opening.why
        : opening.kind === "opened"
          ? "it holds no key of 32 bytes"
          : "its stanza does not open with the identity of that recipient";
    damage ??= malformed(place, `the data key for ${recipient} is damaged: ${why}`);
  }
  throw damage ?? noIdentity(sops, identities, lookedIn);
}

function openValue(leaf: Leaf, dataKey: Buffer): OpenedValue {
  const opening = openLeaf(leaf.text, dataKey, pathContext(leaf.path));
  if (opening.kind === "opened") return { leaf, text: opening.text, authenticated: opening.authenticated };
  if (opening.reason === "seal")
    throw secretsErrors.SECRETS_MAC_MISMATCH({
      what: `the value of ${leaf.name} does not verify`,
      where: formatPlace(leaf.place),
      why: "it was changed, or encrypted under another name or in another file",
      fix: `git log --oneline -- ${leaf.place.file}   # then: git restore --source=COMMIT ${leaf.place.file}`,
    });
  if (opening.reason === "type")
    throw malformed(leaf.place, `the value of ${leaf.name} is not what its type label says`);
  throw malformed(
    leaf.place,
    `the value of ${leaf.name} should be encrypted and is not`,
    `sops encrypt --in-place ${leaf.place.file}   # or take the line out, and treat the value as known to others`,
  );
}

function verifyMac({ file, metadata }: SopsFile, dataKey: Buffer, covered: readonly Buffer[]): void {
  const where = formatPlace(metadata.macPlace);
  const fix = `git log --oneline -- ${file}   # then: git restore --source=COMMIT ${file}`;
  if (metadata.mac === "")
    throw secretsErrors.SECRETS_MAC_MISSING({
      what: "the secrets file has no MAC",
      where,
      why: "without it nobody can tell whether values were removed, added or put in another order",
      fix,
    });
  const hash = createHash("sha512");
  if (metadata.macOnlyEncrypted) hash.update(ENCRYPTED_ONLY_SEED);
  for (const bytes of covered) hash.update(bytes);
  const expected = Buffer.from(hash.digest("hex").toUpperCase());
  const stored = openLeaf(metadata.mac, dataKey, metadata.lastModified);
  const actual = stored.kind === "opened" ? stored.authenticated : Buffer.alloc(0);
  if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
  throw secretsErrors.SECRETS_MAC_MISMATCH({
    what: "the MAC of the secrets file does not verify",
    where,
    why:
      stored.kind === "opened"
        ? "values were removed, added, changed or put in another order without the data key"
        : "the MAC or `lastmodified` was changed",
    fix,
  });
}

/**
 * Opens a SOPS file and verifies everything in it that its MAC and its leaves authenticate.
 *
 * @param identities texts as `AGE-SECRET-KEY-1…`.
 * @param lookedIn where identities were looked for, for the error.
 * @throws SECRETS_NO_IDENTITY, SECRETS_BAD_IDENTITY, SECRETS_MAC_MISMATCH, SECRETS_MAC_MISSING,
 *   SECRETS_MALFORMED, SECRETS_UNSUPPORTED
 */
export function openSopsFile(
  text: string,
  file: string,
  identities: readonly string[],
  lookedIn: readonly string[] = [],
): OpenedFile {
  const sops = readSopsFile(text, file);
  const { metadata, leaves } = sops;
  const dataKey = openDataKey(
    sops,
    identities.map((identity) => parseIdentity(identity)),
    lookedIn,
  );
  const values: OpenedValue[] = [];
  const covered: Buffer[] = [];
  for (const leaf of leaves) {
    if (metadata.encrypts(leaf.path)) {
      const value = openValue(leaf, dataKey);
      values.push(value);
      covered.push(value.authenticated);
    } else if (!metadata.macOnlyEncrypted) {
      covered.push(Buffer.from(leaf.plain));
    }
  }
  verifyMac(sops, dataKey, covered);
  return { ...sops, dataKey, values };
}
