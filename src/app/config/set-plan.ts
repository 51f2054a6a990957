/** What `config set` would do: which layer it writes, and what is left to say about it. */
import { nearest } from "../../base/nearest.ts";
import { formatPlace } from "../../base/place.ts";
import { redact } from "../../base/redact.ts";
import { shellWord } from "../../base/shell-word.ts";
import { configErrors, editLayer, typedText } from "../../config/index.ts";
import type { Environment, Project } from "../../model/project.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { fileEffects, type NewTexts, otherEffects, type PlannedFiles, planFiles } from "../layer-change.ts";
import { referencesOf } from "../reference-values.ts";
import { readLayers, readSecrets } from "../resolution.ts";
import { resolutionWith } from "../settings-after.ts";
import { layerFor } from "./layer-word.ts";

interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly literal: boolean;
}

interface SetChoice extends Assignment {
  readonly layer: string | undefined;
  readonly reason: string;
}

export interface SetFacts extends PlannedFiles, Assignment {
  readonly layer: string;
  readonly notes: readonly string[];
  readonly reason: string;
}

/** @throws APP_SETTING_SECRET for what belongs into the secrets file; where another store keeps it is no secret */
function refuseSecret({ app, environment }: Context, { name, value }: Assignment): void {
  const declared = app.project.settings.some((one) => one.name === name && one.secret);
  const kept = readSecrets(app, environment).entries.some((entry) => entry.name === name);
  if (!declared && !kept) return;
  const reading = referencesOf(app.references, app.project, environment)(value);
  if (declared && reading !== undefined && reading.kind !== "failed") return;
  throw appErrors.APP_SETTING_SECRET({
    what: `${name} is a secret of ${environment.name}`,
    where: name,
    why: "layers are plain text, and an argument is seen by every process of the machine",
    fix: `printf %s "$VALUE" | ringfence secret set ${name} -e ${environment.name}`,
  });
}

/** A value in which the secrets that it holds are referred to by name. */
function referring(value: string, secrets: ReadonlyMap<string, string>): string {
  const found = [...secrets].filter(([, text]) => text !== "" && value.includes(text));
  const longestFirst = found.sort(([, a], [, b]) => b.length - a.length);
  const reference = longestFirst.reduce(
    (text, [name, secret]) => text.replaceAll(secret, () => `\${${name}}`),
    value,
  );
  return redact(reference) === reference ? reference : `\${NAME}`;
}

/** @throws APP_SETTING_SECRET for a value that a secret has: nothing may record it */
function refuseSecretValue({ app, environment }: Context, { name, value }: Assignment): void {
  const { settings } = resolutionWith(app, environment, new Map());
  if (redact(value) === value) return;
  const secrets = new Map(
    [...settings.values()].flatMap((one) => (one.secret ? [[one.name, one.text]] : [])),
  );
  const reference = referring(value, secrets);
  throw appErrors.APP_SETTING_SECRET({
    what: `the value for ${name} holds that of a secret`,
    where: name,
    why: "layers are plain text, and the record would keep it",
    fix: `ringfence config set ${shellWord(name)} ${shellWord(reference)} -e ${environment.name}`,
  });
}

/** @throws CONFIG_UNKNOWN_KEY for a name that the manifest does not declare, where it declares any */
function refuseUnknown(project: Project, { name: environment }: Environment, wanted: Assignment): void {
  const { settings, manifest, detect } = project;
  const { name, value } = wanted;
  if (settings.length === 0 || name === detect.variable || settings.some((one) => one.name === name)) return;
  const meant = nearest(
    name,
    settings.map((one) => one.name),
  );
  const isSecret = settings.some((one) => one.name === meant && one.secret);
  const again = isSecret
    ? `printf %s "$VALUE" | ringfence secret set ${meant} -e ${environment}`
    : `ringfence config set ${meant} ${shellWord(value)} -e ${environment}`;
  throw configErrors.CONFIG_UNKNOWN_KEY({
    what: `${manifest} declares no setting ${name}`,
    where: name,
    why: meant ? `did you mean ${meant}?` : "an application could not ask for it",
    fix: meant ? again : `declare it in ${manifest}: under settings, ${name}: { type: string }`,
  });
}

/** The file's text with the assignment; nothing where it says so already. */
export function setTexts({ app, environment }: Context, wanted: Assignment & { layer: string }): NewTexts {
  const { name, value, literal, layer: path } = wanted;
  const layer = readLayers(app, environment).find((one) => one.path === path);
  if (!layer) return new Map();
  const written = typedText(value, literal);
  const edits = [{ kind: "set", name, written }] as const;
  const text = editLayer(layer.declaration, path, layer.text, edits, app.project.settings);
  return text === layer.text ? new Map() : new Map([[path, text]]);
}

/** Why what is set would not count. */
function overridden({ app, environment }: Context, texts: NewTexts, name: string, path: string): string[] {
  const resolution = resolutionWith(app, environment, texts);
  const history = (resolution.settings.get(name) ?? resolution.removed.get(name))?.history ?? [];
  const winner = history.find(({ wins }) => wins);
  const counts = history.some(({ source, wins, merged }) => source === path && (wins || merged));
  if (!winner || counts) return [];
  return [`has no effect: ${formatPlace(winner.place)} overrides it`];
}

/** @throws APP_SETTING_SECRET, CONFIG_UNKNOWN_KEY, CONFIG_UNEDITABLE, APP_LAYER_UNKNOWN, ACCESS_DENIED */
export async function planSet(context: Context, choice: SetChoice): Promise<PlanDraft> {
  const { app, environment } = context;
  const { name, value, literal, reason } = choice;
  refuseSecret(context, choice);
  refuseSecretValue(context, choice);
  refuseUnknown(app.project, environment, choice);
  const layer = layerFor(app, environment, name, choice.layer);
  const texts = setTexts(context, { name, value, literal, layer: layer.path });
  const planned = planFiles(context, texts, environment.name);
  const notes = overridden(context, texts, name, layer.path);
  const effects =
    texts.size === 0
      ? [`nothing: ${layer.path} sets ${name} so already`]
      : fileEffects(app, texts, () => layer.text);
  const facts: SetFacts = { ...planned, name, value, literal, layer: layer.path, notes, reason };
  return {
    summary: `set ${name} for ${environment.name}`,
    environment: environment.name,
    effects: [...effects, ...otherEffects(app, planned, environment.name), ...notes],
    facts: { ...facts } as never,
  };
}
