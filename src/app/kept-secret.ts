/**
 * One secret that another store keeps, for operations that write there: opened, read and written, each with the
 * store's time limit, and again where it can't be reached.
 */
import { isDeepStrictEqual } from "node:util";
import { exactJson, isStructured } from "../base/exact-json.ts";
import { rememberSecret } from "../base/redact.ts";
import { resolve } from "../config/index.ts";
import { type Environment, expandTemplate } from "../model/project.ts";
import type { PendingReference } from "../model/secret-reference.ts";
import type {
  SecretAnswer,
  SecretFound,
  SecretStore,
  SecretWriter,
  SecretWritten,
} from "../ports/secret-store.ts";
import {
  fieldOf,
  fixFor,
  type ReadReference,
  readReference,
  referencesErrors,
  unresolvedError,
} from "../references/index.ts";
import type { App } from "./app.ts";
import type { Context } from "./definition.ts";
import { ownSchemes, referencesOf } from "./reference-values.ts";
import { askStore, assertRunnable, giveBack, storeOf, timeoutOf, tryAgain } from "./references.ts";
import { readLayers, readSecrets, type SecretsState } from "./resolution.ts";

type Room = Pick<Context, "app" | "environment">;

export interface KeptSecret {
  readonly pending: PendingReference;
  readonly read: ReadReference;
  readonly store: SecretStore;
  /** For one call, in milliseconds. */
  readonly timeoutMs: number;
}

/** The reference that gives an environment a secret: the one that wins. Undefined where its value is kept here, or nowhere. */
export function referenceOf(
  app: App,
  environment: Environment,
  name: string,
  secrets: SecretsState = readSecrets(app, environment),
): PendingReference | undefined {
  const { settings } = resolve({
    project: app.project,
    environment,
    layers: readLayers(app, environment),
    secrets: secrets.entries,
    process: {},
    rules: "unasked",
    references: referencesOf(new Map(), app.project, environment),
  });
  const winner = settings.get(name)?.history.find(({ wins }) => wins);
  return winner?.reference === undefined
    ? undefined
    : { setting: name, text: winner.reference, place: winner.place };
}

/**
 * Opens the store that a reference leads to; asks it nothing.
 *
 * @throws REFERENCE_UNWRITABLE for what is no reference; TRUST_REQUIRED before a program would be run
 */
export async function openKept({ app, environment }: Room, pending: PendingReference): Promise<KeptSecret> {
  const { project } = app;
  const read = readReference(expandTemplate(pending.text, environment), ownSchemes(project));
  if (read?.kind !== "reference") {
    throw referencesErrors.REFERENCE_UNWRITABLE({
      what: `${pending.setting} can't be kept there: that is no reference to another store`,
      where: pending.setting,
      why: read?.why,
      fix: read?.fix ?? "name one like vault://kv/shop/{env}/token or aws-sm://shop/token",
    });
  }
  const room = { app, project, environment };
  assertRunnable(room, [{ ...pending, read }]);
  const { scheme } = read.secret;
  const store = await storeOf(room, scheme);
  if (!store) throw new Error(`no store answers ${scheme}, although it was read as a reference`);
  return { pending, read, store, timeoutMs: timeoutOf(project, scheme) };
}

/** Whether two texts are the same secret: stores of structured ones keep their members and digits, not how they are spaced. */
export function isSameSecret(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    const [left, right] = [exactJson(one), exactJson(other)];
    return isStructured(left) && isDeepStrictEqual(left, right);
  } catch {
    return false;
  }
}

/** What the store says of it, of a version of it where one is named. A lease that comes with the answer is given back. */
export async function readKept(
  { app }: Pick<Room, "app">,
  { read, store, timeoutMs, pending }: KeptSecret,
  version?: string,
): Promise<SecretAnswer> {
  const { secret } = read;
  const asked =
    version === undefined
      ? read
      : { ...read, secret: { ...secret, parameters: { ...secret.parameters, version } } };
  const answer = (await askStore(app, store, [asked], timeoutMs)).get(read.key)!;
  if (answer.kind === "found") rememberSecret(answer.text);
  if (answer.kind === "found" && answer.lease)
    await giveBack([{ store, lease: answer.lease, reference: pending.text }]);
  return answer;
}

/** The same. @throws REFERENCE_UNRESOLVED where the store gives none */
export async function mustReadKept(room: Room, kept: KeptSecret, version?: string): Promise<SecretFound> {
  const answer = await readKept(room, kept, version);
  if (answer.kind === "found") return answer;
  const why = `${answer.kind}: ${answer.why}`;
  const fix = answer.fix ?? fixFor(kept.read, answer.kind);
  throw unresolvedError(room.environment.name, [{ ...kept.pending, why, fix }]);
}

/** Reads what a setting would get: its field, where the reference names one. @throws REFERENCE_UNRESOLVED */
export async function assertGiving(room: Room, kept: KeptSecret): Promise<void> {
  const { text } = await mustReadKept(room, kept);
  const field = fieldOf(text, kept.read.field);
  if (field.kind === "value") return;
  const fix = "correct what stands behind the #";
  throw unresolvedError(room.environment.name, [{ ...kept.pending, why: field.why, fix }]);
}

/**
 * One call of the store's writer; every one of them may be made again.
 *
 * @param signal ends the operation's work
 */
export function writeKept(
  { app }: Pick<Room, "app">,
  { store, timeoutMs }: KeptSecret,
  signal: AbortSignal,
  call: (writer: SecretWriter, signal: AbortSignal) => Promise<SecretWritten>,
): Promise<SecretWritten> {
  return tryAgain(app, () => call(store.writer!, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])));
}

/** The error for what the store did not take. */
export function notWritten(
  { environment }: Pick<Room, "environment">,
  { pending }: KeptSecret,
  { kind, why, fix }: Exclude<SecretWritten, { kind: "written" }>,
): Error {
  return referencesErrors.REFERENCE_NOT_WRITTEN({
    what: `${pending.setting} of ${environment.name} was not written to its store`,
    where: pending.text,
    why: `${kind}: ${why}`,
    fix: fix ?? "mend that in the store, or let this caller write there; then run the same command again",
  });
}

/** @throws REFERENCE_UNWRITABLE for a store that takes nothing, and for a reference to one certain version */
export function assertTaking({ pending, read, store }: KeptSecret, fix: string): void {
  const { scheme, parameters } = read.secret;
  const pin = ["version", "stage", "label"].find((name) => parameters[name] !== undefined);
  if (store.writer && pin === undefined) return;
  throw referencesErrors.REFERENCE_UNWRITABLE({
    what: `${pending.setting} can't be written to ${pending.text}`,
    where: pending.setting,
    why:
      pin === undefined
        ? `nothing is written by ${scheme}`
        : `it names one ${pin}, and a new one has another`,
    fix,
  });
}
