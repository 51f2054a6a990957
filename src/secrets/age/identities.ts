/**
 * The texts of age identities and recipients: making, reading, and one from the other. X25519 and ssh-ed25519 keys;
 * where identities are kept is not known here.
 */
import { formatPlace, type Place } from "../../base/place.ts";
import { rememberSecret } from "../../base/redact.ts";
import { secretsErrors } from "../errors.ts";
import { isOpenSshKey, readOpenSshKey } from "./openssh-key.ts";
import { readSshRecipient, sshIdentity } from "./ssh-ed25519.ts";
import type { Identity, Recipient } from "./wrapping.ts";
import { newX25519Identity, readX25519Identity, x25519Recipient } from "./x25519.ts";

/** Identities that age knows and Ringfence does not: post-quantum ones, and those of plugins. */
const OTHER_IDENTITY = /^AGE-(?:SECRET-KEY-PQ|PLUGIN-[A-Z0-9-]+)-1/i;
const PEM_BEGIN = /^-----BEGIN [A-Z0-9 ]+-----$/;
const PEM_END = /^-----END [A-Z0-9 ]+-----$/;

/** One identity in a text of several, and where it begins. */
interface Piece {
  readonly text: string;
  readonly place: Place;
}

function badIdentity(why: string, where: Place | undefined, fix?: string): Error {
  return secretsErrors.SECRETS_BAD_IDENTITY({
    what: "an age identity can't be read",
    where: where && formatPlace(where),
    why,
    fix: fix ?? "restore the identity file from its backup, or make a new one: age-keygen -o FILE",
  });
}

function unsupportedIdentity(what: string, where: Place | undefined): Error {
  return secretsErrors.SECRETS_UNSUPPORTED({
    what,
    where: where && formatPlace(where),
    why: "Ringfence opens secrets with X25519 identities (AGE-SECRET-KEY-1…) and ssh-ed25519 keys",
    fix: "age-keygen -o FILE   # then let someone who can open the secrets add its recipient",
  });
}

function readPem(text: string, where: Place | undefined): Identity {
  const key = readOpenSshKey(text);
  const file = where?.file ?? "FILE";
  switch (key.kind) {
    case "ed25519":
      return sshIdentity(key.pair);
    case "encrypted":
      throw secretsErrors.SECRETS_IDENTITY_LOCKED({
        what: "an ssh key is protected by a passphrase",
        where: where && formatPlace(where),
        why: "Ringfence reads ssh keys only without one",
        fix: `cp ${file} ${file}.age && ssh-keygen -p -N "" -f ${file}.age   # a copy without a passphrase; keep it where only you reach it`,
      });
    case "other":
      throw unsupportedIdentity(`an ssh key is of the type ${key.type}`, where);
    case "malformed":
      throw badIdentity("it begins as an OpenSSH private key and is none", where);
  }
}

/**
 * An identity ready for use: `AGE-SECRET-KEY-1…`, or the text of an OpenSSH private key (Ed25519).
 *
 * @throws SECRETS_BAD_IDENTITY, SECRETS_UNSUPPORTED, SECRETS_IDENTITY_LOCKED, without the text.
 */
export function parseIdentity(given: string, where?: Place): Identity {
  const text = given.trim();
  rememberSecret(text);
  if (isOpenSshKey(text)) return readPem(text, where);
  if (PEM_BEGIN.test(text.split(/\r?\n/, 1)[0]!))
    throw badIdentity(
      "it is no OpenSSH private key",
      where,
      `ssh-keygen -p -f ${where?.file ?? "FILE"}   # writes it in OpenSSH's form`,
    );
  if (OTHER_IDENTITY.test(text))
    throw unsupportedIdentity("an identity is post-quantum or a plugin's", where);
  const identity = readX25519Identity(text);
  if (identity) return identity;
  throw badIdentity(
    "an X25519 identity is AGE-SECRET-KEY-1 and 58 more characters, the last six of them a checksum",
    where,
  );
}

/** The recipient of an identity: `age1…` as `age-keygen -y` prints it, or `ssh-ed25519 AAAA…`. @throws as {@link parseIdentity} */
export function recipientOf(identity: string): string {
  return parseIdentity(identity).recipient;
}

/** One line each, an OpenSSH key all of its lines; comments and empty lines are skipped. */
function piecesOf(text: string, file: string): Piece[] {
  const pieces: Piece[] = [];
  let block: { lines: string[]; place: Place } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    const place = { file, line: index + 1, column: 1 };
    if (block) {
      block.lines.push(content);
      if (!PEM_END.test(content)) continue;
      pieces.push({ text: `${block.lines.join("\n")}\n`, place: block.place });
      block = undefined;
    } else if (PEM_BEGIN.test(content)) block = { lines: [content], place };
    else if (content !== "" && !content.startsWith("#")) pieces.push({ text: content, place });
  }
  if (block) pieces.push({ text: block.lines.join("\n"), place: block.place });
  return pieces;
}

/**
 * The identities of a text as age-keygen or ssh-keygen writes it, or several of them one after the other; each is
 * usable by `openSecrets`. Post-quantum identities and those of plugins are left out where there are others.
 *
 * @param at the file, or the variable, that the text is from.
 * @throws SECRETS_BAD_IDENTITY with the line, also when there is none; SECRETS_IDENTITY_LOCKED for an ssh key with
 *   a passphrase; SECRETS_UNSUPPORTED when there are only identities that can't be used here.
 */
export function parseIdentities(text: string, at: string): string[] {
  const pieces = piecesOf(text, at);
  const usable = pieces.filter((piece) => !OTHER_IDENTITY.test(piece.text));
  for (const piece of usable.length > 0 ? usable : pieces) parseIdentity(piece.text, piece.place);
  if (usable.length > 0) return usable.map((piece) => piece.text);
  throw secretsErrors.SECRETS_BAD_IDENTITY({
    what: "there is no identity in it",
    where: at,
    fix: `age-keygen -o ${at}`,
  });
}

function whyNoRecipient(text: string): string {
  if (/AGE-SECRET-KEY-|-----BEGIN/i.test(text)) return "it is an identity, the secret half";
  if (text.startsWith("ssh-"))
    return "of ssh keys only ssh-ed25519 is supported, as in ~/.ssh/id_ed25519.pub";
  if (/^age1[a-z]+1/.test(text)) return "post-quantum recipients and those of plugins are not supported";
  return "an X25519 recipient is age1 and 58 more lower-case characters, the last six of them a checksum";
}

/**
 * A recipient ready for use: `age1…`, or `ssh-ed25519 AAAA…` with or without a comment; `text` is how it is written
 * into files.
 *
 * @throws SECRETS_BAD_RECIPIENT; what may be an identity is not repeated.
 */
export function parseRecipient(given: string): Recipient {
  const recipient = x25519Recipient(given) ?? readSshRecipient(given);
  if (recipient) return recipient;
  throw secretsErrors.SECRETS_BAD_RECIPIENT({
    what: /^(?:age1|ssh-)/.test(given)
      ? `${given} is no recipient for secrets`
      : "a recipient is no age recipient",
    why: whyNoRecipient(given.trim()),
    fix: "put the recipient that this prints into the manifest: age-keygen -y IDENTITY_FILE",
  });
}

/** One way of writing for each recipient, without comments; a text that is none of ours stays as it is. */
export function canonicalRecipient(text: string): string {
  return (x25519Recipient(text) ?? readSshRecipient(text))?.text ?? text;
}

/**
 * A new X25519 identity with its recipient, and the text of an identity file as age-keygen writes it.
 *
 * @param now ISO 8601, for the file's comment.
 */
export async function createIdentity(
  now = new Date().toISOString(),
): Promise<{ readonly identity: string; readonly recipient: string; readonly text: string }> {
  const { identity, recipient } = newX25519Identity();
  rememberSecret(identity);
  return { identity, recipient, text: `# created: ${now}\n# public key: ${recipient}\n${identity}\n` };
}
