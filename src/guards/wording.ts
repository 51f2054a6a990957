/** How contaminations and notes are said, and what mends them. Quotes only what a claim lets be shown. */
import type { SharedKind } from "../model/isolation.ts";
import type { Claim } from "./claim.ts";

/** Continues "both use …". */
const NOUNS: Readonly<Record<SharedKind, string>> = {
  credential: "the same credential",
  "secret reference": "the same entry of a secret store",
  recipient: "the same recipient of secrets",
  prefix: "a variable of the other's",
  database: "the same database",
  cache: "the same Redis database",
  bucket: "the same bucket",
  queue: "the same queue or virtual host",
  base: "the same base",
  webhook: "the same webhook",
  account: "the same user on the same server",
  "service account": "the same service account",
  host: "the same host, which one of them declares as its own",
  port: "the same port",
  folder: "the same folder, or one inside of the other's",
  file: "the same file, or one inside of the other's folder",
  network: "networks that overlap",
  firewall: "the same firewall rule or security group",
  cron: "slots in which both would start",
};

const CODES: Readonly<Record<SharedKind, string>> = {
  credential: "ISOLATION_CREDENTIAL",
  "secret reference": "ISOLATION_CREDENTIAL",
  recipient: "ISOLATION_RECIPIENT",
  prefix: "ISOLATION_PREFIX",
  database: "ISOLATION_DATA",
  cache: "ISOLATION_DATA",
  bucket: "ISOLATION_DATA",
  queue: "ISOLATION_DATA",
  base: "ISOLATION_DATA",
  folder: "ISOLATION_DATA",
  file: "ISOLATION_DATA",
  webhook: "ISOLATION_ENDPOINT",
  host: "ISOLATION_ENDPOINT",
  port: "ISOLATION_ENDPOINT",
  account: "ISOLATION_ACCOUNT",
  "service account": "ISOLATION_ACCOUNT",
  network: "ISOLATION_NETWORK",
  firewall: "ISOLATION_NETWORK",
  cron: "ISOLATION_SCHEDULE",
};

/** The code of a contamination of that kind. */
export function codeOf(kind: SharedKind): string {
  return CODES[kind];
}

function shownBoth(a: Claim, b: Claim): string {
  if (a.shown === undefined || b.shown === undefined) return "";
  return a.shown === b.shown ? ` (${a.shown})` : ` (${a.shown}, ${b.shown})`;
}

/** What two claims share, as it goes into a sentence. */
export function sharedThing(a: Claim, b: Claim): string {
  return `${NOUNS[a.kind]}${shownBoth(a, b)}`;
}

/** Texts of a list with commas and an `and`. */
export function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

function isResource({ subject, kind }: Claim): boolean {
  return kind === "recipient" || /^[a-z][A-Za-z]*(?:\.|$)/.test(subject);
}

/** `kms:arn:…` and the like; an age recipient and an SSH key have no service before them. */
function isServiceKey({ key }: Claim): boolean {
  return /^[a-z_]+:/.test(key);
}

/** What ends it, said for the side that is easier to change: the first, which stands lower in the pipeline as a rule. */
export function fixFor(a: Claim, b: Claim, environment: string, manifest: string): string {
  if (a.kind === "prefix") return `move it to a source of its own environment, or rename it`;
  if (a.kind === "recipient" && isServiceKey(a)) {
    return `ringfence secret recipients apply -e ${environment} --drop-keys   # once keys in ${manifest} names it no more`;
  }
  if (a.kind === "recipient") {
    return `ringfence identity create -e ${environment}   # after the shared recipient was taken out of ${manifest}`;
  }
  const claim = isResource(a) && !isResource(b) ? b : a;
  if (isResource(claim))
    return `give ${environment} one of its own, and change ${claim.subject} in ${manifest}`;
  if (claim.isSecret || a.kind === "credential") {
    return `ringfence secret set ${claim.subject} -e ${environment}   # a new one, made for ${environment} alone`;
  }
  return `ringfence config set ${claim.subject} VALUE -e ${environment}   # one of its own`;
}
