/**
 * Which settings may be credentials, and texts that are none any more, or none yet: passwords that stand in every
 * tutorial, and what says that one is still to be put there.
 */

import type { SettingType } from "./setting.ts";

/** Whatever a setting of such a type is called, its whole value is no credential. */
export const NO_CREDENTIALS: ReadonlySet<SettingType> = new Set([
  "boolean",
  "enum",
  "integer",
  "number",
  "port",
  "duration",
  "size",
  "cidr",
]);

/** Names of settings whose value is a credential, if they say so at their end; `DBPASSWORD` says so too. */
export const CREDENTIAL_NAME =
  /(?:PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY(?:_ID)?|PRIVATE_KEY(?:_ID)?|SECRET_KEY|SIGNING_KEY|ENCRYPTION_KEY|CREDENTIALS?|DSN)$/i;

/** Names of what stands beside a credential, though it may be declared as a secret: who, where or how, not with which key. */
export const BESIDE_NAME =
  /(?:USER|USERNAME|LOGIN|NAME|STRATEGY|BACKEND|ALGORITHM|REGION|EMAIL|(?:^|_)(?:HOST|PORT|PATH))$/i;

const WELL_KNOWN =
  /^(?:admin(?:istrator)?|changeit|default|demo|dev(?:elopment)?|dummy|example|fake|guest|letmein|local|minio(?:admin)?|mock|mongo|mysecretpassword|mysql|p@ssw0rd|pass|passw0rd|password\d*|postgres|qwerty|rabbitmq|redis|root|sa|secret|supersecret|test(?:ing)?|toor|user|welcome|1234\d*|none|null|undefined)$/i;

const PLACEHOLDER =
  /^<[^<>]*>$|^\[(?=[^\]]*[a-z])[^[\]",]*\]$|^x{3,}$|^\*+$|^\.{3}$|^(?:to[-_ ]?do|tbd|fix[-_ ]?me)$|changeme|(?<!ex)change[-_ ]?(?:me|this|it)(?![a-z])|replace[-_ ]?(?:me|this|with)(?![a-z])|^your[-_ ]|[-_ ]your[-_ ](?:.*[-_ ])?(?:key|secret|token|password)|[-_ ]here$|^insert[-_ ]|^put[-_ ]|^(?:example|sample|placeholder|dummy)(?:[-_ ]|$)/i;

/** A password that everybody knows, wherever it is used. */
export function isWellKnown(text: string): boolean {
  return WELL_KNOWN.test(text.trim());
}

/** A value that still has to be filled in. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}

/** `<from-secrets-manager>` and the like: what stands where somebody meant to put a value, of whatever sort. */
export function isUnfilled(text: string): boolean {
  return /^\s*<[^<>]+>\s*$/.test(text);
}

const URL_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^\s/]*?:([^\s]+)@/i;
const PAIR_PASSWORD = /(?:^|[;\s])(?:password|pwd)\s*=\s*([^;\s]+)/i;

/** The password inside a connection string, as a URL or as `Password=…;`. */
export function passwordIn(text: string): string | undefined {
  return URL_PASSWORD.exec(text)?.[1] ?? PAIR_PASSWORD.exec(text)?.[1];
}

const SHORTEST_TELLING = 8;
/** A secret of letters alone may be an ordinary word. */
const SHORTEST_LETTERS = 16;

/** True for a secret that can be told from ordinary text, so that looking for it finds it and nothing else. */
export function isTelling(secret: string): boolean {
  if (isWellKnown(secret) || isPlaceholder(secret)) return false;
  return secret.length >= (/^[a-z]+$/i.test(secret) ? SHORTEST_LETTERS : SHORTEST_TELLING);
}
