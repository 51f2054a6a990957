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

/** @throws SECRETS_MALFORMED for a file that SOPS did not write. */
export function noMetadata(file: string): Error {
  return malformed(
    { file, line: 1, column: 1 },
    "it is no SOPS file: there is no `sops` part that says how it is encrypted",
    `sops encrypt --age RECIPIENT --in-place ${file}`,
  );
}
