import { spawnSync } from "node:child_process";
import { createCipheriv, hkdfSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { describeWith } from "../../../test/components.ts";
import { missingAge, refusal } from "../test-support.ts";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import { decodeArmor, encodeArmor } from "./format.ts";
import { createIdentity, parseIdentities, parseIdentity, parseRecipient, recipientOf } from "./identities.ts";
import { openAge, openArmoredAge } from "./open.ts";

const CHUNK = 64 * 1024;

async function wrap(content: Uint8Array, ...recipients: string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(content));
}

describe("Bech32", () => {
  // Valid and invalid strings of BIP 173.
  test.each([
    "A12UEL5L",
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
  ])("accepts the checksum of %s", (text) => {
    expect(decodeBech32(text)).toBeDefined();
  });

  test.each([
    ["no separator", "pzry9x0s0muk"],
    ["empty prefix", "1pzry9x0s0muk"],
    ["a character outside the alphabet", "x1b4n0q5v"],
    ["too short a checksum", "li1dgmt3"],
    ["a character outside ASCII", "de1lg7wt\u00ff"],
    ["a wrong checksum", "A1G7SGD8"],
    ["mixed case", "A12uEL5L"],
  ])("refuses %s", (_, text) => {
    expect(decodeBech32(text)).toBeUndefined();
  });

  test("gives back what it was given", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(decodeBech32(encodeBech32("age", bytes))).toEqual({
          prefix: "age",
          bytes: Buffer.from(bytes),
        });
      }),
    );
  });

  test("one wrong character is always noticed", async () => {
    const { recipient } = await createIdentity();
    for (let at = 4; at < recipient.length; at++) {
      const other = recipient[at] === "q" ? "p" : "q";
      expect(decodeBech32(recipient.slice(0, at) + other + recipient.slice(at + 1))).toBeUndefined();
    }
  });
});

describe("identities", () => {
  test("have the recipient that age-encryption gives them", async () => {
    for (let i = 0; i < 20; i++) {
      const identity = await generateX25519Identity();
      expect(recipientOf(identity)).toBe(await identityToRecipient(identity));
    }
  });

  test("a new one is known to age-encryption and stands in an identity file", async () => {
    const { identity, recipient, text } = await createIdentity("2026-11-21T12:00:00Z");
    expect(await identityToRecipient(identity)).toBe(recipient);
    expect(text).toBe(`# created: 2026-11-21T12:00:00Z\n# public key: ${recipient}\n${identity}\n`);
    expect(parseIdentities(text, "id.txt")).toEqual([identity]);
  });

  test("a damaged identity file is refused at its line, without its content", async () => {
    const { identity, text } = await createIdentity();
    const broken = `${identity.slice(0, -1)}${identity.endsWith("Q") ? "P" : "Q"}`;
    const error = refusal(() => parseIdentities(text.replace(identity, broken), "id.txt"));
    expect(error).toMatchObject({ code: "SECRETS_BAD_IDENTITY", where: "id.txt:3:1", exit: 12 });
    expect(JSON.stringify(error)).not.toContain(broken.slice(20, 40));
    expect(refusal(() => parseIdentities("# nothing\n", "id.txt")).code).toBe("SECRETS_BAD_IDENTITY");
  });

  test("an identity given as a recipient is refused and not repeated", async () => {
    const { identity } = await createIdentity();
    const error = refusal(() => parseRecipient(identity));
    expect(error.code).toBe("SECRETS_BAD_RECIPIENT");
    expect(error.why).toContain("secret half");
    expect(JSON.stringify(error)).not.toContain(identity.slice(20, 40));
  });
});

describe("age files", () => {
  const sizes = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 300 }) },
    fc.constantFrom(CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1),
    fc.integer({ min: CHUNK - 40, max: 2 * CHUNK + 40 }),
  );

  test("of age-encryption open, of any size, armored or not", async () => {
    const { identity, recipient } = await createIdentity();
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async (size, armored) => {
        const content = Buffer.alloc(size, 0xa5);
        const bytes = await wrap(content, recipient);
        const identities = [parseIdentity(identity)];
        const opening = armored ? openArmoredAge(encodeArmor(bytes), identities) : openAge(bytes, identities);
        expect(opening.kind === "opened" && opening.content.equals(content)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("open for each of several recipients and for nobody else", async () => {
    const [one, two, other] = [await createIdentity(), await createIdentity(), await createIdentity()];
    const bytes = await wrap(Buffer.from("secret"), one.recipient, two.recipient);
    for (const { identity } of [one, two])
      expect(openAge(bytes, [parseIdentity(other.identity), parseIdentity(identity)]).kind).toBe("opened");
    expect(openAge(bytes, [parseIdentity(other.identity)])).toEqual({ kind: "sealed" });
    expect(openAge(bytes, [])).toEqual({ kind: "sealed" });
  });

  test("with any byte changed, removed or added do not open", async () => {
    const { identity, recipient } = await createIdentity();
    const identities = [parseIdentity(identity)];
    const bytes = await wrap(Buffer.from("a data key of thirty-two bytes.."), recipient);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ bit;
        expect(openAge(changed, identities).kind, `byte ${at}`).not.toBe("opened");
      }
      expect(openAge(bytes.subarray(0, at), identities).kind, `cut at ${at}`).toBe("damaged");
    }
    expect(openAge(Buffer.concat([bytes, Buffer.from([0])]), identities).kind).toBe("damaged");
  });

  test("lose no chunk unnoticed", async () => {
    const { identity, recipient } = await createIdentity();
    const bytes = await wrap(Buffer.alloc(2 * CHUNK), recipient);
    const cut = bytes.subarray(0, bytes.length - (CHUNK + 16));
    expect(openAge(cut, [parseIdentity(identity)])).toMatchObject({ kind: "damaged" });
  });

  test("may not end in an empty chunk after a full one", async () => {
    const { identity, recipient } = await createIdentity();
    let fileKey = new Uint8Array();
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    encrypter.addRecipient({
      wrapFileKey(key) {
        fileKey = Uint8Array.from(key);
        return [];
      },
    });
    const bytes = Buffer.from(await encrypter.encrypt(Buffer.alloc(0)));
    const start = bytes.indexOf("\n", bytes.indexOf("\n---") + 1) + 1;
    const nonce = bytes.subarray(start, start + 16);
    const key = Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
    const chunk = (count: number, isLast: boolean, content: Buffer): Buffer => {
      const iv = Buffer.from([...Array<number>(10).fill(0), count, isLast ? 1 : 0]);
      const cipher = createCipheriv("chacha20-poly1305", key, iv, { authTagLength: 16 });
      return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    };
    const full = Buffer.alloc(CHUNK, 1);
    const file = (...chunks: Buffer[]): Buffer => Buffer.concat([bytes.subarray(0, start + 16), ...chunks]);
    const identities = [parseIdentity(identity)];
    expect(openAge(file(chunk(0, true, full)), identities).kind).toBe("opened");
    expect(openAge(file(chunk(0, false, full), chunk(1, true, Buffer.from("x"))), identities).kind).toBe(
      "opened",
    );
    expect(openAge(file(chunk(0, false, full), chunk(1, true, Buffer.alloc(0))), identities).kind).toBe(
      "damaged",
    );
  });

  test.each([
    ["a line too long", (text: string) => text.replace(/\n(.{63})(.)\n/, "\n$1\n$2\n")],
    ["padding left out", (text: string) => text.replace(/=+\n/, "\n")],
    ["no end", (text: string) => text.replace(/-----END.*/, "")],
    ["words before it", (text: string) => `words\n${text}`],
    ["an empty line inside", (text: string) => text.replace("FILE-----\n", "FILE-----\n\n")],
  ])("armor with %s is refused", async (_, change) => {
    const { recipient } = await createIdentity();
    const armor = encodeArmor(await wrap(Buffer.from("12"), recipient));
    expect(decodeArmor(armor)).toBeDefined();
    expect(change(armor)).not.toBe(armor);
    expect(decodeArmor(change(armor))).toBeUndefined();
  });
});

describeWith("Debian's age", missingAge, () => {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-age-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(command: string, args: string[], input?: string | Buffer): Buffer {
    const result = spawnSync(command, args, { input, maxBuffer: 1 << 24 });
    expect(result.status, result.stderr.toString()).toBe(0);
    return result.stdout;
  }

  test("what it encrypts opens here", async () => {
    const { identity, recipient } = await createIdentity();
    for (const size of [0, 1, CHUNK, CHUNK + 1]) {
      const content = Buffer.alloc(size, 7);
      const armored = run("age", ["--encrypt", "--armor", "--recipient", recipient], content).toString();
      const opening = openArmoredAge(armored, [parseIdentity(identity)]);
      expect(opening.kind === "opened" && opening.content.equals(content)).toBe(true);
    }
  });

  test("it opens what is encrypted here, with our identity file", async () => {
    const { recipient, text } = await createIdentity();
    const file = join(folder, "identity.txt");
    writeFileSync(file, text, { mode: 0o600 });
    const armor = encodeArmor(await wrap(Buffer.from("hello"), recipient));
    expect(run("age", ["--decrypt", "--identity", file], armor).toString()).toBe("hello");
    expect(run("age-keygen", ["-y", file]).toString().trim()).toBe(recipient);
  });

  test("its identity files are read, and have the recipient that it prints", async () => {
    const file = join(folder, "made.txt");
    run("age-keygen", ["-o", file]);
    const [identity] = parseIdentities(readFileSync(file, "utf8"), file);
    expect(recipientOf(identity!)).toBe(run("age-keygen", ["-y", file]).toString().trim());
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity!);
    const bytes = await wrap(Buffer.from("x"), recipientOf(identity!));
    expect(await decrypter.decrypt(bytes, "text")).toBe("x");
  });
});
