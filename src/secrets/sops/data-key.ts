/**
 * The data key of a SOPS file: from its age entries by identities at hand, and, prepared beforehand because that is
 * asking others, from the key services that it is wrapped by.
 */
import { formatPlace } from "../../base/place.ts";
import type { KeyService, ServiceKey } from "../../ports/key-service.ts";
import { canonicalRecipient } from "../age/identities.ts";
import { openArmoredAge } from "../age/open.ts";
import type { Identity } from "../age/wrapping.ts";
import { secretsErrors } from "../errors.ts";
import { malformed } from "./document.ts";
import {
  ageRecipients,
  fieldsOf,
  KEY_SERVICES,
  type KeyGroup,
  type KeyGroups,
  keyId,
  textOf,
  type WrappedKey,
} from "./keys.ts";
import { combineParts } from "./shamir.ts";

export const DATA_KEY_BYTES = 32;

/** What a file's keys are, and where it stands. */
export interface LockedFile {
  readonly file: string;
  readonly metadata: KeyGroups;
}

/** Who may open it. */
export interface Openers {
  readonly identities: readonly Identity[];
  /** Where identities were looked for, for the error. */
  readonly lookedIn: readonly string[];
}

/** A group's part of the data key; or what speaks against its entries, undefined where they are for others. */
type Part = { readonly bytes: Buffer } | { readonly bytes?: never; readonly damage: Error | undefined };

/** Several groups hold parts with one more byte, their x. */
function partBytes({ groups }: KeyGroups): number {
  return groups.length > 1 ? DATA_KEY_BYTES + 1 : DATA_KEY_BYTES;
}

function openPart(group: KeyGroup, length: number, identities: readonly Identity[]): Part {
  let damage: Error | undefined;
  for (const { service, name, enc, place } of group) {
    if (service !== "age") continue;
    const opening = openArmoredAge(enc, identities);
    if (opening.kind === "opened" && opening.content.length === length) return { bytes: opening.content };
    const isOurs = identities.some(({ recipient }) => recipient === canonicalRecipient(name));
    if (opening.kind === "sealed" && !isOurs) continue;
    const why =
      opening.kind === "damaged"
        ? opening.why
        : opening.kind === "opened"
          ? `it holds no key of ${length} bytes`
          : "its stanza does not open with the identity of that recipient";
    damage ??= malformed(place, `the data key for ${name} is damaged: ${why}`);
  }
  return { damage };
}

/** The names of services other than age that wrap the key, for people. */
function otherServices({ groups }: KeyGroups): string[] {
  const ids = new Set(groups.flat().map(({ service }) => service));
  ids.delete("age");
  return [...ids].map((id) => KEY_SERVICES[id]);
}

function noIdentity({ file, metadata }: LockedFile, { identities, lookedIn }: Openers): Error {
  const recipients = ageRecipients(metadata);
  const others = otherServices(metadata);
  const own = identities.map(({ recipient }) => recipient);
  const places = lookedIn.length > 0 ? ` Looked for identities in: ${lookedIn.join(", ")}.` : "";
  const have =
    own.length > 0 ? `The identities at hand are those of ${own.join(", ")}.` : "No identity is at hand.";
  const needed =
    metadata.groups.length > 1
      ? ` One key from each of ${metadata.threshold} of its ${metadata.groups.length} key groups is needed.`
      : "";
  return secretsErrors.SECRETS_NO_IDENTITY({
    what: "no identity at hand opens the secrets file",
    where: file,
    why: `it is encrypted to ${[...recipients, ...others].join(", ")}.${needed} ${have}${places}`,
    fix: lookedIn[0]
      ? `put the identity of one of these recipients into ${lookedIn[0]}, or let someone who can open the file add yours`
      : "let someone who can open the file add your recipient; this prints it: age-keygen -y IDENTITY_FILE",
    details: { recipients, identitiesOf: own, lookedIn: [...lookedIn] },
  });
}

/** The key that parts make, or undefined for too few of them. @throws SECRETS_MALFORMED */
function together({ file, metadata }: LockedFile, parts: readonly Buffer[]): Buffer | undefined {
  if (metadata.groups.length === 1) return parts[0];
  if (parts.length < metadata.threshold) return undefined;
  const key = combineParts(parts.slice(0, metadata.threshold));
  if (key) return key;
  throw malformed({ file, line: 1, column: 1 }, "the parts of its data key don't belong together");
}

/** @throws SECRETS_NO_IDENTITY, SECRETS_MALFORMED, SECRETS_UNSUPPORTED for a file without age and AWS KMS */
export function openDataKey(locked: LockedFile, openers: Openers): Buffer {
  const { metadata, file } = locked;
  const length = partBytes(metadata);
  const parts = metadata.groups.map((group) => openPart(group, length, openers.identities));
  const key = together(
    locked,
    parts.flatMap(({ bytes }) => (bytes ? [bytes] : [])),
  );
  if (key) return key;
  const keys = metadata.groups.flat();
  if (!keys.some(({ service }) => service === "age" || service === "kms"))
    throw secretsErrors.SECRETS_UNSUPPORTED({
      what: `the file is encrypted to ${otherServices(metadata).join(", ")} only`,
      where: formatPlace(keys[0]!.place),
      why: "Ringfence opens what is encrypted by age or AWS KMS",
      fix: `sops rotate --add-age RECIPIENT --in-place ${file}`,
    });
  for (const part of parts) if (!part.bytes && part.damage) throw part.damage;
  throw noIdentity(locked, openers);
}

/** An entry as a key service takes it. */
export function serviceKey({ service, name, enc, fields }: WrappedKey): ServiceKey {
  const context = Object.entries(fieldsOf(fields.context)).map(([key, value]) => [key, textOf(value)]);
  return {
    service,
    name,
    wrapped: enc,
    context: Object.fromEntries(context),
    role: textOf(fields.role) || undefined,
    profile: textOf(fields.aws_profile) || undefined,
  };
}

/** What was asked of a service, and why it gave nothing. */
interface Refused {
  readonly key: WrappedKey;
  readonly why: string;
}

/** Whom to ask, and about which keys. */
export interface Askable {
  readonly services: readonly KeyService[];
  /**
   * Keys as {@link keyId} has them, with role and profile. Nothing vouches for what the file says of those: whoever may
   * write it would choose whom the reader calls, and as whom.
   */
  readonly declared: readonly string[];
}

async function askServices(
  group: KeyGroup,
  length: number,
  { services, declared }: Askable,
  signal: AbortSignal,
): Promise<Buffer | readonly Refused[]> {
  const refused: Refused[] = [];
  for (const key of group.filter((one) => declared.includes(keyId(one)))) {
    const service = services.find(({ services: known }) => known.includes(key.service));
    if (!service) continue;
    const answer = await service.unwrap(serviceKey(key), signal);
    if (answer.kind === "opened" && answer.dataKey.length === length) return Buffer.from(answer.dataKey);
    refused.push({ key, why: answer.kind === "opened" ? `it gave no key of ${length} bytes` : answer.why });
  }
  return refused;
}

/**
 * The data key, with the help of key services where identities are not enough.
 *
 * @returns undefined where identities suffice, or no service has a declared key of the file: opening it says what is wrong.
 * @throws SECRETS_KEY_SERVICE when services were asked and the file still stays shut.
 */
export async function askForDataKey(
  locked: LockedFile,
  identities: readonly Identity[],
  askable: Askable,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const { metadata, file } = locked;
  const length = partBytes(metadata);
  const parts = metadata.groups.map((group) => openPart(group, length, identities).bytes);
  const isOpen = (): boolean => parts.filter((part) => part).length >= metadata.threshold;
  if (isOpen()) return undefined;
  const refused: Refused[] = [];
  for (const [index, group] of metadata.groups.entries()) {
    if (parts[index] || isOpen()) continue;
    const answer = await askServices(group, length, askable, signal);
    if (Buffer.isBuffer(answer)) parts[index] = answer;
    else refused.push(...answer);
  }
  if (isOpen())
    return together(
      locked,
      parts.flatMap((part) => (part ? [part] : [])),
    );
  if (refused.length === 0) return undefined;
  throw secretsErrors.SECRETS_KEY_SERVICE({
    what: `no key service opens ${file}`,
    where: formatPlace(refused[0]!.key.place),
    why: refused.map(({ key, why }) => `${KEY_SERVICES[key.service]}, ${key.name}: ${why}`).join("; "),
    fix: "sign in to the service that keeps the key, or use an identity that opens the file",
    details: { keys: refused.map(({ key }) => ({ service: key.service, name: key.name })) },
  });
}
