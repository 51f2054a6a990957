/**
 * Secrets files as the rest of Ringfence sees them: opened and verified for one environment, or listed without
 * any identity. Text in, values out; no file is touched.
 */
import { type Digest, digestOf } from "../base/digest.ts";
import { nearest } from "../base/nearest.ts";
import type { Place } from "../base/place.ts";
import { rememberSecret } from "../base/redact.ts";
import { parseIdentity } from "./age/identities.ts";
import {
  assertBelongs,
  BINDING_NAME,
  bindingOf,
  type Expectation,
  pastsOf,
  type SecretsBinding,
} from "./binding.ts";
import { secretsErrors } from "./errors.ts";
import { type SecretPasts, secretsInPasts } from "./past.ts";
import { readSignature, type SecretsSignature } from "./signature.ts";
import { type Askable, askForDataKey } from "./sops/data-key.ts";
import { malformed } from "./sops/document.ts";
import { type OpenedValue, openSopsFile, readSopsFile } from "./sops/file.ts";
import { ageRecipients, type KeyServiceId, keyId } from "./sops/keys.ts";

export interface SecretValue {
  /** The key; in nested files of others, keys and list positions joined by dots. */
  readonly name: string;
  readonly value: string;
  /** Where its name stands. */
  readonly place: Place;
}

export interface OpenedSecrets {
  readonly file: string;
  /** For a file without one that was let through: as expected, with revision 0. */
  readonly binding: SecretsBinding;
  /** The encrypted values in the order of the file, without the binding. */
  readonly values: readonly SecretValue[];
  /** What is kept beside them, by name. */
  readonly pasts: SecretPasts;
  /** Who the file says it is encrypted to by age; SOPS authenticates no recipients, only a signature does. */
  readonly recipients: readonly string[];
  /** Of the file without its signature line. */
  readonly digest: Digest;
  /** As the file has it, not verified. */
  readonly signature: SecretsSignature | undefined;
  /** RFC 3339. */
  readonly lastModified: string;
}

export interface OpenOptions {
  /** Relative to the project's root, for places and errors; its ending tells the form. */
  readonly file: string;
  readonly expect: Expectation;
  /** `AGE-SECRET-KEY-1…`, or the text of an OpenSSH private key; as `parseIdentities` gives them. */
  readonly identities: readonly string[];
  /** The data key, where {@link prepareDataKey} gave one: no identity is needed then, and all else is verified. */
  readonly dataKey?: Uint8Array | undefined;
  /** What to do with a file without a binding; `refuse` unless told. */
  readonly unbound?: "refuse" | "allow";
  /** Values that are no secrets, but say where one is kept: they may be shown. None, unless told. */
  readonly isShown?: (name: string, text: string) => boolean;
  /** Where identities were looked for, for the error. */
  readonly lookedIn?: readonly string[];
}

/**
 * Lists are no part of what SOPS authenticates: brackets around a value take it away from its name, and everything
 * verifies. Ringfence writes none.
 *
 * @throws SECRETS_MALFORMED
 */
function refuseLists(values: readonly OpenedValue[]): void {
  const inList = values.find(({ leaf }) => leaf.name !== leaf.path.join("."));
  if (!inList) return;
  const { path, place } = inList.leaf;
  throw malformed(
    place,
    `a list stands around a value of ${path.join(".")}; SOPS authenticates no lists, and Ringfence writes none`,
  );
}

/**
 * Opens a secrets file: data key, values, MAC and binding verified. Every value that is one is known to the redactor
 * before this returns. Uses node:crypto only.
 *
 * @throws SECRETS_NO_IDENTITY, SECRETS_BAD_IDENTITY, SECRETS_MAC_MISMATCH, SECRETS_MAC_MISSING,
 *   SECRETS_MALFORMED, SECRETS_UNSUPPORTED, SECRETS_UNBOUND, SECRETS_WRONG_ENVIRONMENT
 */
export function openSecrets(text: string, options: OpenOptions): OpenedSecrets {
  const { file, expect, unbound = "refuse", isShown } = options;
  const { values, metadata } = openSopsFile(text, file, options);
  const secrets = values.filter(({ leaf }) => leaf.name !== BINDING_NAME);
  for (const { leaf, text: value } of secrets) if (!isShown?.(leaf.name, value)) rememberSecret(value);
  const binding = bindingOf(values);
  if (binding) {
    assertBelongs(binding, expect, values);
    refuseLists(values);
  } else if (unbound === "refuse")
    throw secretsErrors.SECRETS_UNBOUND({
      what: "the secrets file does not say which project and environment it belongs to",
      where: file,
      why: "without that, a file copied from another environment would be taken for this one's",
      fix: `ringfence secret set NAME --environment ${expect.environment}   # writes the file anew, bound to ${expect.project}/${expect.environment}`,
    });
  const pasts = binding ? pastsOf(values) : new Map();
  for (const text of secretsInPasts(pasts)) rememberSecret(text);
  return {
    file,
    pasts,
    binding: binding ?? { ...expect, revision: 0 },
    values: secrets.map(({ leaf, text: value }) => ({ name: leaf.name, value, place: leaf.place })),
    recipients: ageRecipients(metadata),
    ...readSignature(text),
    lastModified: metadata.lastModified,
  };
}

/** What a secrets file says to someone without an identity. Nothing of it is verified. */
export interface ListedSecrets {
  readonly names: readonly { readonly name: string; readonly place: Place }[];
  readonly recipients: readonly string[];
  readonly digest: Digest;
  readonly signature: SecretsSignature | undefined;
}

/** Names and recipients of a secrets file, without opening it. @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function listSecrets(text: string, options: { readonly file: string }): ListedSecrets {
  const { leaves, metadata } = readSopsFile(text, options.file);
  return {
    names: leaves
      .filter((leaf) => leaf.name !== BINDING_NAME && metadata.encrypts(leaf.path))
      .map(({ name, place }) => ({ name, place })),
    recipients: ageRecipients(metadata),
    ...readSignature(text),
  };
}

/** One key that a file is encrypted to. */
export interface FileKey {
  /** As SOPS files call it: `age`, `kms`, `gcp_kms`, `azure_kv`, `hc_vault`, `hckms`, `pgp`. */
  readonly service: KeyServiceId;
  /** What the service knows the key by: a recipient, an ARN, a fingerprint … */
  readonly name: string;
  /** Both together, as the manifest has it: `kms:arn:…`. */
  readonly id: string;
  readonly place: Place;
}

/** Who opens a file: any key of a group; of several groups, so many as the threshold says. */
export interface WrappedKeys {
  readonly groups: readonly (readonly FileKey[])[];
  readonly threshold: number;
  /** Of the data key as it is wrapped: files with the same one have the same data key. */
  readonly digest: Digest;
}

/**
 * Everyone that a secrets file is encrypted to, without opening it. Any key of a group opens it; of several groups,
 * `threshold` have to be opened. Nothing of it is verified.
 *
 * @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED
 */
export function wrappedKeys(text: string, options: { readonly file: string }): WrappedKeys {
  const { groups, threshold } = readSopsFile(text, options.file).metadata;
  const shown = groups.map((group) =>
    group.map((key) => ({ service: key.service, name: key.name, id: keyId(key), place: key.place })),
  );
  const wrapped = groups.map((group) => group.map(({ service, name, enc }) => [service, name, enc]));
  return { groups: shown, threshold, digest: digestOf({ threshold, wrapped }) };
}

/**
 * What has to be done before {@link openSecrets}, which asks nobody: gets the data key of a file that the identities
 * at hand don't open from the key services of the keys that are declared for it. To be called with every secrets file while
 * what a command needs is prepared; its answer goes to `openSecrets` as `dataKey`, and is kept no longer.
 *
 * @returns undefined where there is nothing to ask; `openSecrets` then says what is wrong, if anything is.
 * @throws SECRETS_KEY_SERVICE when the services that were asked leave it shut; SECRETS_MALFORMED, SECRETS_UNSUPPORTED,
 *   SECRETS_BAD_IDENTITY
 */
export async function prepareDataKey(
  text: string,
  options: Pick<OpenOptions, "file" | "identities"> & Askable,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const identities = options.identities.map((identity) => parseIdentity(identity));
  return await askForDataKey(readSopsFile(text, options.file), identities, options, signal);
}

/** The secret of that name. @throws SECRETS_UNKNOWN with the nearest name. */
export function secretNamed(
  opened: Pick<OpenedSecrets, "file" | "binding" | "values">,
  name: string,
): SecretValue {
  const found = opened.values.find((value) => value.name === name);
  if (found) return found;
  const near = nearest(
    name,
    opened.values.map((value) => value.name),
  );
  const { environment } = opened.binding;
  throw secretsErrors.SECRETS_UNKNOWN({
    what: `${environment} has no secret named ${name}`,
    where: opened.file,
    why: near && `did you mean ${near}?`,
    fix: near
      ? `ringfence secret get ${near} --environment ${environment}`
      : `ringfence secret list --environment ${environment}`,
  });
}
