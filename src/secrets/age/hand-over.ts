/**
 * Identities handed over to people: an age file around an identity file, for each person's own recipient. `age -d`
 * opens it as well.
 */
import { secretsErrors } from "../errors.ts";
import { parseIdentities, parseIdentity, parseRecipient } from "./identities.ts";
import { openArmoredAge } from "./open.ts";
import { sealAge } from "./seal.ts";

/**
 * An identity file's text for these recipients, armored.
 *
 * @throws what `parseIdentities` throws; SECRETS_BAD_RECIPIENT
 */
export async function sealIdentities(text: string, recipients: readonly string[]): Promise<string> {
  parseIdentities(text, "the identities");
  return await sealAge(Buffer.from(text), recipients.map(parseRecipient));
}

/**
 * The identities that were handed over; undefined where they were handed to somebody else.
 *
 * @param at the file, for errors.
 * @throws SECRETS_BAD_IDENTITY for a file that is damaged or holds none
 */
export function openSealedIdentities(
  sealed: string,
  identities: readonly string[],
  at: string,
): readonly string[] | undefined {
  const opening = openArmoredAge(
    sealed,
    identities.map((one) => parseIdentity(one)),
  );
  if (opening.kind === "sealed") return undefined;
  if (opening.kind === "opened") return parseIdentities(opening.content.toString(), at);
  throw secretsErrors.SECRETS_BAD_IDENTITY({
    what: "the sealed identity can't be read",
    where: at,
    why: opening.why,
    fix: `git log --oneline -- ${at}   # then: git restore --source=COMMIT ${at}`,
  });
}
