/**
 * Writes secrets files: SOPS format in YAML, JSON or dotenv form, bound to an environment. What did not change keeps
 * its ciphertext, so that a diff shows which secrets were changed and nothing else.
 */
import { rememberSecret } from "../base/redact.ts";
import { parseRecipient } from "./age/identities.ts";
import {
  assertBelongs,
  BINDING_NAME,
  bindingOf,
  bindingText,
  pastsOf,
  type SecretsBinding,
} from "./binding.ts";
import { secretsErrors } from "./errors.ts";
import type { OpenOptions } from "./open.ts";
import { pastsAfter, type SecretPasts, secretsInPasts } from "./past.ts";
import {
  type AllowedKeys,
  type DataKey,
  dropsKeys,
  keepsDataKey,
  newDataKey,
  type Rewrapping,
} from "./recipients.ts";
import { unsupported } from "./sops/document.ts";
import { type OpenedFile, openSopsFile, type SopsKeys } from "./sops/file.ts";
import { formOf, type SopsForm } from "./sops/form.ts";
import { DEFAULT_UNENCRYPTED_SUFFIX, goTimestamp } from "./sops/metadata.ts";
import { METADATA_PREFIX } from "./sops/read-dotenv.ts";
import { pathContext, type SealedLeaf, sealLeaf } from "./sops/value.ts";
import { writeSopsFile } from "./sops/write-file.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const NO_KEYS: AllowedKeys = { declared: [], others: "refuse" };

export interface WriteRequest {
  /** Where the file will stand; its ending tells the form. As the previous one, unless told; YAML without either. */
  readonly file?: string;
  /** The file as it stands, and what opens it. Left out for a new file. */
  readonly previous?: SopsKeys & { readonly text: string; readonly file: string };
  /** The revision must be above the one of the file as it stands. */
  readonly binding: SecretsBinding;
  /** All secrets that the file shall hold, not only the changed ones. */
  readonly values: Readonly<Record<string, string>>;
  /** What is to be kept beside some of the values; of the others what is known, and that they changed where they did. */
  readonly pasts?: SecretPasts;
  /** `age1…` and `ssh-ed25519 …`. */
  readonly recipients: readonly string[];
  /** ISO 8601. */
  readonly now: string;
  /** Keys of others that may have a new data key; none, and any other is refused, unless told. */
  readonly allowed?: AllowedKeys;
  /** Wraps a new data key for the keys of others that the file is encrypted to. */
  readonly rewrapping?: Rewrapping;
  /** As when a file is opened. */
  readonly isShown?: OpenOptions["isShown"];
}

/** Why a secret can't be called so; undefined for a name that fits. */
function wrongName(name: string, form: SopsForm): string | undefined {
  const isPart = form === "dotenv" ? name.startsWith(METADATA_PREFIX) : name === "sops";
  if (name === BINDING_NAME || name === "sops" || isPart) return "the name is taken by the file's own parts";
  if (name === "__proto__") return "objects of JavaScript can't hold it";
  if (name.endsWith(DEFAULT_UNENCRYPTED_SUFFIX))
    return `SOPS keeps names that end in ${DEFAULT_UNENCRYPTED_SUFFIX} in plain text`;
  return NAME.test(name) ? undefined : "a name is letters, digits and underscores, and begins with no digit";
}

/** Why a value can't be kept; undefined for one that fits. */
function wrongValue(value: string): string | undefined {
  if (value.includes("\0")) return "it holds a NUL character, which no process can be given";
  return value.isWellFormed() ? undefined : "it is no well-formed Unicode text";
}

function formFor(file: string): SopsForm {
  return formOf(file) ?? "yaml";
}

/**
 * What {@link writeSecrets} would refuse in these values, each with its name and no value.
 *
 * @param file where they would stand
 */
export function unwritableSecrets(values: WriteRequest["values"], file: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const [badName, badValue] = [wrongName(name, formFor(file)), wrongValue(value)];
    if (badName) return [`${name} can't be the name of a secret: ${badName}`];
    return badValue ? [`the value of ${name} can't be kept: ${badValue}`] : [];
  });
}

/** @throws SECRETS_BAD_NAME */
function checkName(name: string, form: SopsForm): void {
  const why = wrongName(name, form);
  if (!why) return;
  throw secretsErrors.SECRETS_BAD_NAME({
    what: `${JSON.stringify(name)} can't be the name of a secret`,
    why,
    fix: "choose another name, such as DATABASE_PASSWORD",
  });
}

/** @throws SECRETS_BAD_VALUE */
function checkValue(name: string, value: string): void {
  const why = wrongValue(value);
  if (!why) return;
  throw secretsErrors.SECRETS_BAD_VALUE({
    what: `the value for ${name} can't be kept`,
    why,
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
  const opened = openSopsFile(previous.text, previous.file, previous);
  const plain = opened.leaves.find((leaf) => !opened.metadata.encrypts(leaf.path));
  if (plain)
    throw unsupported(
      plain.place,
      `${plain.name} stands in plain text here, and would be lost`,
      `move ${plain.name} into a settings layer and take it out with: sops ${previous.file}`,
    );
  const nested = opened.leaves.find((leaf) => leaf.path.length !== 1 || leaf.name !== leaf.path[0]);
  if (nested)
    throw unsupported(
      nested.place,
      `${nested.name} stands in a map or a list, and Ringfence writes values side by side`,
      `give the values names of their own with: sops ${previous.file}`,
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

/** What is kept beside the values from now on. */
function keptBeside({ values, pasts, now }: WriteRequest, previous: OpenedFile | undefined): SecretPasts {
  const before = previous && {
    values: new Map(previous.values.map(({ leaf, text }) => [leaf.name, text])),
    pasts: bindingOf(previous.values) ? pastsOf(previous.values) : new Map(),
  };
  const kept = pastsAfter(before, values, pasts ?? new Map(), now);
  for (const text of secretsInPasts(kept)) rememberSecret(text);
  return kept;
}

/** Names that were there keep their order, new ones follow. */
function orderNames(values: WriteRequest["values"], before: readonly string[]): string[] {
  const kept = before.filter((name) => Object.hasOwn(values, name));
  return [...new Set([...kept, ...Object.keys(values)])];
}

function sealEntry(name: string, value: string, dataKey: Buffer, reuse: OpenedFile | undefined): SealedLeaf {
  const same = reuse?.values.find(({ leaf, text }) => leaf.name === name && text === value);
  if (same) return { name, raw: same.leaf.text, authenticated: same.authenticated };
  return { name, raw: sealLeaf(value, dataKey, pathContext([name])), authenticated: Buffer.from(value) };
}

/**
 * The text of a secrets file, unsigned. With a previous file and the same recipients its data key is kept, and
 * with it the ciphertext of every value that did not change, and whoever else the file is encrypted to; other
 * recipients get a new data key, and everything is encrypted anew.
 *
 * @throws SECRETS_BAD_NAME, SECRETS_BAD_VALUE, SECRETS_BAD_RECIPIENT; for the previous file what
 *   `openSecrets` throws, SECRETS_REPLAYED when it is as new, SECRETS_UNSUPPORTED when it holds plain or nested
 *   values; SECRETS_FOREIGN_KEYS, SECRETS_KEY_SERVICE when a new data key may not or can't be
 *   wrapped for the keys of others.
 */
export async function writeSecrets(request: WriteRequest): Promise<string> {
  const { binding, values, recipients, now, rewrapping, allowed = NO_KEYS } = request;
  const form = formFor(request.file ?? request.previous?.file ?? "");
  for (const [name, value] of Object.entries(values)) {
    checkName(name, form);
    checkValue(name, value);
    if (!request.isShown?.(name, value)) rememberSecret(value);
  }
  checkRecipients(recipients);
  const lastModified = goTimestamp(now);
  if (!lastModified) throw new RangeError(`${now} is no ISO 8601 time`);
  const previous = openPrevious(request);
  const isKept =
    previous && keepsDataKey(previous.metadata, recipients) && !dropsKeys(previous.metadata, allowed);
  const reuse = isKept ? previous : undefined;
  const { dataKey, keys }: DataKey = reuse
    ? { dataKey: reuse.dataKey, keys: reuse.metadata }
    : await newDataKey(recipients, previous, {
        now: lastModified,
        environment: binding.environment,
        allowed,
        ...rewrapping,
      });
  const before = previous?.values.map(({ leaf }) => leaf.name) ?? [];
  const entries = [
    sealEntry(BINDING_NAME, bindingText(binding, keptBeside(request, previous)), dataKey, undefined),
    ...orderNames(values, before).map((name) => sealEntry(name, values[name]!, dataKey, reuse)),
  ];
  return writeSopsFile(form, entries, { dataKey, keys, lastModified });
}
