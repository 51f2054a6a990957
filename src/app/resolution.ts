/** Reading an environment's layers and secrets and resolving them: the configuration as it stands in the files. */

import { join } from "node:path";
import type { Digest } from "../base/digest.ts";
import { isRingfenceError } from "../base/error.ts";
import { rememberSecret } from "../base/redact.ts";
import {
  isLayerMissing,
  type LayerText,
  type Resolution,
  resolve,
  type SecretEntry,
} from "../config/index.ts";
import { type Environment, expandTemplate, layersFor } from "../model/project.ts";
import { previousName } from "../model/rotation.ts";
import type { Phase } from "../model/setting.ts";
import {
  assertNotReplayed,
  listSecrets,
  type OpenedSecrets,
  openSecrets,
  secretsErrors,
  verifySignature,
} from "../secrets/index.ts";
import { highestRevision, raiseRevision } from "../snapshot/home.ts";
import type { App } from "./app.ts";
import { assignments, refuseFlags } from "./config-flags.ts";
import { openersFor } from "./identities.ts";
import { type LayerPlace, programLayer } from "./layer-programs.ts";
import { readTextIfThere } from "./project.ts";
import { isReferenceIn, referencesOf } from "./reference-values.ts";

/** What is known of an environment's secrets file here. */
export interface SecretsState {
  /** Relative to the project's root. */
  readonly file: string;
  readonly text: string | undefined;
  /** Undefined when there is no file, or no identity here to open it. */
  readonly opened: OpenedSecrets | undefined;
  readonly entries: readonly SecretEntry[];
  /** Digest of the file's content without its signature line; null when there is no file. */
  readonly digest: Digest | null;
  readonly signedBy: string | undefined;
  /** Whom the file says that it is encrypted to. */
  readonly recipients: readonly string[];
  /** It was opened with an identity that stays on this machine, and that no passphrase protects. */
  readonly isLasting: boolean;
  /** What is missing for the file to count, where it was let through all the same. */
  readonly lacking: readonly ("binding" | "signature")[];
}

/** What of a secrets file may be missing because it is about to be written anew; nothing, unless told. */
export interface Adoption {
  /** It may belong to no environment yet: a SOPS file that others wrote. */
  readonly unbound?: boolean;
  /** It may lack the signature that the environment demands, or carry one that does not count. */
  readonly unsigned?: boolean;
  /** It may be older than one that was seen here, or gone; that it was is then not remembered either. */
  readonly replayed?: boolean;
}

export interface Configuration extends Resolution {
  readonly secrets: SecretsState;
  readonly layers: readonly LayerText[];
}

/** Of a file that is not there. */
const NOTHING: Omit<SecretsState, "file"> = {
  text: undefined,
  opened: undefined,
  entries: [],
  digest: null,
  signedBy: undefined,
  recipients: [],
  isLasting: true,
  lacking: [],
};

/**
 * The texts of an environment's layers: of files as they are, of programs what they give now, where they are trusted.
 *
 * @throws APP_UNREADABLE, TRUST_HOME_IN_PROJECT, TRUST_RECORD_DAMAGED
 */
export function readLayers(
  app: App,
  environment: Environment,
  place: LayerPlace = { project: app.project, root: app.project.root },
): LayerText[] {
  return layersFor(place.project, environment).map((layer) =>
    layer.declaration.program
      ? programLayer(app, environment, layer, place)
      : { ...layer, text: readTextIfThere(join(place.root, layer.path)) },
  );
}

/**
 * A file that only another environment's recipients can open was copied from there. Said so, it leads nobody to
 * bring that environment's identity here, as "no identity opens it" would.
 */
function refuseForeign(
  { project }: App,
  environment: Environment,
  file: string,
  recipients: readonly string[],
): void {
  if (recipients.length === 0 || recipients.some((one) => environment.recipients.includes(one))) return;
  const owner = project.environments.find((other) =>
    recipients.every((one) => other.recipients.includes(one)),
  );
  if (!owner) return;
  throw secretsErrors.SECRETS_WRONG_ENVIRONMENT({
    what: `${file} is encrypted for ${owner.name}, not for ${environment.name}`,
    where: file,
    why: "each environment has secrets of its own; a copied file gives none",
    fix: `git log --oneline -- ${file}   # then: git restore --source=COMMIT ${file}`,
    details: { environment: environment.name, owner: owner.name },
  });
}

/**
 * Opens and verifies an environment's secrets file as far as this machine can.
 *
 * @throws SECRETS_… for a file that was tampered with, replayed, copied from elsewhere or, where the kind
 * requires a signature, is not signed. Without an identity the names are listed and the values stay sealed.
 */
export function readSecrets(app: App, environment: Environment, adopt: Adoption = {}): SecretsState {
  const file = expandTemplate(app.project.secretsPath, environment);
  const text = readTextIfThere(join(app.project.root, file));
  if (text === undefined) {
    if (!adopt.replayed) refuseVanished(app, environment, file);
    return { ...NOTHING, file };
  }
  const listed = listSecrets(text, { file });
  const { recipients } = listed;
  refuseForeign(app, environment, file, recipients);
  const signedBy = signerOf(app, environment, { file, text }, adopt);
  const unsigned = environment.policies.signedSecrets && signedBy === undefined;
  const lacking = unsigned ? (["signature"] as const) : [];
  const openers = openersFor(app, environment, { file, text });
  const { identities, dataKey, isShut, lookedIn, isLasting, kind } = openers;
  const known = { file, text, recipients, signedBy };
  if (isShut) {
    const entries = listed.names.map(({ name, place }) => ({ name, place, value: undefined }));
    return { ...NOTHING, ...known, entries, digest: listed.digest, lacking };
  }
  const expect = { project: app.project.name, environment: environment.name };
  const unbound = adopt.unbound ? "allow" : "refuse";
  const isShown = isReferenceIn(app.project, environment);
  const opened = openSecrets(text, { file, expect, identities, dataKey, lookedIn, unbound, isShown });
  app.opened(environment, opened, kind);
  if (!adopt.replayed) {
    assertNotReplayed(opened, highestRevision(app.home, app.project.name, environment.name));
    raiseRevision(app.home, app.project.name, environment.name, opened.binding.revision);
  }
  return {
    ...known,
    opened,
    entries: entriesOf(app, opened),
    digest: opened.digest,
    isLasting,
    lacking: opened.binding.revision === 0 ? ["binding", ...lacking] : lacking,
  };
}

/** The values of a file, and the former ones that applications get beside them while both count. */
function entriesOf({ project }: App, { values, pasts }: OpenedSecrets): SecretEntry[] {
  const names = new Set(values.map(({ name }) => name));
  const isGiven = (name: string) =>
    !names.has(previousName(name)) &&
    project.settings.some((one) => one.name === name && (one.rotation?.overlapMs ?? 0) > 0);
  const former = values.flatMap(({ name, place }): SecretEntry[] => {
    const value = pasts.get(name)?.previous?.value;
    return value !== undefined && isGiven(name) ? [{ name: previousName(name), place, value }] : [];
  });
  return [...values, ...former];
}

/** Who signed the file; undefined where nobody has to, or it may be missing. */
function signerOf(
  app: App,
  environment: Environment,
  { file, text }: { readonly file: string; readonly text: string },
  { unsigned = false }: Adoption,
): string | undefined {
  if (!environment.policies.signedSecrets) return undefined;
  try {
    return verifySignature(text, app.project.people, { file, environment: environment.name });
  } catch (error) {
    const isMissing =
      isRingfenceError(error, "SECRETS_UNSIGNED") || isRingfenceError(error, "SECRETS_SIGNATURE_INVALID");
    if (unsigned && isMissing) return undefined;
    throw error;
  }
}

/** A file that was there once and is gone is a replay of the time before it. */
function refuseVanished(app: App, environment: Environment, file: string): void {
  const revision = highestRevision(app.home, app.project.name, environment.name);
  if (revision === 0) return;
  throw secretsErrors.SECRETS_REPLAYED({
    what: `${file} is gone, and this machine has seen revision ${revision} of it`,
    where: file,
    why: "running without its secrets would be running an older configuration",
    fix: `git checkout -- ${file}   # or, where it shall begin anew: ringfence secret accept -e ${environment.name} --reason "<why>"`,
  });
}

/** Makes every secret known to the redactor, also one that only refers to another. */
export function rememberSecrets({ settings }: Resolution): void {
  for (const { secret, text } of settings.values()) if (secret) rememberSecret(text);
}

/** Where values are shown although a layer is missing: the values may be others with it. */
export function warnOfMissingLayers(warn: (text: string) => void, { findings }: Resolution): void {
  for (const { code, where, why, fix } of findings) {
    if (isLayerMissing(code)) warn(`${where} ${why}; fix: ${fix}`);
  }
}

/** What a command says about how to resolve. */
export interface ConfigureOptions {
  /** The process environment to look at; the command's own where left out. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** What `--set` was given, as typed. */
  readonly set?: readonly string[];
  readonly phase?: Phase | undefined;
}

/**
 * The configuration of an environment as the files say now.
 *
 * @throws APP_BAD_INPUT for a `--set` that is none, or names a secret or what does not exist; what reading secrets throws
 */
export function configure(app: App, environment: Environment, options: ConfigureOptions = {}): Configuration {
  const { variables = app.variables, set = [], phase } = options;
  const flags = assignments(app.project, set);
  const secrets = readSecrets(app, environment);
  const layers = readLayers(app, environment);
  const resolution = resolve({
    project: app.project,
    environment,
    layers,
    secrets: secrets.entries,
    process: variables,
    flags,
    phase,
    rules: app.rules,
    references: referencesOf(app.references, app.project, environment),
    cache: app.layers,
  });
  rememberSecrets(resolution);
  refuseFlags(app.project, resolution, Object.keys(flags));
  return { ...resolution, secrets, layers };
}
