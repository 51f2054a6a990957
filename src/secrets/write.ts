/**
 * Writes secrets files: YAML in SOPS format, bound to an environment. What did not change keeps its ciphertext,
 * so that a diff shows which secrets were changed and nothing else.
 */
import { createHash, randomBytes } from "node:crypto";
import { rememberSecret } from "../base/redact.ts";
import { decodeArmor } from "./age/format.ts";
import { parseRecipient } from "./age/identities.ts";
import { sealAge } from "./age/seal.ts";
import { assertBelongs, BINDING_NAME, bindingOf, bindingText, type SecretsBinding } from "./binding.ts";
import { secretsErrors } from "./errors.ts";
import { unsupported } from "./sops/document.ts";
import { type OpenedFile, openSopsFile } from "./sops/file.ts";
import { DEFAULT_UNENCRYPTED_SUFFIX, goTimestamp } from "./sops/metadata.ts";
import { pathContext, sealLeaf } from "./sops/value.ts";

/** The SOPS release whose format this is. */
const FORMAT_VERSION = "3.9.0";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Plain YAML keys that some parser takes for a boolean or null. */
const NOT_PLAIN = /^(y|n|yes|no|on|off|true|false|null)$/i;

export interface WriteRequest {
  /** The file as it stands, and identities that open it. Left out for a new file. */
  readonly previous?: {
    readonly text: string;
    readonly file: string;
    readonly identities: readonly string[];
  };
  /** The revision must be above the one of the file as it stands. */
  readonly binding: SecretsBinding;
  /** All secrets that the file shall hold, not only the changed ones. */
  readonly values: Readonly<Record<string, string>>;
  /** age X25519 recipients. */
  readonly recipients: readonly string[];
  /** ISO 8601. */
  readonly now: string;
}

interface Entry {
  readonly name: string;
  readonly raw: string;
  /** What the MAC covers. */
  readonly authenticated: Buffer;
}

interface FileKey {
  readonly dataKey: Buffer;
  readonly wrapped: readonly { readonly recipient: string; readonly enc: string }[];
}

/** @throws SECRETS_BAD_NAME */
function checkName(name: string): void {
  const reserved =
    name === BINDING_NAME || name === "sops"
      ? "the name is taken by the file's own parts"
      : name.endsWith(DEFAULT_UNENCRYPTED_SUFFIX)
        ? `SOPS keeps names that end in ${DEFAULT_UNENCRYPTED_SUFFIX} in plain text`
        : undefined;
  if (!reserved && NAME.test(name)) return;
  throw secretsErrors.SECRETS_BAD_NAME({
    what: `${JSON.stringify(name)} can't be the name of a secret`,
    why: reserved ?? "a name is letters, digits and underscores, and begins with no digit",
    fix: "choose another name, such as DATABASE_PASSWORD",
  });
}

/** @throws SECRETS_BAD_VALUE */
function checkValue(name: string, value: string): void {
  if (value.isWellFormed() && !value.includes("\0")) return;
  throw secretsErrors.SECRETS_BAD_VALUE({
    what: `the value for ${name} can't be kept`,
    why: value.includes("\0")
      ? "it holds a NUL character, which no process can be given"
      : "it is no well-formed Unicode text",
    fix: "encode binary content first: base64 -w0 FILE",
  });
}

/** @throws SECRETS_BAD_RECIPIENT */
function checkRecipients(recipients: readonly string[]): void {
  for (const recipient of recipients) parseRecipient(recipient);
  if (recipients.length > 0) return;
  throw secretsErrors.SECRETS_BAD_RECIPIENT({
    what: "there is nobody to encrypt the secrets to",
    why: "the environment has no recipients",
    fix: "add recipients to the environment in the manifest; this prints yours: age-keygen -y IDENTITY_FILE",
  });
}

/** The file as it stands, when it may be built upon. */
function openPrevious({ previous, binding }: WriteRequest): OpenedFile | undefined {
  if (!previous) return undefined;
  const opened = openSopsFile(previous.text, previous.file, previous.identities);
  const plain = opened.leaves.find((leaf) => !opened.metadata.encrypts(leaf.path));
  if (plain)
    throw unsupported(
      plain.place,
      `${plain.name} stands in plain text here, and would be lost`,
      `move ${plain.name} into a settings layer and take it out with: sops ${previous.file}`,
    );
  const before = bindingOf(opened.values);
  if (!before) return opened;
  assertBelongs(before, binding, opened.values);
  if (binding.revision > before.revision) return opened;
  throw secretsErrors.SECRETS_REPLAYED({
    what: `revision ${binding.revision} would replace revision ${before.revision}`,
    where: previous.file,
    why: "someone else wrote the secrets in between",
    fix: "run the command again",
  });
}

/** Whether the data key is wrapped for exactly these recipients already. */
function isWrappedFor({ metadata }: OpenedFile, recipients: readonly string[]): boolean {
  const before = metadata.wrapped.map(({ recipient }) => recipient);
  const isSame = before.sort().join(" ") === [...new Set(recipients)].sort().join(" ");
  return isSame && metadata.otherKeys.length === 0 && metadata.wrapped.every(({ enc }) => decodeArmor(enc));
}

/** A new data key, wrapped for each recipient. */
async function createKey(recipients: readonly string[]): Promise<FileKey> {
  const dataKey = randomBytes(32);
  const known = new Map(recipients.map((text) => [parseRecipient(text).text, parseRecipient(text)]));
  const wrapped = await Promise.all(
    [...known.values()].map(async (recipient) => ({
      recipient: recipient.text,
      enc: await sealAge(dataKey, [recipient]),
    })),
  );
  return { dataKey, wrapped };
}

/** Names that were there keep their order, new ones follow. */
function orderNames(values: WriteRequest["values"], before: readonly string[]): string[] {
  const kept = before.filter((name) => Object.hasOwn(values, name));
  return [...new Set([...kept, ...Object.keys(values)])];
}

function sealEntry(name: string, value: string, dataKey: Buffer, reuse: OpenedFile | undefined): Entry {
  const same = reuse?.values.find(({ leaf, text }) => leaf.name === name && text === value);
  if (same) return { name, raw: same.leaf.text, authenticated: same.authenticated };
  return { name, raw: sealLeaf(value, dataKey, pathContext([name])), authenticated: Buffer.from(value) };
}

function keyText(name: string): string {
  return NOT_PLAIN.test(name) ? `"${name}"` : name;
}

function toYaml(entries: readonly Entry[], key: FileKey, lastModified: string): string {
  const hash = createHash("sha512");
  for (const { authenticated } of entries) hash.update(authenticated);
  const mac = sealLeaf(hash.digest("hex").toUpperCase(), key.dataKey, lastModified);
  const indented = (enc: string): string[] =>
    enc
      .trimEnd()
      .split("\n")
      .map((line) => `            ${line}`);
  const lines = [
    ...entries.map(({ name, raw }) => `${keyText(name)}: ${raw === "" ? '""' : raw}`),
    "sops:",
    "    age:",
    ...key.wrapped.flatMap(({ recipient, enc }) => [
      `        - recipient: ${recipient}`,
      "          enc: |",
      ...indented(enc),
    ]),
    `    lastmodified: "${lastModified}"`,
    `    mac: ${mac}`,
    `    unencrypted_suffix: ${DEFAULT_UNENCRYPTED_SUFFIX}`,
    `    version: ${FORMAT_VERSION}`,
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The text of a secrets file, unsigned. With a previous file and the same recipients its data key is kept, and
 * with it the ciphertext of every value that did not change; other recipients get a new data key, and everything
 * is encrypted anew.
 *
 * @throws SECRETS_BAD_NAME, SECRETS_BAD_VALUE, SECRETS_BAD_RECIPIENT; for the previous file what
 *   `openSecrets` throws, SECRETS_REPLAYED when it is as new, SECRETS_UNSUPPORTED when it holds plain values.
 */
export async function writeSecrets(request: WriteRequest): Promise<string> {
  const { binding, values, recipients, now } = request;
  for (const [name, value] of Object.entries(values)) {
    checkName(name);
    checkValue(name, value);
    rememberSecret(value);
  }
  checkRecipients(recipients);
  const lastModified = goTimestamp(now);
  if (!lastModified) throw new RangeError(`${now} is no ISO 8601 time`);
  const previous = openPrevious(request);
  const reuse = previous && isWrappedFor(previous, recipients) ? previous : undefined;
  const key = reuse
    ? { dataKey: reuse.dataKey, wrapped: reuse.metadata.wrapped }
    : await createKey(recipients);
  const before = previous?.values.map(({ leaf }) => leaf.name) ?? [];
  const entries = [
    sealEntry(BINDING_NAME, bindingText(binding), key.dataKey, undefined),
    ...orderNames(values, before).map((name) => sealEntry(name, values[name]!, key.dataKey, reuse)),
  ];
  return toYaml(entries, key, lastModified);
}
