/**
 * What is a secret, by its name and by its value. Provider formats are those that the providers publish; everything
 * else is a guess from the characters, and the page says so by calling it what it looks like.
 */

import { isPlaceholder, passwordIn } from "../model/credential-text.ts";
import { credentialShapeIn } from "../model/provider-format.ts";

const WORDS =
  /(?:^|_)(?:PASSWORDS?|PASSWD|PASSPHRASE|PWD|PASS|SECRETS?|TOKENS?|APIKEY|KEY|CREDENTIALS?|DSN|SALT|PEPPER|PAT|AUTH|COOKIE)(?=_|$)|(?:PASSWORD|SECRET|TOKEN|APIKEY)$/;
/** With one of these at its end a name is about a secret, but holds none. */
const ABOUT =
  /_(?:ID|IDS|PATH|FILE|DIR|NAME|TTL|AGE|LENGTH|SIZE|COUNT|MIN|MAX|MINUTES|SECONDS|HOURS|DAYS|MS|EXPIRY|EXPIRES(?:_IN)?|EXPIRATION|LIFETIME|ROTATION|ALGORITHM|ALG|TYPE|FORMAT|HEADER|PREFIX|ENABLED|REQUIRED|URL|URI|ENDPOINT|HOST|PORT|ISSUER|AUDIENCE|METHOD|MODE|PROVIDER|REGION|ARN|VERSION|FROM|REF)$/;
const PUBLIC =
  /(?:^|_)(?:PUBLIC|PUBLISHABLE|PRIMARY|FOREIGN|SORT|PARTITION|CACHE|IDEMPOTENCY|OBJECT|SITE)_(?:KEY|TOKEN)S?$|KEYBOARD/;

/** True for a name whose value nobody should see: `DB_PASSWORD`, `SENTRY_DSN`, `JWT_SECRET_KEY`. */
export function isSecretName(name: string): boolean {
  const upper = name.toUpperCase();
  return WORDS.test(upper) && !ABOUT.test(upper) && !PUBLIC.test(upper);
}

const REFERENCE =
  /^\$\{[^}]*\}$|^\$\([^)]*\)$|^\$[A-Za-z_]\w*$|^\{\{.*\}\}$|^ENC\[|^encrypted:|^arn:aws[\w-]*:(?:secretsmanager|ssm):|^(?:op|vault|ref\+\w+|awssm|gcpsm|secret|doppler|keyvault|azurekv):|^(?:projects\/[^/]+\/secrets\/)|^%[A-Z_(]|^@Microsoft\.KeyVault/;

/** A value that only says where the real one is. */
export function isReference(value: string): boolean {
  return REFERENCE.test(value.trim());
}

/** Bits of information a character, by the frequency of its characters (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

const SHORTEST_RANDOM = 20;
const RANDOM_BITS = 3.5;
const MIXED_BITS = 4.2;

/** True for text that no person wrote: long, without spaces, letters and digits mixed. */
export function looksRandom(text: string): boolean {
  if (text.length < SHORTEST_RANDOM || !/^[A-Za-z0-9+/=_.~-]+$/.test(text)) return false;
  if (/^[0-9a-f-]+$/i.test(text)) return /\d/.test(text) && /[a-f]/i.test(text) && entropy(text) > 3;
  if (!/\d/.test(text)) return /[a-z]/.test(text) && /[A-Z]/.test(text) && entropy(text) > MIXED_BITS;
  const mixed = /[a-z]/.test(text) && /[A-Z]/.test(text);
  // Names joined by separators (`eu-west-1-shop-bucket-2`) are long as well, but made of words.
  const words = text.split(/[-_./]/);
  if (!mixed && words.length > 2 && words.every((word) => /^[a-z]*$|^\d{0,4}$/i.test(word))) return false;
  return entropy(text) > (mixed ? RANDOM_BITS : MIXED_BITS - 0.4);
}

/** Names that hold long random texts which are no secrets. */
const PUBLIC_NAME =
  /(?:SHA|DIGEST|CHECKSUM|COMMIT|REVISION|FINGERPRINT|PUBLIC|INTEGRITY|IMAGE|UUID|ARN|_ID|VERSION|HASH)(?:_|$)/i;

const SHORTEST_BY_NAME = 4;

/** What makes a value a secret in plain sight: undefined for what is none, only a placeholder, or a reference. */
export function secretKind(name: string, value: string): string | undefined {
  if (value === "" || isPlaceholder(value) || isReference(value)) return undefined;
  const provider = credentialShapeIn(value);
  if (provider) return provider.what;
  const password = passwordIn(value);
  if (password !== undefined) {
    return isPlaceholder(password) || isReference(password) || /\$\{[^}]*\}/.test(password)
      ? undefined
      : "password in a connection string";
  }
  // A template is filled in elsewhere; a list of words or a number with a unit is no credential.
  if (
    isSecretName(name) &&
    value.length >= SHORTEST_BY_NAME &&
    !/^(?:true|false|\d{1,6}[a-z]{0,2})$/i.test(value)
  ) {
    return /\$\{[^}]*\}|\s.*\s/.test(value) ? undefined : "secret by its name";
  }
  return looksRandom(value) && !PUBLIC_NAME.test(name) && !/^[./]|:\/\//.test(value) && SEPARATE.test(value)
    ? "random text"
    : undefined;
}

/** Dotted names and versions are no random texts. */
const SEPARATE = /^[^.]*$|[A-Z].*[A-Z]/;
