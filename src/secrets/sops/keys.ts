/**
 * Who a SOPS file is encrypted to: its data key, wrapped by age and by the key services of others, in one group or,
 * split by Shamir's scheme, in several. Field names: getsops/sops, `stores/stores.go`.
 */
import type { Place } from "../../base/place.ts";
import { canonicalRecipient } from "../age/identities.ts";
import { assertPrintable, type MetadataNode, malformed, type SopsDocument } from "./document.ts";

/** Ways to wrap a data key, by their names in the file, as people call them; in the file's order. */
export const KEY_SERVICES = {
  kms: "AWS KMS",
  gcp_kms: "Google Cloud KMS",
  hckms: "Huawei Cloud KMS",
  azure_kv: "Azure Key Vault",
  hc_vault: "HashiCorp Vault",
  age: "age",
  pgp: "PGP",
} as const;

export type KeyServiceId = keyof typeof KEY_SERVICES;

/** The fields that together name a key of a service, joined by slashes. */
const NAMED_BY: Readonly<Record<KeyServiceId, readonly string[]>> = {
  kms: ["arn"],
  gcp_kms: ["resource_id"],
  hckms: ["key_id"],
  azure_kv: ["vault_url", "name", "version"],
  hc_vault: ["vault_address", "engine_path", "key_name"],
  age: ["recipient"],
  pgp: ["fp"],
};

export type Fields = { readonly [key: string]: MetadataNode };

/** The data key, or a part of it, wrapped by one key. */
export interface WrappedKey {
  readonly service: KeyServiceId;
  /** What the service knows the key by: a recipient, an ARN, a fingerprint … */
  readonly name: string;
  /** Armored age file; of the others what the service gave. */
  readonly enc: string;
  /** The whole entry, as it is written again. */
  readonly fields: Fields;
  readonly place: Place;
}

/**
 * A key as the manifest and people write it: its service as SOPS files call it, and its name there; as sops writes it,
 * with `+ROLE` and `|PROFILE` where it is asked as somebody else, so that who declares a key declares that as well.
 */
export function keyId({
  service,
  name,
  fields = {},
}: Pick<WrappedKey, "service" | "name"> & Partial<Pick<WrappedKey, "fields">>): string {
  const [role, profile] = [textOf(fields.role), textOf(fields.aws_profile)];
  return `${service}:${name}${role && `+${role}`}${profile && `|${profile}`}`;
}

/** Keys of which each opens the same part of the data key. */
export type KeyGroup = readonly WrappedKey[];

export interface KeyGroups {
  /** With one group, its part is the data key. */
  readonly groups: readonly KeyGroup[];
  /** So many groups have to be opened. */
  readonly threshold: number;
}

export function textOf(node: MetadataNode | undefined): string {
  return typeof node === "string" ? node : "";
}

/** Whether a list or map has anything in it. */
function isFilled(node: MetadataNode | undefined): boolean {
  return typeof node === "object" && Object.keys(node).length > 0;
}

export function fieldsOf(node: MetadataNode | undefined): Fields {
  return typeof node === "object" && !Array.isArray(node) ? (node as Fields) : {};
}

const serviceIds = Object.keys(KEY_SERVICES) as KeyServiceId[];

function readKey(service: KeyServiceId, node: MetadataNode, place: Place): WrappedKey {
  const { context, ...rest } = fieldsOf(node);
  // JSON has a null where there is no context, which is no text to be written again.
  const fields = isFilled(context) ? { ...rest, context: context! } : rest;
  const parts = NAMED_BY[service].map((field) => textOf(fields[field])).filter((part) => part !== "");
  const enc = textOf(fields.enc);
  if (parts.length === 0 || enc === "")
    throw malformed(place, `an entry of \`${service}\` needs \`${NAMED_BY[service][0]}\` and \`enc\``);
  const name = parts.join("/");
  assertPrintable(name, place);
  return { service, name, enc, fields, place };
}

function readGroup(
  group: Fields,
  placeOf: SopsDocument["placeOf"],
  at: readonly (string | number)[],
): KeyGroup {
  return serviceIds.flatMap((service) => {
    const entries = group[service];
    if (!isFilled(entries)) return [];
    if (!Array.isArray(entries)) throw malformed(placeOf(...at, service), `\`${service}\` is no list`);
    return entries.map((entry: MetadataNode, index) =>
      readKey(service, entry, placeOf(...at, service, index, "enc")),
    );
  });
}

/** Groups of keys; those outside of `key_groups` win, as sops has it. @throws SECRETS_MALFORMED */
export function readKeyGroups({ metadata, placeOf }: SopsDocument): KeyGroups {
  const single = readGroup(metadata, placeOf, []);
  if (single.length > 0) return { groups: [single], threshold: 1 };
  const listed = Array.isArray(metadata.key_groups) ? (metadata.key_groups as readonly MetadataNode[]) : [];
  const groups = listed.map((group, index) => {
    const keys = readGroup(fieldsOf(group), placeOf, ["key_groups", index]);
    if (keys.length === 0) throw malformed(placeOf("key_groups", index), "a key group names nobody");
    return keys;
  });
  if (groups.length === 0) throw malformed(placeOf("age"), "the file names nobody it is encrypted to");
  const text = textOf(metadata.shamir_threshold);
  const threshold = text === "" || text === "0" ? groups.length : Number(text);
  const isPossible = Number.isInteger(threshold) && threshold >= 1 && threshold <= groups.length;
  if (!isPossible || (groups.length > 1 && threshold === 1))
    throw malformed(placeOf("shamir_threshold"), "`shamir_threshold` fits no key groups of this number");
  return { groups, threshold };
}

/** Everyone that a file is encrypted to by age, in the file's order; an ssh key without the comment it may have. */
export function ageRecipients({ groups }: KeyGroups): string[] {
  return groups.flat().flatMap(({ service, name }) => (service === "age" ? [canonicalRecipient(name)] : []));
}

/** Key groups as metadata: one stands there by itself, several below `key_groups`. */
export function keyGroupFields({ groups, threshold }: KeyGroups): Fields {
  const [first] = groups;
  if (groups.length === 1 && first) return groupFields(first);
  return { shamir_threshold: String(threshold), key_groups: groups.map(groupFields) };
}

function groupFields(group: KeyGroup): Fields {
  const byService = serviceIds.map((service) => [
    service,
    group.filter((key) => key.service === service).map(({ fields }) => fields),
  ]);
  return Object.fromEntries(byService.filter(([, keys]) => keys!.length > 0)) as Fields;
}
