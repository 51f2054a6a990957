/**
 * The only way a value reaches the page. Shown are switches, small numbers, quantities, words from a closed list and
 * hosts of URLs; everything else appears as its shape. So a secret under a harmless name stays unseen as well.
 */

import { isPlaceholder } from "../model/credential-text.ts";
import { credentialShapeIn } from "../model/provider-format.ts";
import { shownHost, splitUrl } from "./endpoint.ts";
import { environmentOf } from "./environment-name.ts";
import { isReference, isSecretName, looksRandom } from "./secret-shape.ts";

const WORDS = new Set(
  (
    "true false yes no on off enabled disabled always never debug info notice warn warning error critical fatal trace " +
    "verbose silent none json text pretty plain memory redis memcached file console stdout stderr http https tcp udp tls " +
    "ssl require prefer disable allow verify-ca verify-full postgres postgresql mysql mariadb sqlite sqlite3 mongodb " +
    "lax strict rolling recreate basic full partial detailed minimal standard low medium high auto manual utc " +
    "hs256 hs384 hs512 rs256 rs384 rs512 es256 eddsa sandbox"
  ).split(" "),
);

const QUANTITY = /^[+-]?\d{1,6}(?:\.\d{1,3})?\s?(?:ms|s|m|h|d|w|[kmgt]?i?b|[kmg]i?|%)?$/i;
const REGION =
  /^[a-z]{2}(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d[a-z]?$/;
/** Sizes of machines in clouds: `db.t3.large`, `cache.r7g.large`. */
const INSTANCE_CLASS =
  /^(?:db\.|cache\.)?[a-z]{1,3}\d[a-z]{0,3}\.(?:nano|micro|small|medium|large|\d{0,2}xlarge)$/;
const CIDR = /^(?:10|172|192)(?:\.\d{1,3}){3}\/\d{1,2}$/;
const PLAIN = [QUANTITY, REGION, INSTANCE_CLASS, CIDR];

function shape(value: string): string {
  const lines = value.split("\n").length;
  if (lines > 1) return `text of ${lines} lines`;
  return `text of ${value.length} character${value.length === 1 ? "" : "s"}`;
}

/** A secret's shape: the prefix that names its provider, if any, and its length. */
export function maskedShape(value: string): string {
  const provider = credentialShapeIn(value);
  return provider ? `${provider.prefix}…, ${value.length} characters` : shape(value);
}

/** What of a value may be seen by anybody. */
export function shownValue(name: string, value: string): string {
  if (value === "") return "empty";
  if (isPlaceholder(value)) return "a placeholder";
  if (isReference(value)) return "a reference";
  if (isSecretName(name)) return `a secret, ${shape(value)}`;
  if (WORDS.has(value.toLowerCase()) || PLAIN.some((form) => form.test(value))) {
    return value;
  }
  const word = value.length <= 16 && /^[a-z-]+$/.test(value) ? environmentOf(value) : undefined;
  if (word && value.split("-").length === 1) return value;
  const url = splitUrl(value);
  const host = url && shownHost(url.host);
  if (url && host && /^[a-z0-9+]{2,14}$/.test(url.scheme))
    return `${url.scheme}://${host}${url.port && `:${url.port}`}`;
  if (/_?(?:HOST|HOSTNAME|DOMAIN(?:_NAME)?)$/i.test(name)) return shownHost(value) ?? shape(value);
  return shape(value);
}

/** A foreign text that a terminal must not obey. */
export function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** A key's name, unless it looks like a value that slipped into a name's place (a line of a broken private key). */
export function shownName(name: string): string {
  const whole =
    name.split("_").some((part) => looksRandom(part)) || (!name.includes("_") && looksRandom(name));
  return whole || credentialShapeIn(name) ? "[name not shown]" : withoutControls(name);
}
