/**
 * Reads a SOPS file, and opens it: data key from its age stanzas, every leaf decrypted, the MAC verified.
 * It knows nothing of environments, bindings or signatures.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { formatPlace } from "../../base/place.ts";
import { parseIdentity } from "../age/identities.ts";
import { secretsErrors } from "../errors.ts";
import { openDataKey } from "./data-key.ts";
import { type Leaf, malformed } from "./document.ts";
import { formOf, formOfText } from "./form.ts";
import { readMetadata, type SopsMetadata } from "./metadata.ts";
import { readDotenv } from "./read-dotenv.ts";
import { readJson, readYaml } from "./read-yaml.ts";
import { openLeaf, pathContext } from "./value.ts";

/** Hashed before the values when the MAC covers encrypted values only: SHA-256 of `sops` (getsops/sops, `sops.go`). */
const ENCRYPTED_ONLY_SEED = createHash("sha256").update("sops").digest();

export interface SopsFile {
  readonly file: string;
  readonly leaves: readonly Leaf[];
  readonly metadata: SopsMetadata;
}

/** What is to open a file. */
export interface SopsKeys {
  /** `AGE-SECRET-KEY-1…`, or the text of an OpenSSH private key. */
  readonly identities: readonly string[];
  /** The data key itself, got elsewhere: no identity is asked then. */
  readonly dataKey?: Uint8Array | undefined;
  /** Where identities were looked for, for the error. */
  readonly lookedIn?: readonly string[] | undefined;
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

const READERS = { yaml: readYaml, json: readJson, dotenv: readDotenv };

/**
 * Reads without opening. The form follows the file's name (`.yaml`, `.json`, `.env`), else its content.
 *
 * @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED
 */
export function readSopsFile(text: string, file: string): SopsFile {
  const document = READERS[formOf(file) ?? formOfText(text)](text, file);
  return { file, leaves: document.leaves, metadata: readMetadata(document) };
}

function dataKeyBy(sops: SopsFile, { identities, lookedIn = [] }: SopsKeys): Buffer {
  return openDataKey(sops, { identities: identities.map((identity) => parseIdentity(identity)), lookedIn });
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
 * @throws SECRETS_NO_IDENTITY, SECRETS_BAD_IDENTITY, SECRETS_MAC_MISMATCH, SECRETS_MAC_MISSING,
 *   SECRETS_MALFORMED, SECRETS_UNSUPPORTED
 */
export function openSopsFile(text: string, file: string, keys: SopsKeys): OpenedFile {
  const sops = readSopsFile(text, file);
  const { metadata, leaves } = sops;
  const dataKey = keys.dataKey ? Buffer.from(keys.dataKey) : dataKeyBy(sops, keys);
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
