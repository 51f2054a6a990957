/**
 * Changes of who may open secrets, as a part of an operation: the manifest is edited, and every secrets file that is
 * encrypted to somebody else than the manifest then says is encrypted anew.
 */
import { join } from "node:path";
import { authorise } from "../access/index.ts";
import { type Digest, digestOfBytes } from "../base/digest.ts";
import { withoutListItem, withoutValue, withValue } from "../config/index.ts";
import { type Environment, environmentOf, type Project } from "../model/project.ts";
import { listSecrets, type SecretPasts } from "../secrets/index.ts";
import type { App } from "./app.ts";
import type { Context, Step } from "./definition.ts";
import { draftStep, type NewTexts, type PlannedFiles } from "./layer-change.ts";
import { following, outsideOf, projectAfter, revisionsAfter } from "./manifest-change.ts";
import { readTextIfThere } from "./project.ts";
import { readSecrets, type SecretsState } from "./resolution.ts";
import { currentRevision, revisionWith } from "./revision.ts";
import { changeOf, fileStep, verifyWritten, whyFilesChanged } from "./revision-file.ts";
import { foundStep, keptStep, whyNotAsPlanned } from "./revision-steps.ts";
import {
  rememberRevision,
  type SecretsChange,
  secretsChange,
  secretsChanged,
  secretsDigest,
  secretsStep,
  valuesOf,
  type Writer,
} from "./secrets-change.ts";
import { keyEffects, undeclaredKeys } from "./service-keys.ts";

/** One edit of the manifest. JSON, for a plan's facts. */
export type ManifestEdit =
  | { readonly do: "add" | "drop"; readonly path: readonly string[]; readonly item: string }
  | { readonly do: "remove"; readonly path: readonly string[] };

/** A secrets file that is encrypted anew, and to whom it was encrypted before, for the way back. */
export interface RekeyedFile {
  readonly environment: string;
  readonly change: SecretsChange;
  readonly former: readonly string[];
}

/** JSON, for a plan's facts. */
export interface RekeyFacts extends PlannedFiles {
  readonly edits: readonly ManifestEdit[];
  readonly secrets: readonly RekeyedFile[];
  readonly notes: readonly string[];
  readonly reason: string;
}

/** The entries of an environment's `recipients`, as they are written. */
export function recipientEntries({ holders }: Environment): string[] {
  return [...new Set(holders.map(({ via }) => via))];
}

function edited(text: string, edit: ManifestEdit, project: Project): string {
  if (edit.do === "remove") return withoutValue(text, edit.path);
  if (edit.do === "drop") return withoutListItem(text, edit.path, edit.item);
  const environment = environmentOf(project, edit.path[1]!)!;
  return withValue(text, edit.path, [...new Set([...recipientEntries(environment), edit.item])]);
}

/** The manifest with the edits; none where nothing is edited. */
function textsWith({ project }: App, edits: readonly ManifestEdit[]): NewTexts {
  const before = readTextIfThere(join(project.root, project.manifest)) ?? "";
  const after = edits.reduce((text, edit) => edited(text, edit, project), before);
  return after === before ? new Map() : new Map([[project.manifest, after]]);
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  [...new Set(some)].sort().join("\n") === [...new Set(others)].sort().join("\n");

/** Why the file has to be written anew; undefined where it is as the project wants it. */
function isDue(after: Project, environment: Environment, text: string, file: string): boolean {
  const { recipients, signature } = listSecrets(text, { file });
  const signer = signature && after.people.find(({ name }) => name === signature.person);
  const isUnsigned = environment.policies.signedSecrets && signer === undefined;
  return isUnsigned || !isSame(recipients, environment.recipients);
}

/** Who encrypts files anew, and whether keys that the manifest does not declare go on the way. */
type Rekeyer = Pick<Writer, "app" | "actor" | "dropsKeys">;

async function rekeyed(
  { app, actor, dropsKeys = false }: Rekeyer,
  after: Project,
  name: string,
): Promise<RekeyedFile[]> {
  const [before, environment] = [environmentOf(app.project, name)!, environmentOf(after, name)!];
  const secrets = readSecrets(app, before);
  const { text, file } = secrets;
  if (text === undefined) return [];
  const isFreed = dropsKeys && undeclaredKeys(environment, text, file).length > 0;
  if (!isFreed && !isDue(after, environment, text, file)) return [];
  authorise(app.project, actor.person, before);
  const change = await secretsChange(
    { app, actor, environment, dropsKeys },
    secrets,
    valuesOf(secrets.opened),
  );
  return [{ environment: name, change, former: secrets.recipients }];
}

/**
 * What the edits change, in the manifest and in the secrets files of the environments.
 *
 * @param environments whose files are looked at
 * @throws APP_MANIFEST_INVALID for a manifest that the edits would break; CONFIG_UNEDITABLE; ACCESS_DENIED;
 * SECRETS_NO_IDENTITY for a file that has to be written anew and can't be opened here; what reading secrets throws
 */
export async function planRekey(
  context: Rekeyer,
  edits: readonly ManifestEdit[],
  environments: readonly string[],
): Promise<Pick<RekeyFacts, "files" | "revisions" | "edits" | "secrets">> {
  const { app } = context;
  const texts = textsWith(app, edits);
  const after = projectAfter(app, texts);
  const secrets: RekeyedFile[] = [];
  for (const name of environments) secrets.push(...(await rekeyed(context, after, name)));
  const files = [...texts].map(([path, text]) => changeOf(app, path, digestOfBytes(text)));
  const digests = new Map<string, Digest>(secrets.map(({ change }) => [change.file, change.after]));
  return { files, edits, secrets, revisions: revisionsAfter(app, after, digests) };
}

/**
 * The same for values that change, and nobody's access: the facts of an operation that runs {@link rekeySteps}.
 *
 * @throws what `secretsChange` throws
 */
export async function planValues(
  { app, actor, environment }: Pick<Context, "app" | "actor" | "environment">,
  secrets: SecretsState,
  values: Readonly<Record<string, string>>,
  pasts?: SecretPasts,
): Promise<Pick<RekeyFacts, "files" | "revisions" | "edits" | "secrets">> {
  const change = await secretsChange({ app, actor, environment }, secrets, values, pasts);
  const former = secrets.recipients.length > 0 ? secrets.recipients : environment.recipients;
  const before = currentRevision(app, environment);
  const after = revisionWith(before, new Map([[change.file, change.after]]));
  return {
    files: [],
    edits: [],
    secrets: [{ environment: environment.name, change, former }],
    revisions: [{ environment: environment.name, before: before.digest, after: after.digest }],
  };
}

/** A plan in which nothing is written. */
export const NOTHING_TO_WRITE = { files: [], edits: [], secrets: [], revisions: [] } as const;

/** What a plan says of the files that are encrypted anew. */
export function rekeyEffects(
  { project }: App,
  { files, secrets }: Pick<RekeyFacts, "files" | "secrets">,
): string[] {
  return [
    ...files.map(({ path }) => `write ${path}`),
    ...secrets.flatMap(({ environment, change }) => {
      const { kind } = environmentOf(project, environment)!;
      const effect = `encrypt ${change.file} anew, with a new data key (${environment}, ${kind}, revision ${change.revision})`;
      return [effect, ...keyEffects(environmentOf(project, environment)!, change)];
    }),
  ];
}

/** Why a plan no longer holds. */
export function whyRekeyChanged({ app }: Context, facts: RekeyFacts): string | undefined {
  const changed = facts.secrets.find(({ change }) => secretsDigest(app, change) !== change.before);
  if (changed) return `${changed.change.file} was changed meanwhile`;
  return whyFilesChanged(app, facts.files) ?? whyNotAsPlanned(app, facts.revisions);
}

function rememberStep({ app }: Context, { secrets }: RekeyFacts): Step {
  return {
    key: "remember",
    title: `remember the revisions of ${secrets.map(({ change }) => change.file).join(", ")}`,
    async run() {
      for (const { environment, change } of secrets)
        rememberRevision({ app, environment: environmentOf(app.project, environment)! }, change.revision);
      return { revisions: secrets.map(({ change }) => change.revision) };
    },
  };
}

/**
 * The steps of it: secrets files first, so that the manifest never promises what no file keeps, then the manifest.
 * Going back encrypts to who was there before.
 */
export function rekeySteps(context: Context, facts: RekeyFacts): Step[] {
  const { app, actor } = context;
  const { files, secrets, revisions, edits, reason } = facts;
  if (files.length === 0 && secrets.length === 0) return [];
  const draft = draftStep(app, files, () => textsWith(app, edits), outsideOf(app, files));
  return [
    foundStep(context, revisions),
    ...(files.length > 0 ? [draft] : []),
    ...secrets.map(({ environment: name, change, former }) => {
      const environment = { ...environmentOf(app.project, name)!, recipients: former };
      return secretsStep({ app, actor, environment }, change, `write ${change.file}`);
    }),
    ...files.map((file) => fileStep(app, file)),
    ...(secrets.length > 0 ? [rememberStep(context, facts)] : []),
    keptStep({ app: following(app) }, revisions, reason),
  ];
}

/** Holds the files against the plan. @throws APP_FILE_CHANGED */
export function verifyRekey({ app }: Context, { files, secrets }: RekeyFacts) {
  verifyWritten(app, files);
  for (const { change } of secrets)
    if (secretsDigest(app, change) !== change.after) throw secretsChanged(change);
  return { files: [...files.map(({ path }) => path), ...secrets.map(({ change }) => change.file)] };
}
