import { createPrivateKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeyPair, publicTextOf } from "../base/ed25519.ts";
import { type Checkpoint, openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { signNote } from "./note.ts";

/** The key of RFC 8032, section 7.1, test 1. */
const PEM = createPrivateKey({
  key: Buffer.from(
    "302e020100300506032b657004220420" + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "hex",
  ),
  format: "der",
  type: "pkcs8",
})
  .export({ format: "pem", type: "pkcs8" })
  .toString();
const NAME = "ringfence.example/record";
const signer = { name: NAME, privatePem: PEM };
const verifier = { name: NAME, publicText: publicTextOf(PEM) };
const checkpoint: Checkpoint = { origin: NAME, size: 0, root: EMPTY_ROOT };

/** Made with `openssl pkeyutl -sign -rawin` and `sha256sum` as the specification says, not with our code. */
const GOLDEN = `ringfence.example/record
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

— ringfence.example/record OutVrixILCirL/iy7yL8i4svJKcXlf5Vw5Nzp2rwwFrFXK4jIut4KxjwJF+HrV+JhtARlw1hfBBg8Y5PXtj/oogz/Qo=
`;

function expectRefused(text: string, expected: Parameters<typeof openCheckpoint>[1], why: string): void {
  expect(() => openCheckpoint(text, expected)).toThrow(
    expect.objectContaining({ code: "AUDIT_CHECKPOINT_INVALID", exit: 1, why: expect.stringContaining(why) }),
  );
}

describe("checkpoints", () => {
  test("are byte for byte what another implementation signs", () => {
    expect(signCheckpoint(checkpoint, signer)).toBe(GOLDEN);
    expect(openCheckpoint(GOLDEN, { ...verifier, origin: NAME })).toEqual(checkpoint);
  });

  test("come back as they were", () => {
    const hash = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString("hex"));
    fc.assert(
      fc.property(fc.maxSafeNat(), hash, (size, root) => {
        const original = { origin: "a record, with spaces ✓", size, root };
        expect(openCheckpoint(signCheckpoint(original, signer), verifier)).toEqual(original);
      }),
    );
  });

  test("any changed byte is refused", () => {
    const bytes = Buffer.from(GOLDEN);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= bit;
        expectRefused(changed.toString(), verifier, "");
      }
    }
  });

  test("signatures by others and extension lines are ignored", () => {
    const other = signCheckpoint(checkpoint, {
      name: "witness.example",
      privatePem: createKeyPair().privatePem,
    });
    const witness = other.slice(other.indexOf("— "));
    expect(openCheckpoint(GOLDEN + witness, verifier)).toEqual(checkpoint);
    expect(openCheckpoint(GOLDEN.replace("— ", `${witness}— `), verifier)).toEqual(checkpoint);
    const extended = signNote(`${GOLDEN.slice(0, GOLDEN.indexOf("\n\n") + 1)}an extension\n`, signer);
    expect(openCheckpoint(extended, verifier)).toEqual(checkpoint);
  });

  const otherKey = createKeyPair();
  test.each([
    [
      "another key of the same name",
      GOLDEN,
      { name: NAME, publicText: otherKey.publicText },
      "no signature by",
    ],
    ["another name of the same key", GOLDEN, { ...verifier, name: "other" }, "no signature by"],
    ["no key at all", GOLDEN, { name: NAME, publicText: "ed25519:xyz" }, "no Ed25519 public key"],
    ["another record", GOLDEN, { ...verifier, origin: "other" }, "it is of the record"],
    ["no signature", GOLDEN.slice(0, GOLDEN.indexOf("— ")), verifier, "blank line and signatures"],
    ["no last newline", GOLDEN.slice(0, -1), verifier, "blank line and signatures"],
    ["an empty file", "", verifier, "blank line and signatures"],
    ["carriage returns", GOLDEN.replaceAll("\n", "\r\n"), verifier, "control characters"],
    ["a hyphen for the dash", GOLDEN.replace("—", "-"), verifier, "signature line"],
    ["base64 that another text decodes to as well", GOLDEN.replace("Qo=", "Qp="), verifier, "signature line"],
    ["an endless text", "x".repeat(1_000_001), verifier, "too long"],
  ])("refuses %s", (_, text, expected, why) => {
    expectRefused(text, expected, why);
  });

  test.each([
    ["two lines", `${NAME}\n0\n`],
    ["a size with a leading zero", `${NAME}\n007\n${Buffer.alloc(32).toString("base64")}\n`],
    ["a negative size", `${NAME}\n-1\n${Buffer.alloc(32).toString("base64")}\n`],
    ["a size that no number holds", `${NAME}\n9999999999999999\n${Buffer.alloc(32).toString("base64")}\n`],
    ["a short root", `${NAME}\n1\n${Buffer.alloc(31).toString("base64")}\n`],
    ["an empty origin", `\n1\n${Buffer.alloc(32).toString("base64")}\n`],
  ])("refuses a signed note with %s", (_, text) => {
    expectRefused(signNote(text, signer), verifier, "three lines");
  });

  test.each([
    ["an origin of two lines", { ...checkpoint, origin: "a\nb" }, signer],
    ["no origin", { ...checkpoint, origin: "" }, signer],
    ["half an event", { ...checkpoint, size: 0.5 }, signer],
    ["a root in upper case", { ...checkpoint, root: EMPTY_ROOT.toUpperCase() }, signer],
    ["a name with a space", checkpoint, { ...signer, name: "a b" }],
    ["a name with a plus", checkpoint, { ...signer, name: "a+b" }],
  ])("does not sign %s", (_, bad, by) => {
    expect(() => signCheckpoint(bad, by)).toThrow(TypeError);
  });
});
