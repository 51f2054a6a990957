/**
 * The shape that every form of SOPS file is read into: leaves in the order of the file, and the metadata apart.
 * Reading YAML, JSON and dotenv is done beside this; nothing is decrypted here.
 */
import { formatPlace, type Place } from "../../base/place.ts";
import { secretsErrors } from "../errors.ts";

export interface Leaf {
  /** Keys from the top; positions in lists are left out, as SOPS authenticates it. */
  readonly path: readonly string[];
  /** Keys and positions joined by dots; in flat files the key itself. */
  readonly name: string;
  /** Where the key stands. */
  readonly place: Place;
  /** As written, quotes and escapes taken off. */
  readonly text: string;
  /** What the MAC covers when the leaf is not encrypted. */
  readonly plain: string;
}

/** The `sops` part: everything as text. */
export type MetadataNode = string | readonly MetadataNode[] | { readonly [key: string]: MetadataNode };

export interface SopsDocument {
  readonly leaves: readonly Leaf[];
  readonly metadata: { readonly [key: string]: MetadataNode };
  /** Where a part of the metadata stands; the nearest part around it where it is missing. */
  placeOf(...keys: readonly (string | number)[]): Place;
}

export function malformed(place: Place, what: string, fix?: string): Error {
  return secretsErrors.SECRETS_MALFORMED({
    what,
    where: formatPlace(place),
    fix: fix ?? `git log --oneline -- ${place.file}   # then: git restore --source=COMMIT ${place.file}`,
  });
}

export function unsupported(place: Place, what: string, fix: string): Error {
  return secretsErrors.SECRETS_UNSUPPORTED({ what, where: formatPlace(place), fix });
}

/** SECRETS_MALFORMED for a file that SOPS did not write, or not to its end: encrypting that again would not mend it. */
export function noMetadata(file: string, text: string): Error {
  const place = { file, line: 1, column: 1 };
  if (text.includes("ENC[AES256_GCM,"))
    return malformed(place, "its `sops` part is missing, without which no value in it can be opened");
  return malformed(
    place,
    "it is no SOPS file: there is no `sops` part that says how it is encrypted",
    `sops encrypt --age RECIPIENT --in-place ${file}`,
  );
}

/**
 * Names of values and of keys reach terminals, diffs and logs as they are, and nothing that Ringfence or SOPS writes has such a character in
 * one: a file in which one has is forged or damaged.
 *
 * @param name as it would be shown, so the error does not quote it
 * @throws SECRETS_MALFORMED
 */
export function assertPrintable(name: string, place: Place): void {
  if (!/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name)) return;
  throw malformed(place, "a name in the file holds a control character, which a terminal would obey");
}
