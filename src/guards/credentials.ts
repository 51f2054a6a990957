/**
 * Credentials in a setting: its whole value, the password inside an address, members of JSON, the public half of a
 * key. Only fingerprints leave this file.
 */
import { createPublicKey, X509Certificate } from "node:crypto";
import { canonicalJson } from "../base/canonical-json.ts";
import {
  BESIDE_NAME,
  CREDENTIAL_NAME,
  isPlaceholder,
  isWellKnown,
  NO_CREDENTIALS,
} from "../model/credential-text.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { addressIn, isKnownScheme, pairsIn } from "./address.ts";
import type { Fingerprint, Found, Reader } from "./claim.ts";

/** Shorter values are equal by chance, and often no secrets. */
const SHORTEST = 8;
const DEEPEST_JSON = 6;

/** Forms of well-known providers' keys, wherever they stand. */
const PROVIDER_KEY =
  /^(?:(?:sk|rk)_(?:live|test)_\w{8,}|AKIA[0-9A-Z]{16}|gh[opusr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|SG\.[\w-]{16,}\.[\w-]{16,}|AIza[\w-]{30,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{32,})$/;
/** Members of a JSON secret, by their keys in camelCase or with underscores. */
const SECRET_MEMBER =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|access_?key(?:_?id)?|private_?key(?:_?id)?|client_?email|signature)$/i;
/** The secret half of a JSON Web Key: the key itself, or the private exponent. */
const JWK_MEMBER = /^[kd]$/;
const SECRET_PARAMETER =
  /^(?:password|secret|token|access_token|api_?key|key|sig|signature|x-amz-signature)$/i;

/** Too short, known to everybody, or not filled in: equal values prove nothing. */
function isWeak(text: string): boolean {
  const plain = text.trim();
  return plain.length < SHORTEST || isWellKnown(plain) || isPlaceholder(plain) || /^(.)\1*$/.test(plain);
}

/** The public half of every key and certificate in the text, by its bytes: one key in two encodings is one key. */
function keysIn(text: string): string[] {
  const blocks =
    text.replaceAll("\\n", "\n").match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g) ?? [];
  // Parameters of curves are the same for everybody.
  const telling = blocks.filter((block) => !/^-----BEGIN [A-Z0-9 ]*PARAMETERS-/.test(block));
  return telling.map((block) => {
    try {
      const key = block.includes("CERTIFICATE")
        ? new X509Certificate(block).publicKey
        : createPublicKey(block);
      return `key ${key.export({ format: "der", type: "spki" }).toString("base64")}`;
    } catch {
      // A format that Node does not read, or one with a passphrase: the text itself, however its lines are broken.
      return `block ${block.replace(/\s+/g, "")}`;
    }
  });
}

/** JSON in one spelling; what has none, as half a character, as it is written. */
function spelledOnce(json: unknown, text: string): string {
  try {
    return canonicalJson(json);
  } catch {
    return text;
  }
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param isSecret by the name of the member, or of what holds the list that it stands in */
function membersOf(value: unknown, isSecret: boolean, depth = 0): string[] {
  if (typeof value === "string") {
    const inner = partsOf(value).filter((part) => !isWeak(part));
    if (inner.length > 0) return inner;
    return (isSecret && !isConnection(value)) || PROVIDER_KEY.test(value) ? [value] : [];
  }
  if (value === null || typeof value !== "object" || depth > DEEPEST_JSON) return [];
  if (Array.isArray(value)) return value.flatMap((member) => membersOf(member, isSecret, depth + 1));
  const isKey = (name: string) => "kty" in value && JWK_MEMBER.test(name);
  return Object.entries(value).flatMap(([name, member]) =>
    membersOf(member, SECRET_MEMBER.test(name) || isKey(name), depth + 1),
  );
}

/** What stands in base64 as a whole: files are often handed over so. */
function unwrapped(text: string): string | undefined {
  if (text.length < 40 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  const plain = Buffer.from(text, "base64").toString("utf8");
  return /^\s*(?:\{|-----BEGIN )/.test(plain) ? plain : undefined;
}

/**
 * Secrets inside of a text, without the text itself.
 *
 * @param isSecret the text is a credential: a list in it is one of credentials
 */
function partsOf(text: string, isSecret = false): string[] {
  const json = jsonIn(text);
  if (json !== undefined) return membersOf(json, isSecret);
  const keys = text.includes("-----BEGIN ") ? keysIn(text) : [];
  if (keys.length > 0) return keys;
  const inside = unwrapped(text);
  if (inside !== undefined) return partsOf(inside, isSecret);
  const address = addressIn(text);
  if (address) {
    const parameters = [...address.query].flatMap(([key, value]) =>
      SECRET_PARAMETER.test(key) ? [value] : [],
    );
    // `https://KEY@host`, `https://KEY:@host`, in a secret also `discord://KEY@id`: the user is the key.
    const isAlone = address.scheme === "http" || (isSecret && !isConnection(text));
    const alone = address.password === "" && isAlone ? address.user : "";
    return [address.password, alone, ...parameters].filter((part) => part !== "");
  }
  const pairs = pairsIn(text);
  const password = pairs?.get("password") ?? pairs?.get("pwd");
  return password === undefined ? [] : [password];
}

/** Where the whole value is a credential by its declaration, its name or its form. */
function isCredential({ name, text, secret, declaration }: ResolvedSetting): boolean {
  if (declaration && NO_CREDENTIALS.has(declaration.type)) return false;
  if (PROVIDER_KEY.test(text)) return true;
  if (BESIDE_NAME.test(name)) return false;
  if (secret) return true;
  return CREDENTIAL_NAME.test(name) && !/^[./~]|^\w+:\/\//.test(text);
}

/** `aws-sm://name`, `vault://path#field`, or an ARN: a secret that is kept elsewhere. */
const REFERENCE =
  /^(?:aws-sm|aws-ssm|vault|gcp-sm|azure-kv|op|doppler|infisical):\/\/\S+$|^arn:aws[\w-]*:(?:secretsmanager|ssm):\S+$/;

/**
 * An address is what it leads to, and its parts; the whole is a credential only where it is no connection. Where the
 * scheme says nothing about the parts, the whole is all that can be held against others.
 */
function isConnection(text: string): boolean {
  const scheme = addressIn(text)?.scheme;
  if (scheme === undefined || scheme === "http") return false;
  return isKnownScheme(scheme) || REFERENCE.test(text);
}

function credential(fingerprint: Fingerprint, text: string, isPart: boolean): Found {
  return { kind: "credential", key: fingerprint(text.trim()), isPart };
}

export const credentials: Reader = (setting, { fingerprint }) => {
  const { text } = setting;
  const isOne = isCredential(setting) && !isConnection(text);
  const parts = partsOf(text, isOne).filter((part) => !isWeak(part));
  const json = jsonIn(text);
  const isKey = text.includes("-----BEGIN ");
  // Keys and JSON are told by what is in them, however they are written: where nothing is found there, as a whole.
  const isWhole = isOne && !isWeak(text) && (parts.length === 0 || (!isKey && json === undefined));
  const whole = json === undefined ? text : spelledOnce(json, text);
  return [
    ...(isWhole ? [credential(fingerprint, whole, false)] : []),
    ...parts.map((part) => credential(fingerprint, part, !isKey)),
  ];
};

/** True for a secret whose value is too short, or too common, to be held against others. */
export function isWeakSecret(setting: ResolvedSetting): boolean {
  return setting.secret && isCredential(setting) && !isConnection(setting.text) && isWeak(setting.text);
}

/** One entry of a secret store for two environments is one secret. */
export const references: Reader = ({ text }) =>
  REFERENCE.test(text) ? [{ kind: "secret reference", key: text.trim() }] : [];
