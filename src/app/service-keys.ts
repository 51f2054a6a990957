/**
 * Keys of key services and PGP that a secrets file names beside its recipients. SOPS' MAC does not cover them, so that
 * whoever may write the file can add one: only the manifest says which are meant.
 */
import type { RingfenceError } from "../base/error.ts";
import { formatPlace } from "../base/place.ts";
import type { Environment } from "../model/project.ts";
import { type FileKey, secretsErrors, wrappedKeys } from "../secrets/index.ts";

/** All of them, each once. @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function serviceKeysIn(text: string, file: string): FileKey[] {
  const keys = wrappedKeys(text, { file }).groups.flat();
  const others = keys.filter(({ service }) => service !== "age");
  return [...new Map(others.map((key) => [key.id, key])).values()];
}

/** Those that the manifest does not declare, as it would. @throws SECRETS_MALFORMED, SECRETS_UNSUPPORTED */
export function undeclaredKeys({ keys }: Environment, text: string, file: string): string[] {
  const ids = serviceKeysIn(text, file).map(({ id }) => id);
  return ids.filter((id) => !keys.includes(id));
}

/** Why nobody is asked for keys that a file names and the manifest does not. */
export function undeclaredRefusal(
  { name, keys: declared }: Environment,
  file: string,
  keys: readonly FileKey[],
): RingfenceError {
  const ids = keys.map(({ id }) => id);
  const line = JSON.stringify([...declared, ...ids]);
  return secretsErrors.SECRETS_FOREIGN_KEYS({
    what: `${file} can't be opened here: nobody is asked for a key that the manifest does not name`,
    where: formatPlace(keys[0]!.place),
    why: `anyone who may write the file can have added ${ids.join(", ")}, and whom to ask for it, and as whom`,
    fix: `add to environments.${name} in the manifest, where it is meant: keys: ${line}`,
    details: { keys: ids },
  });
}

/** What a plan says of them, where a file is written. */
export function keyEffects(
  environment: Environment,
  {
    file,
    previous,
    text,
  }: { readonly file: string; readonly previous: string | null; readonly text: string },
): string[] {
  const kept = serviceKeysIn(text, file).map(({ id }) => id);
  const before = previous === null ? [] : serviceKeysIn(previous, file).map(({ id }) => id);
  const foreign = undeclaredKeys(environment, text, file);
  const declared = kept.filter((id) => !foreign.includes(id));
  const dropped = before.filter((id) => !kept.includes(id));
  const effect = (what: string, ids: readonly string[]) =>
    ids.length > 0 ? [`${file} ${what} ${ids.join(", ")}`] : [];
  return [
    ...effect("is encrypted to", declared),
    ...effect("is no longer encrypted to", dropped),
    ...effect("still names what the manifest does not, as it was:", foreign),
  ];
}
