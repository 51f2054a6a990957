/**
 * `.sops.yaml`: whom sops encrypts new files to, by their paths. Ringfence's manifest says it for its own files; where
 * a project has both they must say the same, or one tool undoes what the other does.
 *
 * Fields and order: getsops/sops, `config/config.go`.
 */
import { isMap, isSeq, type Node, parseDocument } from "yaml";
import { formatPlace, lineStartsOf, type Place, placeAt } from "../base/place.ts";
import { canonicalRecipient } from "./age/identities.ts";
import { secretsErrors } from "./errors.ts";
import { KEY_SERVICES, type KeyServiceId, keyId } from "./sops/keys.ts";
import { compilePattern, DEFAULT_UNENCRYPTED_SUFFIX } from "./sops/metadata.ts";

/** A key that a rule encrypts to; one of AWS with `+ROLE` where a role is to be taken on. */
export interface RuleKey {
  readonly service: KeyServiceId;
  readonly name: string;
}

export interface CreationRule {
  readonly place: Place;
  /** Undefined for a rule that every file matches. */
  readonly pathRegex: string | undefined;
  /** Several only for files whose data key is split. */
  readonly groups: readonly (readonly RuleKey[])[];
  /** So many groups are needed to open a file. */
  readonly threshold: number;
  /** What decides which values are encrypted; undefined for all but those with the usual suffix. */
  readonly encryption: { readonly rule: string; readonly pattern: string } | undefined;
  /** Fields that are not understood here, so that nothing can be said of a file under this rule. */
  readonly unknown: readonly string[];
}

const ENCRYPTION = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
];
/** Lists of keys as text, divided by commas, or as a list. */
const PLAIN_KEYS: Readonly<Record<string, KeyServiceId>> = {
  age: "age",
  pgp: "pgp",
  kms: "kms",
  gcp_kms: "gcp_kms",
  hckms: "hckms",
  azure_keyvault: "azure_kv",
  hc_vault_transit_uri: "hc_vault",
};
/** Keys in a group: by the field, or the fields, that name one; none where an entry is its own name. */
const GROUP_KEYS: Readonly<Record<string, { service: KeyServiceId; named: readonly string[] }>> = {
  age: { service: "age", named: [] },
  pgp: { service: "pgp", named: [] },
  hc_vault: { service: "hc_vault", named: [] },
  kms: { service: "kms", named: ["arn"] },
  gcp_kms: { service: "gcp_kms", named: ["resource_id"] },
  hckms: { service: "hckms", named: ["key_id"] },
  azure_keyvault: { service: "azure_kv", named: ["vaultUrl", "key", "version"] },
};
/** What does not change who can open a file, or how Ringfence would have to write it. */
const UNTOLD = new Set(["aws_profile", "timeout"]);

type Fields = Readonly<Record<string, unknown>>;

function malformed(place: Place, what: string): Error {
  return secretsErrors.SECRETS_MALFORMED({
    what,
    where: formatPlace(place),
    fix: `correct ${place.file}; sops refuses it as well`,
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names as a text with commas or as a list of such texts. */
function names(value: unknown, place: Place, field: string): string[] {
  if (value === undefined || value === null) return [];
  const texts = Array.isArray(value) ? value : [value];
  return texts.flatMap((text: unknown) => {
    if (typeof text !== "string") throw malformed(place, `\`${field}\` is no text and no list of texts`);
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  });
}

function groupKeys(group: unknown, place: Place, unknown: Set<string>): RuleKey[] {
  if (!isFields(group)) throw malformed(place, "a key group is no map");
  return Object.entries(group).flatMap(([field, entries]): RuleKey[] => {
    if (field === "merge" && Array.isArray(entries))
      return entries.flatMap((merged: unknown) => groupKeys(merged, place, unknown));
    const known = Object.hasOwn(GROUP_KEYS, field) ? GROUP_KEYS[field] : undefined;
    if (!known) {
      unknown.add(`key_groups.${field}`);
      return [];
    }
    const { service, named } = known;
    if (named.length === 0) return names(entries, place, field).map((name) => ({ service, name }));
    const listed: readonly unknown[] = Array.isArray(entries) ? entries : [];
    return listed.map((entry) => {
      const parts = named.map((part) => (isFields(entry) ? entry[part] : undefined));
      const name = parts.filter((part) => typeof part === "string" && part !== "").join("/");
      if (name === "") throw malformed(place, `an entry of \`${field}\` has no \`${named[0]}\``);
      const role = service === "kms" && isFields(entry) && entry.role;
      return { service, name: typeof role === "string" && role !== "" ? `${name}+${role}` : name };
    });
  });
}

function readRule(fields: unknown, place: Place): CreationRule {
  if (!isFields(fields)) throw malformed(place, "a creation rule is no map");
  const unknown = new Set<string>();
  const plain: RuleKey[] = [];
  const encryption: { rule: string; pattern: string }[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const service = Object.hasOwn(PLAIN_KEYS, field) ? PLAIN_KEYS[field] : undefined;
    if (service) plain.push(...names(value, place, field).map((name) => ({ service, name })));
    else if (ENCRYPTION.includes(field) && value) encryption.push({ rule: field, pattern: String(value) });
    else if (field === "mac_only_encrypted" && value) unknown.add(field);
    else if (
      !["path_regex", "key_groups", "shamir_threshold", "mac_only_encrypted", ...ENCRYPTION].includes(field)
    ) {
      if (!UNTOLD.has(field)) unknown.add(field);
    }
  }
  if (encryption.length > 1)
    throw malformed(place, `${encryption.map(({ rule }) => rule).join(" and ")} contradict each other`);
  const listed = Array.isArray(fields.key_groups) ? fields.key_groups : [];
  const groups =
    listed.length > 0 ? listed.map((group: unknown) => groupKeys(group, place, unknown)) : [plain];
  const { path_regex: pathRegex, shamir_threshold: threshold } = fields;
  const [first] = encryption;
  const isUsual = first?.rule === "unencrypted_suffix" && first.pattern === DEFAULT_UNENCRYPTED_SUFFIX;
  return {
    place,
    pathRegex: typeof pathRegex === "string" && pathRegex !== "" ? pathRegex : undefined,
    groups,
    threshold: typeof threshold === "number" && threshold > 0 ? threshold : groups.length,
    encryption: isUsual ? undefined : first,
    unknown: [...unknown],
  };
}

/**
 * The rules of a `.sops.yaml` in their order; none where it has only other parts.
 *
 * @param file for places; relative to the project's root.
 * @throws SECRETS_MALFORMED
 */
export function creationRules(text: string, file: string): readonly CreationRule[] {
  const starts = lineStartsOf(text);
  const at = (offset: number): Place => placeAt(file, starts, Math.min(offset, text.length));
  // Its messages would quote the source.
  const document = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "error" });
  const [error] = document.errors;
  if (error)
    throw malformed(
      at(error.pos[0]),
      `the YAML can't be read: ${error.code.toLowerCase().replaceAll("_", " ")}`,
    );
  const root = document.contents as Node | null;
  const rules = isMap(root) ? (root.get("creation_rules", true) as Node | undefined) : undefined;
  if (!isSeq(rules)) return [];
  const plain = document.toJS() as { creation_rules: unknown[] };
  return rules.items.map((item, index) =>
    readRule(plain.creation_rules[index], at((item as Node | null)?.range?.[0] ?? 0)),
  );
}

/**
 * The rule for a file: the first that matches.
 *
 * @param path relative to the folder of the `.sops.yaml`, with slashes.
 * @throws SECRETS_UNSUPPORTED for a pattern that can't be read here, if it comes before the one that matches.
 */
export function creationRuleFor(rules: readonly CreationRule[], path: string): CreationRule | undefined {
  return rules.find(({ pathRegex, place }) => {
    if (pathRegex === undefined) return true;
    try {
      return compilePattern(pathRegex).test(path);
    } catch {
      throw secretsErrors.SECRETS_UNSUPPORTED({
        what: "the pattern of `path_regex` can't be read here",
        where: formatPlace(place),
        fix: "write it without what only Go's expressions have",
      });
    }
  });
}

/** A rule's profile says as whom sops itself asks; the file's own is held against the manifest when it is opened. */
function withoutProfile(id: string): string {
  return id.startsWith("kms:") ? id.replace(/\|.*$/, "") : id;
}

/** The fields of a rule that asks for what the manifest declares. */
function agreeing(recipients: readonly string[], keys: readonly string[]): string {
  const ids = [...recipients.map((name) => `age:${name}`), ...keys.map(withoutProfile)];
  const fields = Object.entries(PLAIN_KEYS).map(([field, service]) => {
    const own = ids.filter((id) => id.startsWith(`${service}:`)).map((id) => id.slice(service.length + 1));
    return own.length === 0 ? "" : `${field}: ${own.join(",")}`;
  });
  return fields.filter((field) => field !== "").join("; ");
}

/** What a rule asks for that a file of Ringfence's would not have, in words. */
function differences(
  rule: CreationRule,
  { recipients, keys: allowed }: { readonly recipients: readonly string[]; readonly keys: readonly string[] },
): string[] {
  if (rule.unknown.length > 0) return [`it has ${rule.unknown.join(", ")}, which Ringfence does not know`];
  if (rule.groups.length > 1) return ["it splits the data key between key groups"];
  if (rule.encryption)
    return [`by ${rule.encryption.rule} it leaves values in plain text, and Ringfence encrypts them all`];
  const keys = rule.groups[0] ?? [];
  const known = allowed.map(withoutProfile);
  const others = new Set(
    keys
      .filter((key) => key.service !== "age" && !known.includes(keyId(key)))
      .map(({ service }) => KEY_SERVICES[service]),
  );
  const asked = keys.filter(({ service }) => service === "age").map(({ name }) => canonicalRecipient(name));
  const declared = recipients.map(canonicalRecipient);
  const missing = asked.filter((name) => !declared.includes(name));
  const extra = declared.filter((name) => !asked.includes(name));
  return [
    others.size > 0 ? `it encrypts to ${[...others].join(", ")} too` : "",
    missing.length > 0 ? `only it has ${missing.join(", ")}` : "",
    extra.length > 0 ? `only the manifest has ${extra.join(", ")}` : "",
  ].filter((difference) => difference !== "");
}

/**
 * Refuses a rule that asks for something else than the manifest: sops would encrypt the file to others than Ringfence
 * does.
 *
 * @param declared the recipients and keys of key services that the manifest has for the file, and where it says so.
 * @throws SECRETS_RULES_DISAGREE, which names both places.
 */
export function assertRuleAgrees(
  rule: CreationRule,
  declared: {
    readonly file: string;
    readonly recipients: readonly string[];
    readonly keys?: readonly string[];
    readonly place: Place;
  },
): void {
  const { recipients, keys = [] } = declared;
  const found = differences(rule, { recipients, keys });
  if (found.length === 0) return;
  throw secretsErrors.SECRETS_RULES_DISAGREE({
    what: `${rule.place.file} and the manifest disagree about ${declared.file}`,
    where: formatPlace(rule.place),
    why: `${found.join("; ")}; the manifest's recipients stand at ${formatPlace(declared.place)}`,
    fix: `make the rule at ${formatPlace(rule.place)} say: ${agreeing(recipients, keys)}`,
    details: {
      rule: formatPlace(rule.place),
      manifest: formatPlace(declared.place),
      recipients: [...declared.recipients],
    },
  });
}
