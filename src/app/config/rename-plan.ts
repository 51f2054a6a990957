/** What renaming a setting would change in all files of a project, and the proof that every value stays. */

import { join } from "node:path";
import { authorise } from "../../access/index.ts";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { globMatches } from "../../base/glob.ts";
import { nearest } from "../../base/nearest.ts";
import {
  configErrors,
  linesNaming,
  type Renaming,
  type Resolution,
  renameInExpectations,
  renameInLayer,
  renameInManifest,
  resolve,
  SETTING_NAME,
  type SecretEntry,
  whatDiffers,
} from "../../config/index.ts";
import { environmentOf, type Project } from "../../model/project.ts";
import { previousName } from "../../model/rotation.ts";
import type { App } from "../app.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { noIdentity } from "../identities.ts";
import { type NewTexts, type PlannedFiles, refuseNewSecrets } from "../layer-change.ts";
import { projectAfter, revisionsAfter } from "../manifest-change.ts";
import { readTextIfThere } from "../project.ts";
import { referencesOf } from "../reference-values.ts";
import { readLayers, readSecrets, rememberSecrets, type SecretsState } from "../resolution.ts";
import { changeOf } from "../revision-file.ts";
import { type SecretsChange, secretsChange, valuesOf } from "../secrets-change.ts";

export interface RenameFacts extends PlannedFiles, Renaming {
  readonly secrets: readonly { readonly environment: string; readonly change: SecretsChange }[];
  readonly notes: readonly string[];
  readonly reason: string;
}

/** Everything that a renaming looks at. */
interface Room {
  readonly app: App;
  readonly renaming: Renaming;
  /** By environment. */
  readonly secrets: ReadonlyMap<string, SecretsState>;
  readonly before: ReadonlyMap<string, Resolution>;
}

function resolved(
  app: App,
  project: Project,
  name: string,
  texts: NewTexts,
  secrets: readonly SecretEntry[],
) {
  const environment = environmentOf(project, name)!;
  const layers = readLayers(app, environment).map((layer) => ({
    ...layer,
    text: texts.get(layer.path) ?? layer.text,
  }));
  const references = referencesOf(app.references, project, environment);
  const { rules } = app;
  const resolution = resolve({ project, environment, layers, secrets, process: {}, rules, references });
  rememberSecrets(resolution);
  return resolution;
}

function openRoom(app: App, renaming: Renaming): Room {
  const { environments } = app.project;
  const secrets = new Map(environments.map((one) => [one.name, readSecrets(app, one)]));
  const before = new Map(
    environments.map(({ name }) => {
      return [name, resolved(app, app.project, name, new Map(), secrets.get(name)!.entries)];
    }),
  );
  return { app, renaming, secrets, before };
}

function isKnown({ app, before }: Room, name: string): boolean {
  if (app.project.settings.some((one) => one.name === name)) return true;
  return [...before.values()].some(({ settings, removed }) => settings.has(name) || removed.has(name));
}

function knownNames({ before }: Room): string[] {
  return [...before.values()].flatMap(({ settings }) => [...settings.keys()]);
}

/** @throws APP_BAD_INPUT, CONFIG_UNKNOWN_KEY, APP_SETTING_EXISTS, SECRETS_NO_IDENTITY */
function assertPossible(room: Room): void {
  const { app, renaming, secrets } = room;
  const { from, to } = renaming;
  if (!SETTING_NAME.test(to) || from === app.project.detect.variable) {
    throw appErrors.APP_BAD_INPUT({
      what: SETTING_NAME.test(to) ? `${from} can't be renamed` : `${JSON.stringify(to)} is no name`,
      why: SETTING_NAME.test(to)
        ? "it names the environment; who sets it outside would not be noticed"
        : "a name has letters, digits and _, and begins with a letter or _",
      fix: SETTING_NAME.test(to)
        ? `write detect: { variable: ${to} } in ${app.project.manifest}`
        : `ringfence config rename ${from} NEW_NAME`,
    });
  }
  if (!isKnown(room, from)) {
    const meant = nearest(from, knownNames(room));
    throw configErrors.CONFIG_UNKNOWN_KEY({
      what: `no environment has a setting ${from}`,
      where: from,
      why: "no declaration, layer or secrets file has it",
      fix: meant ? `ringfence config rename ${meant} ${to}` : "ringfence config matrix",
    });
  }
  if (isKnown(room, to)) {
    throw appErrors.APP_SETTING_EXISTS({
      what: `${to} is there already`,
      where: to,
      why: "two settings can't become one without one of the values being lost",
      fix: `ringfence config explain ${to}`,
    });
  }
  const sealed = [...secrets].filter(([, { entries, opened }]) => {
    return !opened && entries.some(({ name }) => name === from);
  });
  if (sealed.length === 0) return;
  const [[first, { file }]] = sealed as [[string, SecretsState]];
  const names = sealed.map(([name]) => name).join(", ");
  const what = `${from} can't be renamed: it stands in secrets that can't be opened here (${names}), and all environments change together or none does`;
  throw noIdentity(app, environmentOf(app.project, first)!, { what, file });
}

/** The texts that differ: layers, files of expectations, the manifest last. @throws CONFIG_UNEDITABLE */
export function renameTexts(app: App, renaming: Renaming): NewTexts {
  const { project } = app;
  const sealed = project.environments.flatMap((one) => readSecrets(app, one).entries);
  const literal = new Set([
    ...project.settings.filter(({ secret }) => secret).map(({ name }) => name),
    ...sealed.map(({ name }) => name),
    ...(sealed.some(({ name }) => name === renaming.from) ? [renaming.to] : []),
  ]);
  const texts = new Map<string, string>();
  const keep = (path: string, text: string | undefined, rename: (text: string) => string) => {
    if (text === undefined || texts.has(path)) return;
    const renamed = rename(text);
    if (renamed !== text) texts.set(path, renamed);
  };
  for (const { declaration, path, text } of project.environments.flatMap((one) => readLayers(app, one))) {
    const isLiteral = (name: string) => literal.has(name);
    keep(path, text, (own) =>
      renameInLayer({ declaration, path, text: own }, renaming, project.settings, isLiteral),
    );
  }
  const read = (path: string) => readTextIfThere(join(project.root, path));
  for (const path of project.expectationFiles)
    keep(path, read(path), (text) => renameInExpectations(path, text, renaming));
  keep(project.manifest, read(project.manifest), (text) =>
    renameInManifest(project.manifest, text, renaming),
  );
  return texts;
}

/** @throws APP_VALUES_CHANGE unless every environment says the same as before */
function assertSameValues({ app, renaming, secrets, before }: Room, after: Project, texts: NewTexts): void {
  const { from, to } = renaming;
  const names = new Map([
    [from, to],
    [previousName(from), previousName(to)],
  ]);
  const nameOf = (name: string) => names.get(name) ?? name;
  for (const [environment, resolution] of before) {
    const entries = secrets.get(environment)!.entries.map((one) => ({ ...one, name: nameOf(one.name) }));
    const renamed = resolved(app, after, environment, texts, entries);
    const differing = whatDiffers(resolution, renamed, nameOf);
    if (differing.length === 0) continue;
    throw appErrors.APP_VALUES_CHANGE({
      what: `with the name ${to}, ${environment} would not have the values that it has`,
      where: `environment ${environment}`,
      why: `these would differ: ${differing.join(", ")}`,
      fix: `ringfence config explain ${from} -e ${environment}`,
    });
  }
}

async function secretsChanges(
  { renaming, secrets }: Room,
  { app, actor }: Context,
): Promise<RenameFacts["secrets"]> {
  const { from, to } = renaming;
  const changes: { environment: string; change: SecretsChange }[] = [];
  for (const environment of app.project.environments) {
    const state = secrets.get(environment.name)!;
    const { [from]: value, ...others } = valuesOf(state.opened);
    if (value === undefined) continue;
    authorise(app.project, actor.person, environment);
    const past = state.opened?.pasts.get(from) ?? {};
    const values = { ...others, [to]: value };
    const change = await secretsChange({ app, actor, environment }, state, values, new Map([[to, past]]));
    changes.push({ environment: environment.name, change });
  }
  return changes;
}

/** What is left to a person. */
function notesOn({ app, renaming }: Room, texts: NewTexts): string[] {
  const { from, to } = renaming;
  const { project } = app;
  const text = (path: string) => texts.get(path) ?? readTextIfThere(join(project.root, path)) ?? "";
  const layers = project.environments.flatMap((one) => readLayers(app, one));
  const files = layers.filter(({ declaration }) => !declaration.program).map(({ path }) => path);
  const paths = [...new Set([...files, ...project.expectationFiles, project.manifest])];
  const programs = new Set(layers.filter(({ declaration }) => declaration.program).map(({ path }) => path));
  const patterns = project.byDesign.filter(({ pattern }) => {
    return pattern.includes("*") && globMatches(pattern, from) && !globMatches(pattern, to);
  });
  return [
    ...paths.flatMap((path) => {
      const lines = linesNaming(text(path), from);
      return lines.length > 0 ? [`${path} still names ${from} in line ${lines.join(", ")}`] : [];
    }),
    ...[...programs].map((path) => `the program ${path} is not changed: see that it prints ${to}`),
    ...patterns.map(({ pattern }) => `byDesign ${pattern} is about ${from}, but not about ${to}`),
  ];
}

/**
 * @throws APP_BAD_INPUT, CONFIG_UNKNOWN_KEY, APP_SETTING_EXISTS, SECRETS_NO_IDENTITY, CONFIG_UNEDITABLE,
 * APP_MANIFEST_INVALID, APP_VALUES_CHANGE, APP_SETTING_SECRET, ACCESS_DENIED for who may not change one of the environments
 */
export async function planRename(context: Context, renaming: Renaming): Promise<PlanDraft> {
  const { app, actor } = context;
  const { from, to } = renaming;
  const room = openRoom(app, renaming);
  assertPossible(room);
  const texts = renameTexts(app, renaming);
  refuseNewSecrets(app, texts);
  const after = projectAfter(app, texts);
  assertSameValues(room, after, texts);
  const secrets = await secretsChanges(room, context);
  const digests = new Map<string, Digest>([
    ...[...texts].map(([path, text]): [string, Digest] => [path, digestOfBytes(text)]),
    ...secrets.map(({ change }): [string, Digest] => [change.file, change.after]),
  ]);
  const revisions = revisionsAfter(app, after, digests);
  for (const { environment } of revisions)
    authorise(app.project, actor.person, environmentOf(app.project, environment));
  const files = [...texts].map(([path, text]) => changeOf(app, path, digestOfBytes(text)));
  const notes = notesOn(room, texts);
  const reason = context.reason ?? `config rename ${from} ${to}`;
  const facts: RenameFacts = { from, to, files, revisions, secrets, notes, reason };
  return {
    summary: `rename ${from} to ${to}`,
    environment: null,
    effects: [
      ...files.map(({ path }) => `write ${path}: ${to} for ${from}`),
      ...secrets.map(({ change }) => `write ${change.file}: ${to} for ${from} (revision ${change.revision})`),
      `every value stays as it is in ${app.project.environments.map(({ name }) => name).join(", ")}`,
      ...notes,
    ],
    facts: { ...facts } as never,
  };
}
