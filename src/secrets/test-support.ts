/** What the tests of this room share: samples and an independent writer of SOPS files. */
import { spawnSync } from "node:child_process";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { Encrypter } from "age-encryption";
import { expect } from "vitest";
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import { encodeArmor } from "./age/format.ts";

export const missingAge =
  spawnSync("age", ["--version"]).status === 0 && spawnSync("age-keygen", ["--version"]).status === 0
    ? undefined
    : "age (apt-get install -y age)";

/** The error that a call throws; fails the test when it throws nothing or something else. */
export function refusal(call: () => unknown): RingfenceError {
  try {
    call();
  } catch (error) {
    if (isRingfenceError(error)) return error;
    throw error;
  }
  return expect.fail("nothing was refused");
}

/** A leaf as sops would encrypt it, of any type label. */
export function foreignLeaf(
  content: string | Buffer,
  type: string,
  dataKey: Buffer,
  context: string,
): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(content), cipher.final()]);
  const [d, i, t] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
  return `ENC[AES256_GCM,data:${d},iv:${i},tag:${t},type:${type}]`;
}

export interface ForeignMetadata {
  readonly age: readonly { readonly recipient: string; readonly enc: string }[];
  readonly lastmodified: string;
  readonly mac: string;
  readonly version: string;
  readonly [rule: string]: unknown;
}

/** Metadata over the given authenticated contents, put together apart from the code under test. */
export async function foreignMetadata(
  covered: readonly (string | Buffer)[],
  dataKey: Buffer,
  recipient: string,
  rules: Readonly<Record<string, unknown>> = {},
): Promise<ForeignMetadata> {
  const hash = createHash("sha512");
  if (rules.mac_only_encrypted)
    hash.update(Buffer.from("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69", "hex"));
  for (const content of covered) hash.update(content);
  const lastmodified = "2026-01-02T03:04:05Z";
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return {
    age: [{ recipient, enc: encodeArmor(await encrypter.encrypt(dataKey)) }],
    lastmodified,
    mac: foreignLeaf(hash.digest("hex").toUpperCase(), "str", dataKey, lastmodified),
    version: "3.9.0",
    ...rules,
  };
}
