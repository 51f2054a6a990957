/**
 * Signed notes as C2SP specifies them (c2sp.org/signed-note), with Ed25519 keys (signature type 0x01).
 * What a note says is not known here.
 */
import { sha256 } from "../base/digest.ts";
import { publicTextOf, rawPublicKey, signMessage, verifyMessage } from "../base/ed25519.ts";

/** A name and the key that goes with it. Names have neither spaces nor `+`. */
export interface NoteVerifier {
  readonly name: string;
  /** `ed25519:` and base64 of the raw public key. */
  readonly publicText: string;
}

export interface NoteSigner {
  readonly name: string;
  /** PKCS #8 PEM. Never shown. */
  readonly privatePem: string;
}

const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
/** Far above any checkpoint with its witnesses' signatures. */
const LONGEST_NOTE = 1_000_000;
const NAME = /^[^\p{White_Space}\p{Cc}+]+$/u;
const SIGNATURE_LINE = /^— ([^\p{White_Space}\p{Cc}+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f]/;

/** First four bytes of SHA-256(name | 0x0A | 0x01 | raw public key); undefined for what is no public key. */
function keyId(name: string, publicText: string): Buffer | undefined {
  const raw = rawPublicKey(publicText);
  if (!raw) return undefined;
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), raw])).subarray(0, KEY_ID_BYTES);
}

function checkText(text: string): void {
  if (text.endsWith("\n") && text.isWellFormed() && !FORBIDDEN.test(text)) return;
  throw new TypeError("a note's text is well-formed lines, each with its newline");
}

/**
 * The text, a blank line and the signature line.
 *
 * @throws TypeError for a text that does not end in a newline or has control characters, and for a bad name.
 */
export function signNote(text: string, signer: NoteSigner): string {
  checkText(text);
  if (!NAME.test(signer.name)) throw new TypeError(`${signer.name} can't be the name of a key`);
  const id = keyId(signer.name, publicTextOf(signer.privatePem));
  if (!id) throw new TypeError("not an Ed25519 key");
  const signature = Buffer.from(signMessage(signer.privatePem, text), "base64");
  return `${text}\n— ${signer.name} ${Buffer.concat([id, signature]).toString("base64")}\n`;
}

/** A note's text, or why it must not be believed. */
export type OpenedNote = { readonly text: string } | { readonly refused: string };

/** Ignores signatures by other keys; one by this key that does not verify refuses the whole note. */
export function openNote(note: string, verifier: NoteVerifier): OpenedNote {
  const id = keyId(verifier.name, verifier.publicText);
  if (!id) return { refused: "the key to check it with is no Ed25519 public key" };
  if (note.length > LONGEST_NOTE) return { refused: "it is too long" };
  if (!note.isWellFormed() || FORBIDDEN.test(note)) return { refused: "it has control characters" };
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n") || split + 2 === note.length) {
    return { refused: "it does not end in a blank line and signatures" };
  }
  const text = note.slice(0, split + 1);
  let verified = false;
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const [, name, encoded = ""] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = Buffer.from(encoded, "base64");
    if (name === undefined || bytes.toString("base64") !== encoded || bytes.length <= KEY_ID_BYTES) {
      return { refused: "a signature line is malformed" };
    }
    if (name !== verifier.name || !bytes.subarray(0, KEY_ID_BYTES).equals(id)) continue;
    if (!verifyMessage(verifier.publicText, text, bytes.subarray(KEY_ID_BYTES).toString("base64"))) {
      return { refused: `the signature by ${verifier.name} does not verify` };
    }
    verified = true;
  }
  return verified ? { text } : { refused: `it has no signature by ${verifier.name} with this key` };
}
