/**
 * Whom the data key of a secrets file is wrapped for when it is written: the recipients of Ringfence, and whoever
 * else a file of others is encrypted to, who must not be lost on the way.
 */
import { randomBytes } from "node:crypto";
import { formatPlace } from "../base/place.ts";
import type { KeyService } from "../ports/key-service.ts";
import { decodeArmor } from "./age/format.ts";
import { canonicalRecipient, parseRecipient } from "./age/identities.ts";
import { sealAge } from "./age/seal.ts";
import { secretsErrors } from "./errors.ts";
import { DATA_KEY_BYTES, serviceKey } from "./sops/data-key.ts";
import type { SopsFile } from "./sops/file.ts";
import { KEY_SERVICES, type KeyGroup, type KeyGroups, keyId, type WrappedKey } from "./sops/keys.ts";

/** A data key, and everyone that it is wrapped for. */
export interface DataKey {
  readonly dataKey: Buffer;
  readonly keys: KeyGroups;
}

/** How a new data key is wrapped for the keys of others. */
export interface Rewrapping {
  readonly services: readonly KeyService[];
  readonly signal: AbortSignal;
}

function sorted(recipients: readonly string[]): string {
  return [...new Set(recipients.map(canonicalRecipient))].sort().join("\n");
}

/** Which keys of others, beside age's recipients, may have a new data key. */
export interface AllowedKeys {
  /** As the manifest has them: `kms:arn:…`. */
  readonly declared: readonly string[];
  /** What happens to any other: nothing is written, or the file is encrypted to it no longer. */
  readonly others: "refuse" | "drop";
}

function isForeign(key: WrappedKey, { declared }: AllowedKeys): boolean {
  return key.service !== "age" && !declared.includes(keyId(key));
}

/** Whether the file is encrypted to a key that has to go. */
export function dropsKeys({ groups }: KeyGroups, allowed: AllowedKeys): boolean {
  return allowed.others === "drop" && groups.flat().some((key) => isForeign(key, allowed));
}

/** Whether exactly these recipients have the data key by age already; keys of other services may be beside them. */
export function keepsDataKey({ groups }: KeyGroups, recipients: readonly string[]): boolean {
  const age = groups.flat().filter(({ service }) => service === "age");
  const isSame = sorted(age.map(({ name }) => name)) === sorted(recipients);
  return isSame && age.every(({ enc }) => decodeArmor(enc));
}

async function wrapByAge(dataKey: Buffer, recipients: readonly string[]): Promise<KeyGroup> {
  const known = new Map(recipients.map((text) => [canonicalRecipient(text), parseRecipient(text)]));
  return await Promise.all(
    [...known].map(async ([name, recipient]): Promise<WrappedKey> => {
      const enc = await sealAge(dataKey, [recipient]);
      const place = { file: "", line: 1, column: 1 };
      return { service: "age", name, enc, fields: { recipient: name, enc }, place };
    }),
  );
}

/** @throws SECRETS_FOREIGN_KEYS */
function refuseForeign(file: string, key: WrappedKey, why: string): never {
  throw secretsErrors.SECRETS_FOREIGN_KEYS({
    what: `the recipients of ${file} change, and Ringfence can't encrypt it anew for ${KEY_SERVICES[key.service]}, ${key.name}`,
    where: formatPlace(key.place),
    why,
    fix: `sops rotate --in-place --add-age RECIPIENT --rm-age RECIPIENT ${file}   # with the recipients that change; then run the command again`,
    details: { service: key.service, key: key.name },
  });
}

/**
 * SOPS' MAC does not cover who a file is encrypted to: whoever may push can write a key of their own into it. So a file
 * vouches for none of its keys, nor does `.sops.yaml`, which nobody reviews as the list of who may open secrets.
 *
 * @throws SECRETS_FOREIGN_KEYS
 */
function refuseUndeclared(file: string, environment: string, key: WrappedKey): never {
  const id = keyId(key);
  throw secretsErrors.SECRETS_FOREIGN_KEYS({
    what: `${file} names a key that the manifest does not: ${KEY_SERVICES[key.service]}, ${key.name}`,
    where: formatPlace(key.place),
    why: "a new data key is needed, and anyone who may write the file can have added that key",
    fix: `ringfence secret recipients apply -e ${environment} --drop-keys   # takes it out; where it is meant, add to environments.${environment} in the manifest instead: keys: [${JSON.stringify(id)}]`,
    details: { service: key.service, key: key.name },
  });
}

async function wrapByService(
  dataKey: Buffer,
  key: WrappedKey,
  file: string,
  { services, signal, now }: Rewrapping & { readonly now: string },
): Promise<WrappedKey> {
  const service = services.find(({ services: known }) => known.includes(key.service));
  if (!service) return refuseForeign(file, key, "a removed recipient must not keep the data key");
  const answer = await service.wrap(dataKey, serviceKey(key), signal);
  if (answer.kind === "wrapped") {
    const { wrapped: enc } = answer;
    return { ...key, enc, fields: { ...key.fields, created_at: now, enc } };
  }
  throw secretsErrors.SECRETS_KEY_SERVICE({
    what: `${KEY_SERVICES[key.service]} did not encrypt the new data key of ${file}`,
    where: formatPlace(key.place),
    why: `${key.name}: ${answer.why}`,
    fix: "sign in to the service that keeps the key, then run the command again",
    details: { service: key.service, key: key.name },
  });
}

/**
 * A new data key, wrapped for these recipients and for those keys of others in the previous file that are allowed.
 *
 * @param how `now` as `goTimestamp` gives it; services that can wrap for others.
 * @throws SECRETS_FOREIGN_KEYS for keys of others that are not allowed or have no service, and for several key groups;
 *   SECRETS_KEY_SERVICE
 */
export async function newDataKey(
  recipients: readonly string[],
  previous: SopsFile | undefined,
  how: Partial<Rewrapping> & {
    readonly now: string;
    readonly environment: string;
    readonly allowed: AllowedKeys;
  },
): Promise<DataKey> {
  const dataKey = randomBytes(DATA_KEY_BYTES);
  const { services = [], signal = AbortSignal.abort(), now, environment, allowed } = how;
  const groups = previous?.metadata.groups ?? [];
  const file = previous?.file ?? "";
  const [second] = groups[1] ?? [];
  if (second) refuseForeign(file, second, "its data key is split between key groups");
  const found = (groups[0] ?? []).filter(({ service }) => service !== "age");
  const foreign = found.find((key) => isForeign(key, allowed));
  if (foreign && allowed.others === "refuse") refuseUndeclared(file, environment, foreign);
  const others = found.filter((key) => !isForeign(key, allowed));
  const wrapped = await Promise.all(
    others.map((key) => wrapByService(dataKey, key, file, { services, signal, now })),
  );
  const group = [...wrapped, ...(await wrapByAge(dataKey, recipients))];
  return { dataKey, keys: { groups: [group], threshold: 1 } };
}
