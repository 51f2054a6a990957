/** New values for secrets, each made from random bytes alone. Where those come from is the caller's affair. */
import type { GeneratorName } from "../model/rotation.ts";
import type { SettingType } from "../model/setting.ts";

/** Where chance comes from. */
export interface Random {
  /** So many bytes, each value as likely as any other. */
  bytes(count: number): Uint8Array;
  /** A new private key in PEM (PKCS #8). @param bits of an RSA modulus */
  privateKey(kind: "ed25519" | "rsa", bits: number): string;
}

/** Without `0`, `O`, `1`, `l` and `I`, which people confuse; nothing that URLs, shells or YAML would have to escape. */
const LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const PASSWORD_LENGTH = 32;
const KEY_BYTES = 32;
const RSA_BITS = 3_072;

/** Bytes above the largest multiple of the alphabet's length are passed over: with them some letters would come more often. */
function letters(count: number, random: Random): string {
  const limit = 256 - (256 % LETTERS.length);
  let text = "";
  while (text.length < count) {
    for (const byte of random.bytes(count - text.length)) {
      if (byte < limit) text += LETTERS[byte % LETTERS.length]!;
    }
  }
  return text;
}

/** With a small and a capital letter and a digit, as many services demand; drawn again until it has them. */
function password(length: number, random: Random): string {
  for (;;) {
    const text = letters(length, random);
    if (/[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text)) return text;
  }
}

/** RFC 9562, version 4. */
function uuid(random: Random): string {
  const bytes = Uint8Array.from(random.bytes(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function generated(name: GeneratorName, length: number | undefined, random: Random): string {
  const bytes = (count = KEY_BYTES) => Buffer.from(random.bytes(count));
  switch (name) {
    case "password":
      return password(length ?? PASSWORD_LENGTH, random);
    case "key":
      return bytes(length).toString("base64");
    case "hex":
      return bytes(length).toString("hex");
    case "jwt":
      return bytes(length).toString("base64url");
    case "uuid":
      return uuid(random);
    case "ed25519":
    case "rsa":
      return random.privateKey(name, length ?? RSA_BITS);
  }
}

/** What stands around the password of a connection string: `scheme://user:` and `@host…` (RFC 3986, section 3.2.1). */
const PASSWORD_IN_URL = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^:@/?#\s]*:)[^@/?#\s]*(@.*)$/s;

/**
 * A new value for a setting. Of a URL only the password is new.
 *
 * @param current the value as it is
 * @returns undefined for a URL in which no password stands
 */
export function newValue(
  wanted: {
    readonly generate: GeneratorName;
    readonly length: number | undefined;
    readonly type: SettingType;
  },
  current: string,
  random: Random,
): string | undefined {
  const { generate, length, type } = wanted;
  if (type !== "url") return generated(generate, length, random);
  const found = PASSWORD_IN_URL.exec(current);
  return found
    ? `${found[1]}${encodeURIComponent(generated(generate, length, random))}${found[2]}`
    : undefined;
}
