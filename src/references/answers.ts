/** What stores said, by secret; and the texts of settings held against it. */

import type { ReferenceReader, ReferenceReading } from "../model/secret-reference.ts";
import type { SecretAnswer } from "../ports/secret-store.ts";
import { fieldOf } from "./field.ts";
import { type ReadReference, readReference } from "./reading.ts";

/** What a store said of a secret, by {@link ReadReference.key}. */
export type Answers = ReadonlyMap<string, SecretAnswer>;

/** What to look at where a store gave nothing, and knows no fix of its own. */
export function fixFor({ secret: { scheme, path } }: ReadReference, kind: SecretAnswer["kind"]): string {
  if (scheme === "file") return `ls -l ${JSON.stringify(path)}`;
  if (kind === "denied")
    return `sign in to ${scheme}, or let this caller read it; then run the same command again`;
  if (kind === "unreachable")
    return "run the same command again; ringfence config explain shows the reference";
  return `correct the reference, or create the secret there`;
}

/** What an answer is for a setting. */
function readingOf(reference: ReadReference, answer: SecretAnswer | undefined): ReferenceReading {
  if (!answer) return { kind: "unasked" };
  const unresolved = { kind: "failed", code: "REFERENCE_UNAVAILABLE" } as const;
  if (answer.kind !== "found") {
    const why = `${answer.kind}: ${answer.why}`;
    return { ...unresolved, why, fix: answer.fix ?? fixFor(reference, answer.kind) };
  }
  const field = fieldOf(answer.text, reference.field);
  if (field.kind === "value") return field;
  return { ...unresolved, why: field.why, fix: "correct what stands behind the #" };
}

/**
 * Reads the texts of an environment's secrets.
 *
 * @param expand puts the environment's own names in place of `{env}` and the like
 */
export function referenceReader(
  own: ReadonlySet<string>,
  answers: Answers,
  expand: (text: string) => string,
): ReferenceReader {
  return (text) => {
    const read = readReference(expand(text), own);
    if (!read) return undefined;
    if (read.kind === "reference") return readingOf(read, answers.get(read.key));
    return { ...read, kind: "failed", code: "REFERENCE_INVALID" };
  };
}
