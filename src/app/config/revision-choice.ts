/** Which revision is meant: `previous`, or the beginning of a digest that only one revision has. */
import { shortDigest } from "../../base/digest.ts";
import { nearest } from "../../base/nearest.ts";
import type { Revision } from "../../model/revision.ts";
import type { StoreTransaction } from "../../ports/store/store.ts";
import { appErrors } from "../errors.ts";

export const PREVIOUS = "previous";

const DIGITS = /^(?:sha256:)?([0-9a-f]{1,64})$/i;
const LOOK_BACK = 1_000;

function unknown(environment: string, word: string, known: readonly string[]) {
  const near = nearest(word, [PREVIOUS, ...known]);
  return appErrors.APP_REVISION_UNKNOWN({
    what: `${environment} has no revision ${JSON.stringify(word)}`,
    where: `environment ${environment}`,
    why:
      known.length > 0
        ? `a revision is named by the first digits of its digest, or ${PREVIOUS}; known are ${known.slice(0, 5).join(", ")}`
        : "none was recorded yet",
    fix: `ringfence config history -e ${environment}${near ? `   # did you mean ${near}?` : ""}`,
    details: { nearest: near ?? null },
  });
}

function ambiguous(environment: string, word: string, digests: readonly string[]) {
  return appErrors.APP_REVISION_AMBIGUOUS({
    what: `${digests.length} revisions of ${environment} begin with ${word}`,
    where: `environment ${environment}`,
    why: digests.map((digest) => digest.slice(0, "sha256:".length + word.length + 8)).join(", "),
    fix: `write more digits; ringfence config history -e ${environment} --limit ${LOOK_BACK}`,
    details: { revisions: digests },
  });
}

/**
 * The latest revision whose digest begins like that.
 *
 * @param word hexadecimal digits, `sha256:` before them or not; of several revisions with one content the latest counts
 * @throws APP_REVISION_UNKNOWN with the nearest, APP_REVISION_AMBIGUOUS
 */
export async function revisionNamed(
  { revisions }: StoreTransaction,
  environment: string,
  word: string,
): Promise<Revision> {
  const digits = DIGITS.exec(word)?.[1]?.toLowerCase();
  const found = digits === undefined ? [] : await revisions.find(environment, `sha256:${digits}`);
  const digests = [...new Set(found.map(({ digest }) => digest))];
  if (digests.length > 1) throw ambiguous(environment, digits!, digests);
  if (found[0]) return found[0];
  const known = (await revisions.history(environment, LOOK_BACK)).map(({ digest }) => shortDigest(digest));
  throw unknown(environment, word, [...new Set(known)]);
}

/** The latest revision for which the test holds. @throws APP_NOTHING_TO_ROLL_BACK */
export async function latestThat(
  { revisions }: StoreTransaction,
  environment: string,
  test: (revision: Revision) => boolean,
): Promise<Revision> {
  const history = await revisions.history(environment, LOOK_BACK);
  const found = history.find(test);
  if (found) return found;
  throw appErrors.APP_NOTHING_TO_ROLL_BACK({
    what: `${environment} has no earlier revision to go back to`,
    where: `environment ${environment}`,
    why:
      history.length > 0
        ? "every revision that was recorded has the layers' files as they are"
        : "none was recorded yet; one is recorded with every change that Ringfence makes",
    fix: `ringfence config history -e ${environment}`,
  });
}
