/**
 * Identity files that a passphrase protects: an age file with one scrypt stanza around identities, as
 * `age-keygen | age -p` makes it. Who is asked for the passphrase is not known here.
 */
import { secretsErrors } from "../errors.ts";
import { decodeArmor, parseAgeFile } from "./format.ts";
import { parseIdentities } from "./identities.ts";
import { openAge } from "./open.ts";
import { passphraseIdentity, passphraseRecipient } from "./passphrase.ts";
import { sealAge } from "./seal.ts";

/** A file's content; one without armor must be given as bytes, which text would not keep. */
type Content = string | Uint8Array;

function ageBytes(content: Content): Buffer | undefined {
  const bytes = Buffer.from(content as Uint8Array);
  return decodeArmor(bytes.toString()) ?? (parseAgeFile(bytes) && bytes);
}

/** Whether identities are locked by a passphrase: an age file, armored or not, with a scrypt stanza. */
export function isLocked(content: Content): boolean {
  const bytes = ageBytes(content);
  const file = bytes && parseAgeFile(bytes);
  return file?.stanzas.some(({ type }) => type === "scrypt") ?? false;
}

/**
 * The identities that a passphrase protects, as `parseIdentities` gives them. Takes about a second: guessing a
 * passphrase has to be dear. A work factor above 20 (a gibibyte of memory) is refused.
 *
 * @param at the file, for errors.
 * @throws SECRETS_WRONG_PASSPHRASE; SECRETS_BAD_IDENTITY for a file that is damaged or {@link isLocked} does not hold
 *   for; what `parseIdentities` throws
 */
export function unlockIdentities(content: Content, passphrase: string, at = "the identity file"): string[] {
  const bytes = ageBytes(content);
  const opening = bytes && openAge(bytes, [passphraseIdentity(passphrase)]);
  if (opening?.kind === "opened") return parseIdentities(opening.content.toString(), at);
  if (opening?.kind === "sealed" && isLocked(content))
    throw secretsErrors.SECRETS_WRONG_PASSPHRASE({
      what: "the passphrase does not open the identities",
      where: at,
      fix: "run the command again with the passphrase that they were locked with",
    });
  throw secretsErrors.SECRETS_BAD_IDENTITY({
    what: "the locked identities can't be read",
    where: at,
    why: opening?.kind === "damaged" ? opening.why : "it is no age file that a passphrase protects",
    fix: "restore the identity file from its backup, or make a new one: age-keygen | age -p -a > FILE",
  });
}

/**
 * Identities under a passphrase, armored; `age -d` opens it as well.
 *
 * @param text an identity file.
 * @throws what `parseIdentities` throws; SECRETS_BAD_VALUE for an empty passphrase
 */
export async function lockIdentities(text: string, passphrase: string): Promise<string> {
  parseIdentities(text, "the identities");
  if (passphrase === "")
    throw secretsErrors.SECRETS_BAD_VALUE({
      what: "an empty passphrase protects nothing",
      fix: "choose a passphrase of several words",
    });
  return await sealAge(Buffer.from(text), [passphraseRecipient(passphrase)]);
}
