/** Passphrases of locked identities: from a variable, a file that it names, or a person at the terminal. */
import { resolve } from "node:path";
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import { rememberSecret } from "../base/redact.ts";
import { lockIdentities, secretsErrors, unlockIdentities } from "../secrets/index.ts";
import { readKeyFile } from "../snapshot/home.ts";
import type { App } from "./app.ts";
import type { Locked } from "./identity-places.ts";

type Asking = Pick<App, "variables" | "askPassphrase" | "keys">;

/** So often may a person mistype. */
const TRIES = 3;

/** @throws SNAPSHOT_KEY_UNUSABLE for a file that others may read */
function givenPassphrase({ variables }: Asking): string | undefined {
  const { RINGFENCE_PASSPHRASE: text, RINGFENCE_PASSPHRASE_FILE: file } = variables;
  if (text) return text;
  return file ? readKeyFile(resolve(file))?.replace(/\r?\n$/, "") : undefined;
}

function nobodyAnswers(path: string): RingfenceError {
  return secretsErrors.SECRETS_IDENTITY_LOCKED({
    what: "an identity is protected by a passphrase, and nobody could be asked for it",
    where: path,
    why: "RINGFENCE_PASSPHRASE and RINGFENCE_PASSPHRASE_FILE give none, and there is no terminal",
    fix: "export RINGFENCE_PASSPHRASE_FILE=FILE   # a file that holds the passphrase and that only you may read",
  });
}

async function asked({ askPassphrase }: Asking, question: string): Promise<string | undefined> {
  const passphrase = await askPassphrase?.(question);
  if (passphrase) rememberSecret(passphrase);
  return passphrase;
}

function opens(content: Buffer, passphrase: string, path: string): readonly string[] | undefined {
  try {
    return unlockIdentities(content, passphrase, path);
  } catch (error) {
    if (isRingfenceError(error, "SECRETS_WRONG_PASSPHRASE")) return undefined;
    throw error;
  }
}

/**
 * The identities of a locked file. Passphrases that opened another one are tried first, without asking.
 *
 * @throws SECRETS_IDENTITY_LOCKED where there is no passphrase; SECRETS_WRONG_PASSPHRASE; SECRETS_BAD_IDENTITY
 */
export async function unlocked(app: Asking, { at: path, content }: Locked): Promise<readonly string[]> {
  for (const known of app.keys.passphrases) {
    const identities = opens(content, known, path);
    if (identities) return identities;
  }
  const given = givenPassphrase(app);
  if (given !== undefined) {
    rememberSecret(given);
    const identities = unlockIdentities(content, given, path);
    app.keys.passphrases.add(given);
    return identities;
  }
  for (let left = TRIES; ; left--) {
    const typed = await asked(app, `passphrase for ${path}: `);
    if (!typed) throw nobodyAnswers(path);
    const identities = left > 1 ? opens(content, typed, path) : unlockIdentities(content, typed, path);
    if (!identities) continue;
    app.keys.passphrases.add(typed);
    return identities;
  }
}

/** Whether there is a way to a passphrase at all. @throws SECRETS_IDENTITY_LOCKED */
export function assertPassphrase(app: Asking, path: string): void {
  if (app.askPassphrase || givenPassphrase(app)) return;
  throw nobodyAnswers(path);
}

/** A passphrase for a new file; a person types it twice. @throws SECRETS_IDENTITY_LOCKED, SECRETS_WRONG_PASSPHRASE */
async function newPassphrase(app: Asking, path: string): Promise<string> {
  const given = givenPassphrase(app);
  if (given) {
    rememberSecret(given);
    return given;
  }
  const first = await asked(app, `a passphrase for ${path}: `);
  if (!first) throw nobodyAnswers(path);
  if ((await asked(app, "the same again: ")) === first) return first;
  throw secretsErrors.SECRETS_WRONG_PASSPHRASE({
    what: "the two passphrases are not the same",
    where: path,
    why: "nothing was written",
    fix: "run the command again",
  });
}

/**
 * An identity file's text under a passphrase, proven to open with it, so that nothing is lost by writing it.
 *
 * @throws SECRETS_IDENTITY_LOCKED, SECRETS_WRONG_PASSPHRASE
 */
export async function lockedText(app: Asking, text: string, path: string): Promise<string> {
  const passphrase = await newPassphrase(app, path);
  const locked = await lockIdentities(text, passphrase);
  app.keys.unlocked.set(path, { got: unlockIdentities(locked, passphrase, path) });
  app.keys.passphrases.add(passphrase);
  return locked;
}
