/**
 * Writing an environment's secrets file as a step. The plan holds the new file as ciphertext, so that an interrupted
 * change can be finished without the values.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { type Digest, digestOfBytes } from "../base/digest.ts";
import type { Environment } from "../model/project.ts";
import {
  type OpenedSecrets,
  openSecrets,
  type SecretPasts,
  secretsErrors,
  signSecrets,
  writeSecrets,
} from "../secrets/index.ts";
import { highestRevision, raiseRevision } from "../snapshot/home.ts";
import type { App } from "./app.ts";
import type { Context, Step } from "./definition.ts";
import { appErrors } from "./errors.ts";
import { noIdentity, openersFor } from "./identities.ts";
import { readTextIfThere } from "./project.ts";
import { isReferenceIn } from "./reference-values.ts";
import type { SecretsState } from "./resolution.ts";
import { assertSopsRules } from "./sops-rules.ts";

/** So long a key service may take, when a new data key has to be wrapped by it. */
const KEY_SERVICE_MS = 30_000;

/** What happens to a secrets file. JSON, for a plan's facts. */
export interface SecretsChange {
  /** Relative to the project's root. */
  readonly file: string;
  readonly revision: number;
  readonly before: Digest | null;
  readonly after: Digest;
  /** The files' texts: ciphertext. */
  readonly previous: string | null;
  readonly text: string;
}

/** Who writes for which environment. */
export interface Writer extends Pick<Context, "app" | "actor" | "environment"> {
  /** Takes keys of key services that the manifest does not declare out of the file; it is refused otherwise. */
  readonly dropsKeys?: boolean;
}

function assertRecipients(environment: Environment, manifest: string): void {
  if (environment.recipients.length > 0) return;
  throw secretsErrors.SECRETS_BAD_RECIPIENT({
    what: `${environment.name} has no recipients to encrypt to`,
    where: `${manifest}:${environment.place.line} environments.${environment.name}`,
    fix: `ringfence identity create -e ${environment.name}`,
  });
}

/**
 * The file's text with these values, encrypted and signed. A merge driver calls it without an operation.
 *
 * @param file what it is to follow
 * @param pasts what is to be kept beside some of the values
 */
export async function encrypt(
  writer: Writer,
  file: { readonly file: string; readonly text: string | undefined },
  values: Readonly<Record<string, string>>,
  revision: number,
  pasts: SecretPasts = new Map(),
): Promise<string> {
  const { app, environment, actor } = writer;
  const previous = file.text === undefined ? undefined : { file: file.file, text: file.text };
  const openers = previous && openersFor(app, environment, previous);
  const text = await writeSecrets({
    file: file.file,
    binding: { project: app.project.name, environment: environment.name, revision },
    values,
    pasts,
    recipients: environment.recipients,
    now: new Date(app.clock.now()).toISOString(),
    allowed: { declared: environment.keys, others: writer.dropsKeys ? "drop" : "refuse" },
    isShown: isReferenceIn(app.project, environment),
    rewrapping: { services: app.keyServices, signal: AbortSignal.timeout(KEY_SERVICE_MS) },
    ...(openers && !openers.isShut && { previous: { ...previous, ...openers } }),
  });
  if (!environment.policies.signedSecrets && !actor.person) return text;
  return signSecrets(text, actor.name, actor.sign);
}

/** The values of an opened file by name. */
export function valuesOf(opened: OpenedSecrets | undefined): Record<string, string> {
  return Object.fromEntries((opened?.values ?? []).map(({ name, value }) => [name, value]));
}

/**
 * The change that leads a secrets file to these values, at its next revision.
 *
 * @throws SECRETS_NO_IDENTITY for a file that can't be opened here; SECRETS_BAD_RECIPIENT, SECRETS_BAD_NAME,
 * SECRETS_BAD_VALUE; ACCESS_NO_KEY where it has to be signed
 */
export async function secretsChange(
  writer: Writer,
  secrets: SecretsState,
  values: Readonly<Record<string, string>>,
  pasts?: SecretPasts,
): Promise<SecretsChange> {
  const { app, environment } = writer;
  assertWritable(writer, secrets);
  const seen = highestRevision(app.home, app.project.name, environment.name);
  const revision = Math.max(seen, secrets.opened?.binding.revision ?? 0) + 1;
  const text = await encrypt(writer, secrets, values, revision, pasts);
  return changeTo(secrets, revision, text);
}

/** The change that follows one which is only planned yet. @throws as {@link secretsChange} does */
export async function followingChange(
  writer: Writer,
  planned: SecretsChange,
  values: Readonly<Record<string, string>>,
  pasts: SecretPasts,
): Promise<SecretsChange> {
  const revision = planned.revision + 1;
  return changeTo(planned, revision, await encrypt(writer, planned, values, revision, pasts));
}

function changeTo(
  before: { readonly file: string; readonly text: string | undefined },
  revision: number,
  text: string,
): SecretsChange {
  return {
    file: before.file,
    revision,
    before: before.text === undefined ? null : digestOfBytes(before.text),
    after: digestOfBytes(text),
    previous: before.text ?? null,
    text,
  };
}

/** What a planned file holds. @throws SECRETS_NO_IDENTITY, SECRETS_… */
export function openPlanned(
  { app, environment }: Pick<Writer, "app" | "environment">,
  { file, text }: SecretsChange,
): OpenedSecrets {
  const expect = { project: app.project.name, environment: environment.name };
  return openSecrets(text, { ...openersFor(app, environment, { file, text }), file, expect });
}

/** @throws SECRETS_NO_IDENTITY, SECRETS_BAD_RECIPIENT, SECRETS_RULES_DISAGREE: nobody has to be asked for a value before */
export function assertWritable(
  { app, environment }: Pick<Writer, "app" | "environment">,
  secrets: SecretsState,
): void {
  assertRecipients(environment, app.project.manifest);
  assertSopsRules(app, environment, secrets.file);
  if (secrets.text === undefined || secrets.opened) return;
  const what = `${secrets.file} can't be opened here, so it can't be changed here`;
  throw noIdentity(app, environment, { what, file: secrets.file });
}

function digestAt(path: string): Digest | null {
  const text = readTextIfThere(path);
  return text === undefined ? null : digestOfBytes(text);
}

/** The digest of a secrets file as it is; null where there is none. */
export function secretsDigest(app: App, { file }: SecretsChange): Digest | null {
  return digestAt(join(app.project.root, file));
}

/** The error for a secrets file that somebody else has written meanwhile. */
export function secretsChanged({ file }: Pick<SecretsChange, "file">) {
  return appErrors.APP_FILE_CHANGED({
    what: `${file} was changed while it was being written`,
    where: file,
    why: "writing now would lose that change",
    fix: "run the same command again",
  });
}

/**
 * Puts the former values back. Whoever has read the new file meanwhile remembers its revision, and would take the
 * former file for a replay: the former values then get a newer revision still.
 */
async function putBack(writer: Writer, change: SecretsChange, path: string): Promise<void> {
  const { app, environment } = writer;
  const { file, previous } = change;
  const highest = () => highestRevision(app.home, app.project.name, environment.name);
  if (highest() < change.revision && digestAt(path) === change.after) {
    if (previous !== null) writeFileAtomic(path, previous);
    else rmSync(path, { force: true });
  }
  if (highest() < change.revision) return;
  if (digestAt(path) !== change.after && digestAt(path) !== change.before) return;
  const expect = { project: app.project.name, environment: environment.name };
  const isShown = isReferenceIn(app.project, environment);
  const former =
    previous === null
      ? undefined
      : openSecrets(previous, {
          ...openersFor(app, environment, { file, text: previous }),
          file,
          expect,
          unbound: "allow",
          isShown,
        });
  const followed = { file, text: previous ?? undefined };
  writeFileAtomic(path, await encrypt(writer, followed, valuesOf(former), highest() + 1));
}

/** Writes the file, only from what was planned; it can be undone. @param key unique in the operation */
export function secretsStep(writer: Writer, change: SecretsChange, key: string): Step {
  const path = join(writer.app.project.root, change.file);
  return {
    key,
    title: `write ${change.file}`,
    async run() {
      const now = digestAt(path);
      if (now !== change.after && now !== change.before) throw secretsChanged(change);
      if (now === change.before) writeFileAtomic(path, change.text);
      return { file: change.file, digest: change.after, revision: change.revision };
    },
    undo: () => putBack(writer, change, path),
  };
}

/** From now on an earlier file is a replay on this machine. */
export function rememberRevision(
  { app, environment }: Pick<Writer, "app" | "environment">,
  revision: number,
): void {
  raiseRevision(app.home, app.project.name, environment.name, revision);
}
