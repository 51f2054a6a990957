/**
 * What on this machine may open a secrets file. An environment's own identity is always tried; the others only where
 * the file says that it is encrypted to them, so that somebody's key is not held against the files of environments
 * that are not theirs. Nobody is asked for a passphrase or a data key while something else opens the file.
 */
import { join } from "node:path";
import type { RingfenceError } from "../base/error.ts";
import type { Environment } from "../model/project.ts";
import {
  canonicalRecipient,
  type FileKey,
  listSecrets,
  prepareDataKey,
  recipientOf,
  secretsErrors,
  type WrappedKeys,
  wrappedKeys,
} from "../secrets/index.ts";
import { identityPath } from "../snapshot/home.ts";
import type { App } from "./app.ts";
import { heldIdentity, heldPath } from "./break-glass/held.ts";
import {
  type Locked,
  type Machine,
  otherPlaces,
  ownPlace,
  type Place,
  peopleHere,
  personIdentityPath,
  placeAt,
  sshKeyPath,
} from "./identity-places.ts";
import { type Answered, answerTo } from "./key-answers.ts";
import type { Opener } from "./openings.ts";
import { unlocked } from "./passphrase.ts";
import { readTextIfThere } from "./project.ts";
import { undeclaredRefusal } from "./service-keys.ts";

/** So long a key service may take to open a file. */
const KEY_SERVICE_MS = 15_000;

/** A secrets file as it was read. */
interface SecretsText {
  /** Relative to the project's root. */
  readonly file: string;
  readonly text: string;
}

/** What opens one secrets file, as far as that can be told without opening it. */
export interface Openers {
  readonly identities: readonly string[];
  /** What a key service gave; no identity is needed then. */
  readonly dataKey: Uint8Array | undefined;
  /** Nothing here is meant by the file, so that there is no use in trying. */
  readonly isShut: boolean;
  /** Every place that was looked at, for errors. */
  readonly lookedIn: readonly string[];
  /** What opens it stays on this machine, and nobody has to be asked for it. */
  readonly isLasting: boolean;
  /** Why something that might have opened it could not be used. */
  readonly refusal: RingfenceError | undefined;
  /** What the file is encrypted to of all that; the environment's own where it is to nothing here. */
  readonly kind: Opener;
}

const isWrong = (error: RingfenceError) => error.code !== "SECRETS_IDENTITY_LOCKED";

/** What a locked file holds; asks for its passphrase where that was not done yet. */
function unlockedAt(app: Machine, locked: Locked): Answered<readonly string[]> {
  return answerTo(app.keys.unlocked, locked.at, () => unlocked(app, locked), isWrong);
}

/**
 * The identities of a file; asks for the passphrase where one protects it.
 *
 * @throws SECRETS_IDENTITY_LOCKED where nobody says it; SECRETS_BAD_IDENTITY, SNAPSHOT_KEY_UNUSABLE
 */
export function identitiesAt(app: Machine, path: string): readonly string[] {
  const { identities, locked, refusal } = placeAt(path);
  if (refusal) throw refusal;
  if (locked === undefined) return identities;
  const answer = unlockedAt(app, locked);
  if ("refusal" in answer) throw answer.refusal;
  return answer.got;
}

/** The first identity of a locked file that was opened in this process already; nobody is asked. */
export function unlockedHere(app: Pick<App, "keys">, path: string): string | undefined {
  const answer = app.keys.unlocked.get(path);
  return answer && "got" in answer ? answer.got[0] : undefined;
}

interface Found {
  readonly identities: readonly string[];
  readonly kind: Opener | undefined;
  readonly isLasting: boolean;
  readonly refusal: RingfenceError | undefined;
}

/** The first locked place that holds one of the file's identities. */
function foundLocked(app: Machine, places: readonly Place[], isMeant: (one: string) => boolean): Found {
  let refusal = places.find((place) => place.refusal)?.refusal;
  for (const { locked, kind } of places) {
    if (locked === undefined) continue;
    const answer = unlockedAt(app, locked);
    if ("refusal" in answer) refusal ??= answer.refusal;
    else if (answer.got.some(isMeant))
      return { identities: answer.got.filter(isMeant), kind, isLasting: false, refusal: undefined };
  }
  return { identities: [], kind: undefined, isLasting: false, refusal };
}

/** Keys that a key service might open what the identities at hand don't by. */
function keysToAsk(app: Machine, { groups, threshold }: WrappedKeys, isOpen: boolean): FileKey[] {
  if (isOpen && threshold === 1) return [];
  const known = app.keyServices.flatMap(({ services }) => services);
  return groups.flat().filter(({ service }) => known.includes(service));
}

/** Whether these recipients open a file without anybody else: of several key groups so many are needed. */
function openAlone({ groups, threshold }: WrappedKeys, recipients: readonly string[]): boolean {
  const isAmong = ({ service, name }: FileKey) =>
    service === "age" && recipients.includes(canonicalRecipient(name));
  return groups.filter((group) => group.some(isAmong)).length >= threshold;
}

/** What a key service gave. Only those of keys that the manifest declares are asked. */
function dataKeyFor(
  app: Machine,
  environment: Environment,
  secrets: SecretsText,
  opening: {
    readonly wrapped: WrappedKeys;
    readonly identities: readonly string[];
    readonly isOpen: boolean;
  },
): Answered<Uint8Array | undefined> {
  const { wrapped, identities, isOpen } = opening;
  const { keys: declared } = environment;
  const keys = keysToAsk(app, wrapped, isOpen);
  const foreign = keys.filter(({ id }) => !declared.includes(id));
  const how = { file: secrets.file, identities, services: app.keyServices, declared };
  const answer: Answered<Uint8Array | undefined> =
    foreign.length === keys.length
      ? { got: undefined }
      : answerTo(app.keys.dataKeys, [wrapped.digest, ...declared].join(" "), () =>
          prepareDataKey(secrets.text, how, AbortSignal.timeout(KEY_SERVICE_MS)),
        );
  const isShut = "got" in answer && !answer.got && !isOpen;
  return isShut && foreign.length > 0
    ? { refusal: undeclaredRefusal(environment, secrets.file, foreign) }
    : answer;
}

/** The environment's own, where it was handed out for a time that is not over. */
function handedOut(app: Machine, environment: Environment): Place[] {
  const held = heldIdentity(app, environment);
  if (!held) return [];
  const { operation, identity } = held;
  const name = heldPath(app, environment);
  return [{ name, kind: { operation }, identities: [identity], isLasting: false }];
}

/**
 * What to open a secrets file of the environment with. Called where {@link answering} stands around, since it may have
 * to ask for a passphrase or a data key.
 *
 * @throws SNAPSHOT_KEY_UNUSABLE for a key file that others may read; SECRETS_BAD_IDENTITY, SECRETS_WRONG_PASSPHRASE;
 * SECRETS_MALFORMED, SECRETS_UNSUPPORTED
 */
export function openersFor(app: Machine, environment: Environment, secrets: SecretsText): Openers {
  const { recipients } = listSecrets(secrets.text, secrets);
  const own = ownPlace(app, environment, recipients);
  const others = [...otherPlaces(app, recipients), ...handedOut(app, environment)];
  const isMeant = (identity: string) => recipients.includes(recipientOf(identity));
  const meant = others.map((place) => ({ ...place, identities: place.identities.filter(isMeant) }));
  const plain = [...own.identities, ...meant.flatMap(({ identities }) => identities)];
  const wrapped = wrappedKeys(secrets.text, secrets);
  // One that the file is not encrypted to opened nothing, wherever it lies.
  const staying = [own, ...meant]
    .filter(({ isLasting }) => isLasting)
    .flatMap(({ identities }) => identities);
  const lasting = openAlone(wrapped, staying.map(recipientOf));
  const opening = [own, ...meant].find(({ identities }) => identities.some(isMeant));
  const found: Found = opening
    ? { identities: plain, kind: opening.kind, isLasting: lasting, refusal: undefined }
    : foundLocked(app, [own, ...others], isMeant);
  const isOpen = found.identities.length > 0;
  // An own identity that the file does not name is tried all the same: that says what is wrong.
  const identities = isOpen ? found.identities : plain;
  const answer = dataKeyFor(app, environment, secrets, { wrapped, identities, isOpen });
  const dataKey = "got" in answer ? answer.got : undefined;
  const refusal = found.refusal ?? ("refusal" in answer ? answer.refusal : undefined);
  return {
    identities,
    dataKey,
    isShut: !dataKey && (identities.length === 0 || (!isOpen && refusal !== undefined)),
    lookedIn: [own, ...others].map(({ name }) => name),
    isLasting: found.isLasting && !dataKey,
    refusal,
    kind: found.kind ?? (dataKey ? "key-service" : "environment"),
  };
}

/**
 * The error for secrets of an environment that nothing on this machine opens.
 *
 * @param what can't be done, and why not
 * @param text the file's, where it is not the one that lies there
 */
export function noIdentity(
  app: Machine,
  environment: Environment,
  { what, file, text }: { readonly what: string; readonly file: string; readonly text?: string },
): Error {
  const { name } = environment;
  const content = text ?? readTextIfThere(join(app.project.root, file));
  const { refusal, lookedIn } =
    content === undefined
      ? {
          refusal: undefined,
          lookedIn: [ownPlace(app, environment, []), ...otherPlaces(app, [])].map((one) => one.name),
        }
      : openersFor(app, environment, { file, text: content });
  if (refusal) return refusal;
  return secretsErrors.SECRETS_NO_IDENTITY({
    what,
    where: file,
    why: `no identity of ${name} was found; looked in: ${lookedIn.join(", ")}`,
    fix: `ringfence secret recipients list -e ${name}   # shows who can open it; one of them lets you in: ringfence secret recipients add person:YOU -e ${name}`,
    details: { environment: name, lookedIn },
  });
}

/** Files whose change can make other identities be there, for what is compiled from opened secrets. */
export function identityFiles(
  app: Pick<App, "home" | "project" | "variables">,
  environment: Environment,
): string[] {
  const { home, project } = app;
  const ssh = environment.recipients.some((one) => one.startsWith("ssh-")) ? [sshKeyPath(app)] : [];
  const personal = peopleHere(home).map((name) => personIdentityPath(home, name));
  const handedOut = heldPath({ home, project }, environment);
  return [identityPath(home, project.name, environment.name), ...personal, ...ssh, handedOut];
}
