/** Everything that one environment claims: from its settings, and from what the manifest declares as its own. */
import type { Place } from "../base/place.ts";
import { isUnfilled } from "../model/credential-text.ts";
import { type ComparedParts, SHARED_KINDS, type SharedKind } from "../model/isolation.ts";
import type { DeclaredResource } from "../model/resource.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { addressIn, normalHost } from "./address.ts";
import type { Claim, EnvironmentFacts, Fingerprint, Found, Reader, RealPath, Surroundings } from "./claim.ts";
import { credentials, isWeakSecret, references } from "./credentials.ts";
import { databaseIn, databases } from "./databases.ts";
import { cron, firewall, folders, hosts, networks, ports, serviceAccounts } from "./machine.ts";
import {
  ANY_BROKER,
  bases,
  brokerHosts,
  bucketIn,
  buckets,
  isBroker,
  queueIn,
  queues,
  webhookIn,
  webhooks,
} from "./stores.ts";

/** How claims are made, the same for all environments of a proof. */
export interface ClaimTools {
  readonly fingerprint: Fingerprint;
  readonly realPath: RealPath;
}

/** What an environment claims, and what of it was looked at. */
export interface EnvironmentClaims {
  readonly facts: EnvironmentFacts;
  readonly claims: readonly Claim[];
  readonly compared: ComparedParts;
  /** Hosts of the brokers that may keep its queues; empty where they are not known. */
  readonly brokers: ReadonlySet<string>;
}

const READERS: readonly Reader[] = [
  references,
  credentials,
  databases,
  buckets,
  queues,
  bases,
  webhooks,
  folders,
  ports,
  networks,
  firewall,
  cron,
  serviceAccounts,
  hosts,
];

/** Where the value that counts is written; a source without lines is named by its word. */
function placeOf({ history, declaration }: ResolvedSetting): Place {
  const winner = history.find(({ wins }) => wins);
  return winner?.place ?? declaration?.place ?? { file: "the manifest", line: 0, column: 0 };
}

function claimOf(found: Found, subject: string, place: Place): Claim {
  const { kind, key, shown, isPart = false, isLocal = false, isShareable = false } = found;
  return { kind, key, shown, subject, place, isPart, isSecret: false, isLocal, isShareable };
}

/** A word of a placeholder in it makes nothing unreadable: only a credential of that sort proves nothing. */
function isReadable({ text, sealed, set }: ResolvedSetting): boolean {
  return set && !sealed && text !== "" && !isUnfilled(text);
}

/** Unlike what is readable, also a secret that is still to be filled in. */
function isWeak(setting: ResolvedSetting): boolean {
  return setting.set && !setting.sealed && setting.text !== "" && isWeakSecret(setting);
}

/** An address that was misread may have a password anywhere. */
function isShowable(text: string): boolean {
  return addressIn(text)?.isUnderstood ?? true;
}

/** What stands in the setting itself comes before what it takes from others. */
function settingClaims(setting: ResolvedSetting, around: Surroundings): Claim[] {
  const isComposed = setting.references.length > 0;
  const isShown = !setting.secret && isShowable(setting.text);
  return READERS.flatMap((reader) => reader(setting, around)).map((found) => {
    const claim = claimOf(found, setting.name, placeOf(setting));
    return {
      ...claim,
      shown: isShown ? claim.shown : undefined,
      isSecret: setting.secret && !isComposed,
      isPart: claim.isPart || isComposed,
    };
  });
}

function firstOf(...found: readonly (readonly Found[] | undefined)[]): readonly Found[] {
  return found.find((one) => one !== undefined && one.length > 0) ?? [];
}

function resourceIn({ kind, text }: DeclaredResource, around: Surroundings): readonly Found[] {
  const own = (sort: SharedKind, key = text): readonly Found[] => [{ kind: sort, key, shown: text }];
  switch (kind) {
    case "databases":
      return firstOf(databaseIn(text, around), own("database", `any://${text}`));
    case "buckets":
      return firstOf(bucketIn(text), own("bucket", `any://${text.toLowerCase()}`));
    case "queues":
      return firstOf(queueIn(text), own("queue", `${ANY_BROKER} ${text}`));
    case "webhooks":
      return firstOf(webhookIn(text), own("webhook"));
    case "hosts":
      return own("host", normalHost(text));
    case "logs":
      return own("file", around.realPath(text));
    case "networks":
      return own("network");
    case "firewall":
      return own("firewall");
    case "serviceAccounts":
      return own("service account", text.toLowerCase());
    case "cron":
      return own("cron", text.trim());
  }
}

/** Declared as its own, or kept for it elsewhere: no other may use it, on whatever machine. */
function declaredClaims(facts: EnvironmentFacts, around: Surroundings): Claim[] {
  const resources = facts.resources.flatMap((resource) =>
    resourceIn(resource, around).map((found) =>
      claimOf({ ...found, isLocal: false, isPart: false }, resource.name, resource.place),
    ),
  );
  const folder = facts.folders.map(({ name, path, place }) =>
    claimOf({ kind: "folder", key: around.realPath(path), shown: path }, `folders.${name}`, place),
  );
  const service = facts.services.map(({ name, port, place }) =>
    claimOf({ kind: "port", key: String(port), shown: String(port) }, `ports.${name}`, place),
  );
  const recipient = facts.recipients
    .filter(({ isPerson }) => !isPerson)
    .map((fact) =>
      claimOf({ kind: "recipient", key: fact.recipient, shown: fact.recipient }, "recipients", fact.place),
    );
  const kept = facts.kept.map(({ subject, place, key }) => ({
    ...claimOf({ kind: "secret reference", key }, subject, place),
    isSecret: true,
  }));
  return [...kept, ...recipient, ...resources, ...folder, ...service];
}

function countsOf(claims: readonly Claim[]): ComparedParts["parts"] {
  const counts = SHARED_KINDS.map((kind) => {
    const keys = claims.filter((claim) => claim.kind === kind).map(({ key }) => key);
    return [kind, new Set(keys).size] as const;
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Where one broker is not understood none is known to differ: the queue may be on that one. */
function brokersOf(settings: readonly ResolvedSetting[]): Set<string> {
  const brokers = settings.filter(({ name }) => isBroker(name)).map(({ text }) => brokerHosts(text));
  return new Set(brokers.every((hosts) => hosts !== undefined) ? brokers.flat() : []);
}

/** Reads all claims of an environment. What can't be opened claims nothing: the proof says that it is unknown. */
export function claimsOf(
  facts: EnvironmentFacts,
  services: readonly string[],
  { fingerprint, realPath }: ClaimTools,
): EnvironmentClaims {
  const readable = facts.settings.filter(isReadable);
  const texts = new Map(readable.map(({ name, text }) => [name, text]));
  const around: Surroundings = {
    fingerprint,
    realPath,
    text: (name) => texts.get(name),
    dataFolder: facts.folders.find(({ name }) => name === "data")?.path,
    services,
  };
  const own = readable.map((setting) => ({ setting, claims: settingClaims(setting, around) }));
  const claims = [...own.flatMap((one) => one.claims), ...declaredClaims(facts, around)];
  return {
    facts,
    claims,
    brokers: brokersOf(readable),
    compared: {
      environment: facts.name,
      parts: countsOf(claims),
      settings: facts.settings.length,
      plain: own.filter((one) => one.claims.length === 0).length,
      weak: facts.settings.filter(isWeak).map(({ name }) => name),
    },
  };
}
