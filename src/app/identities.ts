/**
 * The identities on this machine: where they are looked for, and which of them may open a secrets file. An environment's
 * own identity is always tried; the others only where the file says that it is encrypted to them, so that somebody's
 * key is not held against the files of environments that are not theirs.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isRingfenceError, systemCode } from "../base/error.ts";
import type { Environment } from "../model/project.ts";
import { parseIdentities, recipientOf, secretsErrors } from "../secrets/index.ts";
import { identityMaterial, identityPath, readKeyFile } from "../snapshot/home.ts";
import { peopleFolder } from "./actor.ts";
import type { App } from "./app.ts";
import { heldIdentity, heldPath } from "./break-glass/held.ts";
import type { Opener } from "./openings.ts";

const ENDING = ".identity";

/** The identities that can be tried on one secrets file. */
export interface Keyring {
  /** `AGE-SECRET-KEY-1…`; none where nothing here is meant by the file. */
  readonly identities: readonly string[];
  /** Every place that was looked at, for errors. */
  readonly lookedIn: readonly string[];
  /** True when one that stays on this machine is among them; a variable's is gone with the process. */
  readonly isLasting: boolean;
  /** Of the first identity that the file is encrypted to; the environment's own where it is to none of them. */
  readonly kind: Opener;
}

interface Place {
  readonly name: string;
  readonly kind: Opener;
  readonly identities: readonly string[];
  readonly isLasting: boolean;
}

/** What the looking depends on. */
type Reader = Pick<App, "home" | "project" | "variables" | "clock">;

/** Where a person's own identity lies on this machine. */
export function personIdentityPath(home: string, person: string): string {
  return join(peopleFolder(home), `${person}${ENDING}`);
}

/** Files of the personal identities that lie here. */
function personIdentityFiles(home: string): string[] {
  const folder = peopleFolder(home);
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
    return files.sort().map((file) => join(folder, file));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
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
      const isOther =
        isRingfenceError(error, "SECRETS_BAD_IDENTITY") || isRingfenceError(error, "SECRETS_UNSUPPORTED");
      if (isOther) return [];
      throw error;
    }
  });
}

function fromText(variable: string, text: string | undefined, isOurs: boolean): Place[] {
  if (!text) return [];
  const identities = isOurs ? parseIdentities(text, variable) : readableOf(text);
  return [{ name: variable, kind: "variable", identities, isLasting: false }];
}

function fromFile(variable: string, file: string | undefined, isOurs: boolean): Place[] {
  if (!file) return [];
  const path = resolve(file);
  const text = readKeyFile(path);
  if (text === undefined)
    return [{ name: `${variable} (${path}, not there)`, kind: "variable", identities: [], isLasting: false }];
  const identities = isOurs ? parseIdentities(text, path) : readableOf(text);
  return [{ name: `${variable} (${path})`, kind: "variable", identities, isLasting: false }];
}

/** Everywhere but the environment's own, in the order in which they are tried. */
function placesOf({ home, variables }: Pick<App, "home" | "variables">): Place[] {
  const personal = personIdentityFiles(home).map((path): Place => {
    return {
      name: path,
      kind: "personal",
      identities: parseIdentities(readKeyFile(path) ?? "", path),
      isLasting: true,
    };
  });
  return [
    ...personal,
    ...fromText("RINGFENCE_IDENTITY", variables.RINGFENCE_IDENTITY, true),
    ...fromFile("RINGFENCE_IDENTITY_FILE", variables.RINGFENCE_IDENTITY_FILE, true),
    ...fromText("SOPS_AGE_KEY", variables.SOPS_AGE_KEY, false),
    ...fromFile("SOPS_AGE_KEY_FILE", variables.SOPS_AGE_KEY_FILE, false),
  ];
}

/** The environment's own, where it was handed out for a time that is not over. */
function handedOut(app: Reader, environment: Environment): Place[] {
  const held = heldIdentity(app, environment);
  if (!held) return [];
  const { operation, identity } = held;
  const name = heldPath(app, environment);
  return [{ name, kind: { operation }, identities: [identity], isLasting: false }];
}

/**
 * The identities to try on a secrets file of the environment.
 *
 * @param recipients whom the file says that it is encrypted to
 * @throws SNAPSHOT_KEY_UNUSABLE for a key file that others may read; SECRETS_BAD_IDENTITY
 */
export function keyringFor(app: Reader, environment: Environment, recipients: readonly string[]): Keyring {
  const { home, project } = app;
  const ownPath = identityPath(home, project.name, environment.name);
  const material = identityMaterial(home, project.name, environment.name);
  const own = material === undefined ? [] : parseIdentities(material, ownPath);
  const places = [...placesOf(app), ...handedOut(app, environment)];
  const isMeant = (identity: string) => recipients.includes(recipientOf(identity));
  const meant = places.map((place) => ({ ...place, identities: place.identities.filter(isMeant) }));
  const opening = own.some(isMeant) ? undefined : meant.find(({ identities }) => identities.length > 0);
  return {
    kind: opening?.kind ?? "environment",
    identities: [...own, ...meant.flatMap(({ identities }) => identities)],
    lookedIn: [ownPath, ...places.map(({ name }) => name)],
    isLasting:
      own.length > 0 || meant.some(({ identities, isLasting }) => isLasting && identities.length > 0),
  };
}

/** The error for secrets of an environment that nothing on this machine opens. @param what can't be done, and why not */
export function noIdentity(
  app: Pick<App, "home" | "project" | "variables">,
  { name }: Environment,
  { what, file }: { readonly what: string; readonly file: string },
): Error {
  const places = [
    identityPath(app.home, app.project.name, name),
    ...placesOf(app).map((place) => place.name),
  ];
  return secretsErrors.SECRETS_NO_IDENTITY({
    what,
    where: file,
    why: `no identity of ${name} was found; looked in: ${places.join(", ")}`,
    fix: `ringfence secret recipients list -e ${name}   # shows who can open it; one of them lets you in: ringfence secret recipients add person:YOU -e ${name}`,
    details: { environment: name, lookedIn: places },
  });
}

/** Files whose change can make other identities be there, for what is compiled from opened secrets. */
export function identityFiles({ home, project }: App, environment: Environment): string[] {
  const handedOut = heldPath({ home, project }, environment);
  return [identityPath(home, project.name, environment.name), ...personIdentityFiles(home), handedOut];
}
