/** What splitting a URL setting would change in all layers and the manifest, and the proof that every value stays. */
import { join } from "node:path";
import { authorise } from "../../access/index.ts";
import { type Digest, digestOfBytes } from "../../base/digest.ts";
import { globMatches } from "../../base/glob.ts";
import { formatPlace } from "../../base/place.ts";
import { editLayer, type UrlPart, whatDiffers, withValue } from "../../config/index.ts";
import { environmentOf, type Project } from "../../model/project.ts";
import type { SettingType, SettingValue } from "../../model/setting.ts";
import { typeValue } from "../../model/setting-value.ts";
import { nodeAt, plainValue } from "../../model/source-tree.ts";
import { readYaml } from "../../model/source-yaml.ts";
import type { App } from "../app.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { fileEffects, type NewTexts, type PlannedFiles } from "../layer-change.ts";
import { projectAfter, revisionsAfter } from "../manifest-change.ts";
import { readTextIfThere } from "../project.ts";
import { changeOf } from "../revision-file.ts";
import { resolutionWith } from "../settings-after.ts";
import { type Split, type SplitPlace, splitPlaces } from "./split-places.ts";

export interface SplitFacts extends PlannedFiles, Split {
  readonly notes: readonly string[];
  readonly reason: string;
}

const TYPES: Partial<Readonly<Record<UrlPart, SettingType>>> = { host: "host", port: "port" };

/** What a part has in common with the whole: when and where it is needed, and how it travels. */
const SHARED_KEYS = ["required", "phase", "sync"];

type Data = Readonly<Record<string, SettingValue>>;

function isMap(value: SettingValue | undefined): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shared(declaration: Data): Data {
  return Object.fromEntries(
    SHARED_KEYS.flatMap((key) => (key in declaration ? [[key, declaration[key]!]] : [])),
  );
}

/** The type that fits all texts of a part as far as they are known before references are filled in. */
function typeOf(part: UrlPart, name: string, places: readonly SplitPlace[]): SettingType {
  const type = TYPES[part];
  if (type === undefined) return "string";
  const typing = { type, values: undefined, pattern: undefined, min: undefined, max: undefined };
  const fits = places.every(({ parts }) => {
    const { text, interpolated } = parts.get(name)!;
    return interpolated || typeValue(typing, { value: text, text }).fits;
  });
  return fits ? type : "string";
}

function declarationOf(type: SettingType, whole: Data): Data {
  const overrides = Object.entries(isMap(whole.in) ? whole.in : {}).flatMap(([target, own]) => {
    const { required } = isMap(own) ? own : {};
    return required === undefined ? [] : [[target, { required }]];
  });
  return {
    type,
    ...shared(whole),
    ...(overrides.length > 0 ? { in: Object.fromEntries(overrides) } : {}),
  };
}

/** The manifest with the new settings declared, where it declares any. @throws CONFIG_UNEDITABLE */
function manifestText(
  { project }: App,
  { name, into }: Split,
  places: readonly SplitPlace[],
): string | undefined {
  const text = readTextIfThere(join(project.root, project.manifest));
  if (text === undefined || project.settings.length === 0) return undefined;
  const declared = nodeAt(readYaml(text, project.manifest).root, ["settings", name]);
  const raw = declared && plainValue(declared);
  const whole = isMap(raw) ? raw : {};
  return (Object.entries(into) as [UrlPart, string][]).reduce((body, [part, to]) => {
    return withValue(body, ["settings", to], declarationOf(typeOf(part, to, places), whole));
  }, text);
}

/** The texts of all files that differ, the manifest last. @throws what {@link splitPlaces} does; CONFIG_UNEDITABLE */
export function splitTexts(app: App, split: Split): NewTexts {
  const { name } = split;
  const { manifest } = app.project;
  const places = splitPlaces(app, split);
  const declared = manifestText(app, split, places);
  const after = declared === undefined ? app.project : projectAfter(app, new Map([[manifest, declared]]));
  const texts = new Map<string, string>();
  for (const { layer, parts, whole, entry } of places) {
    const { declaration, path, text } = layer;
    const edits = [...parts].map(([to, written]) => ({ kind: "set", name: to, written }) as const);
    const own = entry.value === whole.value ? [] : [{ kind: "set", name, written: whole } as const];
    texts.set(path, editLayer(declaration, path, text, [...own, ...edits], after.settings));
  }
  return declared === undefined ? texts : texts.set(manifest, declared);
}

/** @throws APP_VALUES_CHANGE naming the environments in which the URL, or anything else, would not stay */
function assertSameValues(app: App, after: Project, texts: NewTexts, { name, into }: Split): void {
  const added = Object.values(into);
  const changing = app.project.environments.flatMap((environment) => {
    const before = resolutionWith(app, environment, new Map());
    const later = environmentOf(after, environment.name)!;
    const split = resolutionWith({ ...app, project: after }, later, texts);
    const differing = whatDiffers(before, split).filter((one) => !added.includes(one));
    return differing.length > 0 ? `${environment.name}: ${differing.join(", ")}` : [];
  });
  if (changing.length === 0) return;
  throw appErrors.APP_VALUES_CHANGE({
    what: `with ${added.join(", ")} not every environment would have the values that it has`,
    where: name,
    why: `these would differ: ${changing.join("; ")}`,
    fix: `ringfence config matrix --only ${name}`,
  });
}

/** What is left to a person. */
function notesOn({ project }: App, { name, into }: Split): string[] {
  return Object.values(into).flatMap((to) => {
    const fits = (one: string) => project.byDesign.some(({ pattern }) => globMatches(pattern, one));
    return fits(name) && !fits(to) ? [`byDesign is about ${name}, but not about ${to}`] : [];
  });
}

/**
 * @throws CONFIG_UNKNOWN_KEY, CONFIG_UNSPLITTABLE, APP_SETTING_SECRET, APP_SETTING_EXISTS, CONFIG_UNEDITABLE,
 * APP_MANIFEST_INVALID, APP_VALUES_CHANGE, ACCESS_DENIED for who may not change one of the environments
 */
export async function planSplit({ app, actor, reason }: Context, split: Split): Promise<PlanDraft> {
  const { name, into } = split;
  const { project } = app;
  const texts = splitTexts(app, split);
  const after = projectAfter(app, texts);
  assertSameValues(app, after, texts, split);
  const places = splitPlaces(app, split);
  const digests = new Map<string, Digest>([...texts].map(([path, text]) => [path, digestOfBytes(text)]));
  const revisions = revisionsAfter(app, after, digests);
  for (const { environment } of revisions)
    authorise(project, actor.person, environmentOf(project, environment));
  const layers = new Map([...texts].filter(([path]) => path !== project.manifest));
  const before = (path: string) => places.find(({ layer }) => layer.path === path)?.layer.text;
  const notes = notesOn(app, split);
  const facts: SplitFacts = {
    name,
    into,
    files: [...digests].map(([path, digest]) => changeOf(app, path, digest)),
    revisions,
    notes,
    reason: reason ?? `config split ${name}`,
  };
  const names = Object.values(into).join(", ");
  return {
    summary: `split ${name} into ${names}`,
    environment: null,
    effects: [
      ...places.map(({ entry }) => `split ${name} at ${formatPlace(entry.place)}`),
      ...fileEffects(app, layers, before),
      ...(texts.has(project.manifest) ? [`write ${project.manifest}: ${names} declared`] : []),
      `every value stays as it is in ${project.environments.map((one) => one.name).join(", ")}`,
      ...notes,
    ],
    facts: { ...facts } as never,
  };
}
