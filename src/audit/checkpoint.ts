/**
 * Checkpoints of the record as C2SP specifies them (c2sp.org/tlog-checkpoint): size and root, signed.
 * Where a checkpoint and its key are kept is the application's business: not in the store.
 */
import { auditErrors } from "./errors.ts";
import { type NoteSigner, type NoteVerifier, openNote, signNote } from "./note.ts";

/** What the record was at one moment. */
export interface Checkpoint {
  /** Which record: unique, one line. */
  readonly origin: string;
  /** Number of events. */
  readonly size: number;
  /** Root of the tree of that size, lower-case hexadecimal. */
  readonly root: string;
}

const ORIGIN = /^[^\p{Cc}]+$/u;
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;
const ROOT = /^[0-9a-f]{64}$/;

/**
 * The checkpoint as a signed note: origin, decimal size, base64 root, blank line, signature.
 *
 * @throws TypeError for an origin of several lines, a size that is no count, a root that is no hash.
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const { origin, size, root } = checkpoint;
  if (!ORIGIN.test(origin)) throw new TypeError("a checkpoint's origin is one line of text");
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`${size} is no size of a record`);
  if (!ROOT.test(root)) throw new TypeError("a checkpoint's root is 64 hexadecimal digits");
  return signNote(`${origin}\n${size}\n${Buffer.from(root, "hex").toString("base64")}\n`, signer);
}

function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = "", size = "", encoded = "", ...extensions] = text.slice(0, -1).split("\n");
  const root = Buffer.from(encoded, "base64");
  if (!ORIGIN.test(origin) || !SIZE.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  if (root.length !== 32 || root.toString("base64") !== encoded) return undefined;
  if (extensions.includes("")) return undefined;
  return { origin, size: Number(size), root: root.toString("hex") };
}

/**
 * Opens a signed checkpoint. Extension lines and signatures by other keys are ignored, as the format asks.
 *
 * @param expected the key that must have signed it and, where it is known, the record it must be of.
 * @throws AUDIT_CHECKPOINT_INVALID for a malformed text, a wrong or missing signature, another origin.
 */
export function openCheckpoint(
  text: string,
  expected: NoteVerifier & { readonly origin?: string },
): Checkpoint {
  const refuse = (why: string) =>
    auditErrors.AUDIT_CHECKPOINT_INVALID({
      what: "the checkpoint can't be believed",
      where: `checkpoint signed by ${expected.name}`,
      why,
      fix: "put back the checkpoint that was written last, then: ringfence audit verify",
    });
  const note = openNote(text, expected);
  if ("refused" in note) throw refuse(note.refused);
  const checkpoint = parseCheckpoint(note.text);
  if (!checkpoint) throw refuse("its text is not an origin, a size and a root on three lines");
  if (expected.origin !== undefined && checkpoint.origin !== expected.origin) {
    throw refuse(`it is of the record ${checkpoint.origin}, not of ${expected.origin}`);
  }
  return checkpoint;
}
