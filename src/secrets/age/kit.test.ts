import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { armor, Decrypter } from "age-encryption";
import * as cctv from "cctv-age";
import { describe, expect, test } from "vitest";
import { refusal } from "../test-support.ts";
import { parseIdentity } from "./identities.ts";
import { type AgeOpening, openAge, openArmoredAge } from "./open.ts";
import { passphraseIdentity } from "./passphrase.ts";

/** A vector of the age project's test kit (C2SP/CCTV); its package says what the lines mean. */
interface Vector {
  readonly expected: string;
  readonly payload: string | undefined;
  readonly identities: readonly string[];
  readonly passphrases: readonly string[];
  readonly isArmored: boolean;
  readonly file: Buffer;
}

function readVector(bytes: Buffer): Vector {
  const split = bytes.indexOf("\n\n");
  const fields = bytes
    .toString("latin1", 0, split)
    .split("\n")
    .map((line) => line.split(": ") as [string, string]);
  const all = (wanted: string): string[] =>
    fields.flatMap(([name, value]) => (name === wanted ? [value] : []));
  const content = bytes.subarray(split + 2);
  return {
    expected: all("expect")[0]!,
    payload: all("payload")[0],
    identities: all("identity"),
    passphrases: all("passphrase"),
    isArmored: all("armored").length > 0,
    file: all("compressed").length > 0 ? inflateSync(content) : content,
  };
}

const vectors = Object.entries(cctv).map(([name, bytes]) => [name, readVector(Buffer.from(bytes))] as const);
const isHybrid = ({ identities }: Vector): boolean => identities.some((text) => text.includes("-PQ-"));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const WORDS = {
  armor: "armor failure",
  header: "header failure",
  "header MAC": "HMAC failure",
  payload: "payload failure",
};

function verdict(opening: AgeOpening): string {
  if (opening.kind === "opened") return "success";
  return opening.kind === "sealed" ? "no match" : WORDS[opening.part];
}

/** The kit has its bytes as text; what is no ASCII must not become another character. */
function open({ file, isArmored, identities, passphrases }: Vector): AgeOpening {
  const keys = [...identities.map((text) => parseIdentity(text)), ...passphrases.map(passphraseIdentity)];
  return isArmored ? openArmoredAge(file.toString("latin1"), keys) : openAge(file, keys);
}

describe("the age test kit", () => {
  test("is there whole", () => {
    expect(vectors).toHaveLength(143);
    expect(vectors.filter(([, vector]) => isHybrid(vector))).toHaveLength(19);
  });

  const own = vectors.filter(([, vector]) => !isHybrid(vector));

  test.each(own)("%s", (_, vector) => {
    const opening = open(vector);
    expect(verdict(opening)).toBe(vector.expected);
    if (opening.kind === "opened") expect(sha256(opening.content)).toBe(vector.payload);
  });

  /** Post-quantum keys are the one thing in the kit that Ringfence does not do; it says so, whatever the file. */
  test.each(vectors.filter(([, vector]) => isHybrid(vector)))("%s: refused by its identity", (_, vector) => {
    expect(refusal(() => open(vector))).toMatchObject({ code: "SECRETS_UNSUPPORTED", exit: 12 });
  });

  /** The library that makes our age files, as the oracle: what it opens and what it does not. */
  test.each(vectors)("%s: as the age library has it", async (_, vector) => {
    const decrypter = new Decrypter();
    const decrypt = async (): Promise<Uint8Array> => {
      for (const identity of vector.identities) decrypter.addIdentity(identity);
      for (const passphrase of vector.passphrases) decrypter.addPassphrase(passphrase);
      const bytes = vector.isArmored ? armor.decode(vector.file.toString("latin1")) : vector.file;
      return await decrypter.decrypt(bytes);
    };
    if (vector.expected === "success") expect(sha256(await decrypt())).toBe(vector.payload);
    else await expect(decrypt()).rejects.toThrow();
  });
});
