/** The shapes of single words in the manifest, each with what to call it and an example for messages. */
import { parsePublicKey } from "../base/ed25519.ts";
import { LOG_LEVELS } from "./log-level.ts";

/** The letter in either case: a JSON Schema's pattern has no flags. */
const ANY_CASE = LOG_LEVELS.join("|").replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);

export interface Format {
  readonly pattern: RegExp;
  /** Continues "is no …". */
  readonly noun: string;
  readonly example: string;
}

export const FORMATS = {
  name: { pattern: /^[a-z][a-z0-9-]{0,62}$/, noun: "name (lower case, digits, hyphens)", example: "staging" },
  person: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/,
    noun: "name of a person or machine",
    example: "alice",
  },
  variable: { pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, noun: "name of a variable", example: "LOG_LEVEL" },
  host: { pattern: /^[A-Za-z0-9*._-]+$/, noun: "host name pattern", example: "dev-*" },
  recipient: {
    pattern:
      /^(?:age1[02-9ac-hj-np-z]{58}|ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}(?: \S.*)?)$/,
    noun: "age recipient or ssh-ed25519 public key",
    example: "the public key that age-keygen prints: age1 and 58 letters or digits",
  },
  recipientEntry: {
    pattern:
      /^(?:age1[02-9ac-hj-np-z]{58}|ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}(?: \S.*)?|(?:person|machine):[A-Za-z0-9][A-Za-z0-9._@-]{0,62}|role:\S.*)$/,
    noun: "recipient (an age recipient, an ssh-ed25519 public key, person:NAME, machine:NAME or role:NAME)",
    example: "person:ada, or the public key that age-keygen prints: age1 and 58 letters or digits",
  },
  serviceKey: {
    pattern: /^(?:kms|gcp_kms|hckms|azure_kv|hc_vault|pgp):\S+$/,
    noun: "key of a key service (kms:, gcp_kms:, hckms:, azure_kv:, hc_vault: or pgp:, and its name there)",
    example: "kms:arn:aws:kms:eu-central-1:123456789012:key/1111-2222",
  },
  publicKey: {
    pattern: /^ed25519:[A-Za-z0-9+/]{43}=$/,
    noun: "Ed25519 public key",
    example: "what ringfence me init prints: ed25519: and 44 characters of base64",
  },
  file: {
    pattern: /^(?!\/|[A-Za-z]:|(?:.*\/)?\.\.(?:\/|$))[^\\\u0000]+$/,
    noun: "path inside the project (relative, forward slashes)",
    example: "config/{env}.yaml",
  },
  secretsFile: {
    pattern: /^(?!\/|[A-Za-z]:|(?:.*\/)?\.\.(?:\/|$))[^\\\u0000]*\{env\}[^\\\u0000]*$/,
    noun: "path inside the project with {env}, so that each environment has a file of its own",
    example: "secrets/{env}.yaml",
  },
  duration: {
    // A look ahead, so that the empty text is none.
    pattern: /^(?=\d)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?(?:\d{1,6}ms)?$/,
    noun: "duration (whole numbers with units, largest first)",
    example: "5s",
  },
  period: {
    pattern:
      /^(?:manual|(?=\d)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?(?:\d{1,6}ms)?)$/,
    noun: "period (a duration, or manual)",
    example: "30d",
  },
  size: {
    pattern: /^\d{1,12} ?(?:[kKMGT]?i?B)?$/,
    noun: "size (a whole number with at most one unit)",
    example: "512MB",
  },
  umask: { pattern: /^0?[0-7]{3}$/, noun: "umask in octal digits", example: '"077"' },
  logFile: {
    pattern: /^(?!~|(?:.*\/)?\.\.(?:\/|$))[^\\\u0000]*[^\\\u0000/]$/,
    noun: "path of a log file (relative to the project or absolute, forward slashes, without ..)",
    example: "var/{env}/logs/{command}.log",
  },
  logLevel: {
    pattern: new RegExp(`^(?:${ANY_CASE})$`),
    noun: `log level (${LOG_LEVELS.join(", ")})`,
    example: "INFO",
  },
  folder: {
    pattern: /^(?!~|(?:.*\/)?\.\.(?:\/|$))[^\\\u0000]+$/,
    noun: "path of a folder (relative to the project or absolute, forward slashes, without ..)",
    example: "var/staging/data",
  },
  mode: { pattern: /^0?[0-7]{3}$/, noun: "mode in octal digits", example: '"0750"' },
  prefix: { pattern: /^[A-Za-z][A-Za-z0-9_]*_$/, noun: "prefix of variables (ends with _)", example: "DEV_" },
  day: {
    pattern: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
    noun: "day (year-month-day)",
    example: "2027-01-31",
  },
  resource: {
    pattern: /^[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9_-]+)?$/,
    noun: "name of a resource",
    example: "buckets, cron.nightly, folders.data, ports.api or recipients",
  },
  route: { pattern: /^\/\S*$/, noun: "path of a URL (begins with /)", example: "/healthz" },
} as const satisfies Record<string, Format>;

/** The format that a schema's pattern belongs to. @param text the pattern as text, slashes around it or not */
export function formatOf(text: string): Format | undefined {
  return Object.values(FORMATS).find(({ pattern }) => text === String(pattern) || text === pattern.source);
}

const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** True when an age recipient of the right shape has a right checksum too (Bech32, BIP 173): a mistyped one has none. */
export function hasRecipientChecksum(recipient: string): boolean {
  const prefix = [..."age"].map((char) => char.charCodeAt(0));
  const data = [...recipient.slice("age1".length)].map((char) => BECH32.indexOf(char));
  let check = 1;
  for (const value of [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    GENERATORS.forEach((generator, bit) => {
      if ((top >>> bit) & 1) check ^= generator;
    });
  }
  return check === 1;
}

/** True for a text that is an Ed25519 public key in canonical base64. */
export function isPublicKey(text: string): boolean {
  return parsePublicKey(text) !== undefined;
}
