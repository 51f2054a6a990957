/**
 * Passphrases as age keys, the `scrypt` stanza: what `age -p` makes. Format: age-encryption.org/v1, "The scrypt
 * recipient type". Only identity files are locked so; no secrets file is.
 */
import { randomBytes, scryptSync } from "node:crypto";
import { decodeBase64, encodeBase64 } from "./format.ts";
import {
  FILE_KEY_BYTES,
  FOREIGN,
  type Identity,
  type Recipient,
  TAG_BYTES,
  unwrapFileKey,
  wrapFileKey,
} from "./wrapping.ts";

const LABEL = "age-encryption.org/v1/scrypt";
const SALT_BYTES = 16;
const BLOCK_SIZE = 8;
/** As `age -p` has it: about half a second and 256 MiB. */
const WORK_FACTOR = 18;
/** The file says how much memory opening it takes, 2^factor KiB: a gibibyte is the most that is given. */
const LARGEST_WORK_FACTOR = 20;

function wrappingKey(passphrase: string, salt: Uint8Array, workFactor: number): Buffer {
  const cost = 2 ** workFactor;
  return scryptSync(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, {
    cost,
    blockSize: BLOCK_SIZE,
    parallelization: 1,
    maxmem: 2 * 128 * cost * BLOCK_SIZE,
  });
}

/** What opens a file that is locked with this passphrase. Takes seconds at the largest work factor. */
export function passphraseIdentity(passphrase: string): Identity {
  return {
    recipient: "a passphrase",
    unwrap({ type, args, body }) {
      if (type !== "scrypt") return FOREIGN;
      const salt = args.length === 2 ? decodeBase64(args[0]!, false) : undefined;
      const isWorkFactor = /^[1-9][0-9]?$/.test(args[1] ?? "");
      if (salt?.length !== SALT_BYTES || !isWorkFactor || body.length !== FILE_KEY_BYTES + TAG_BYTES)
        return { kind: "malformed", why: "its passphrase stanza is malformed" };
      const workFactor = Number(args[1]);
      if (workFactor > LARGEST_WORK_FACTOR)
        return { kind: "malformed", why: `its work factor is ${workFactor}, above ${LARGEST_WORK_FACTOR}` };
      return unwrapFileKey(wrappingKey(passphrase, salt, workFactor), body);
    },
  };
}

/** What locks a file with this passphrase; it must be the file's only recipient. */
export function passphraseRecipient(passphrase: string, workFactor: number = WORK_FACTOR): Recipient {
  return {
    text: "a passphrase",
    wrap(fileKey) {
      const salt = randomBytes(SALT_BYTES);
      return {
        type: "scrypt",
        args: [encodeBase64(salt), String(workFactor)],
        body: wrapFileKey(wrappingKey(passphrase, salt, workFactor), fileKey),
      };
    },
  };
}
