/** The places on this machine where identities lie: what is in each, or why that can't be used now. */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isRingfenceError, type RingfenceError, systemCode } from "../base/error.ts";
import type { Environment } from "../model/project.ts";
import { canonicalRecipient, parseIdentities, parseRecipient, recipientOf } from "../secrets/index.ts";
import { identityPath, isLockedKey, readKeyBytes, readKeyFile } from "../snapshot/home.ts";
import { peopleFolder } from "./actor.ts";
import type { App } from "./app.ts";
import type { Opener } from "./openings.ts";
import { readTextIfThere } from "./project.ts";

const ENDING = ".identity";

/** What the looking depends on. */
export type Machine = Pick<
  App,
  "home" | "project" | "variables" | "clock" | "askPassphrase" | "keys" | "keyServices"
>;

/** Identities under a passphrase. */
export interface Locked {
  /** The file, or the variable. */
  readonly at: string;
  readonly content: Buffer;
}

/** What is in a place that was looked at. */
interface Contents {
  /** For people. */
  readonly name: string;
  /** As `openSecrets` takes them. */
  readonly identities: readonly string[];
  /** False for one that is gone with the process, as a variable is. */
  readonly isLasting: boolean;
  /** Where a passphrase protects what is in it. */
  readonly locked?: Locked;
  /** Why what is there can't be used. */
  readonly refusal?: RingfenceError;
}

/** A place that was looked at. */
export interface Place extends Contents {
  readonly kind: Opener;
}

/** Where a person's own identity lies on this machine. */
export function personIdentityPath(home: string, person: string): string {
  return join(peopleFolder(home), `${person}${ENDING}`);
}

/** People whose identities lie here. */
export function peopleHere(home: string): string[] {
  try {
    const files = readdirSync(peopleFolder(home)).filter((file) => file.endsWith(ENDING));
    return files.sort().map((file) => file.slice(0, -ENDING.length));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Where ssh keeps the key that a person has unless they chose another. */
export function sshKeyPath({ variables }: Pick<App, "variables">): string {
  return join(variables.HOME || homedir(), ".ssh", "id_ed25519");
}

/** Identities that are meant for sops may be of kinds that Ringfence does not read: those are passed over. */
function readableOf(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const candidate = line.trim();
    if (candidate === "" || candidate.startsWith("#")) return [];
    try {
      recipientOf(candidate);
      return [candidate];
    } catch (error) {
      if (isRingfenceError(error)) return [];
      throw error;
    }
  });
}

/** @throws SECRETS_BAD_IDENTITY */
function placeWith(name: string, content: Buffer, at: string, isLasting: boolean): Contents {
  const text = content.toString();
  if (isLockedKey(text)) return { name, identities: [], isLasting: false, locked: { at, content } };
  try {
    return { name, identities: parseIdentities(text, at), isLasting };
  } catch (error) {
    // Others may do; only where none does, this is the reason.
    if (isRingfenceError(error, "SECRETS_IDENTITY_LOCKED"))
      return { name, identities: [], isLasting: false, refusal: error };
    throw error;
  }
}

/** What lies in an identity file, under the name of its path. @throws SNAPSHOT_KEY_UNUSABLE, SECRETS_BAD_IDENTITY */
export function placeAt(path: string): Contents {
  const content = readKeyBytes(path);
  return content ? placeWith(path, content, path, true) : { name: path, identities: [], isLasting: true };
}

function ownVariables({
  RINGFENCE_IDENTITY: text,
  RINGFENCE_IDENTITY_FILE: file,
}: App["variables"]): Contents[] {
  const name = "RINGFENCE_IDENTITY";
  const places = text ? [placeWith(name, Buffer.from(text), name, false)] : [];
  if (!file) return places;
  const path = resolve(file);
  const content = readKeyBytes(path);
  const there = `${name}_FILE (${path})`;
  const missing: Contents = { name: `${name}_FILE (${path}, not there)`, identities: [], isLasting: false };
  return [...places, content ? placeWith(there, content, path, false) : missing];
}

function sopsVariables({ SOPS_AGE_KEY: text, SOPS_AGE_KEY_FILE: file }: App["variables"]): Contents[] {
  const places: Contents[] = [];
  if (text) places.push({ name: "SOPS_AGE_KEY", identities: readableOf(text), isLasting: false });
  if (file) {
    const path = resolve(file);
    const found = readKeyFile(path);
    const name = `SOPS_AGE_KEY_FILE (${path}${found === undefined ? ", not there" : ""})`;
    places.push({ name, identities: found === undefined ? [] : readableOf(found), isLasting: false });
  }
  return places;
}

/** Whether the public half beside an ssh key says that a file is not encrypted to it. */
function isOther(path: string, recipients: readonly string[]): boolean {
  const line = readTextIfThere(`${path}.pub`)?.trim();
  if (!line) return false;
  try {
    return !recipients.includes(canonicalRecipient(parseRecipient(line).text));
  } catch (error) {
    if (isRingfenceError(error, "SECRETS_BAD_RECIPIENT")) return false;
    throw error;
  }
}

/** The person's ssh key, where the file is for one: it is theirs for other purposes, and read for no other file. */
function sshPlaces(app: Machine, recipients: readonly string[]): Contents[] {
  if (!recipients.some((one) => one.startsWith("ssh-"))) return [];
  const path = sshKeyPath(app);
  if (isOther(path, recipients)) return [{ name: path, identities: [], isLasting: true }];
  try {
    return [placeAt(path)];
  } catch (error) {
    if (!isRingfenceError(error)) throw error;
    return [{ name: path, identities: [], isLasting: true, refusal: error }];
  }
}

/** Passed on where the place could be meant at all: nobody is asked for the passphrase of somebody else's identity. */
function unlessLocked(place: Contents, isMeant: boolean): Contents {
  if (place.locked === undefined || isMeant) return place;
  const { locked: _path, ...rest } = place;
  return rest;
}

/** The environment's own identity, which is always tried. */
export function ownPlace(
  { home, project }: Machine,
  environment: Environment,
  recipients: readonly string[],
): Place {
  const place = placeAt(identityPath(home, project.name, environment.name));
  const own = environment.holders.filter(({ kind }) => kind !== "person");
  const isMeant = own.some(({ recipient }) => recipients.includes(recipient));
  return { ...unlessLocked(place, isMeant), kind: "environment" };
}

/** Everywhere but the environment's own, in the order in which they are tried. */
export function otherPlaces(app: Machine, recipients: readonly string[]): Place[] {
  const personal = peopleHere(app.home).map((name) => {
    const { recipient } = app.project.people.find((one) => one.name === name) ?? {};
    const isMeant = recipient !== undefined && recipients.includes(recipient);
    return unlessLocked(placeAt(personIdentityPath(app.home, name)), isMeant);
  });
  const variables = [...ownVariables(app.variables), ...sopsVariables(app.variables)];
  const all = (kind: Opener, places: readonly Contents[]) => places.map((place) => ({ ...place, kind }));
  return [
    ...all("personal", personal),
    ...all("variable", variables),
    ...all("personal", sshPlaces(app, recipients)),
  ];
}
