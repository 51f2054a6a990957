/** Which layer of an environment a change of one setting belongs into. Pure. */
import { type Environment, layersFor, type Project } from "../model/project.ts";
import type { SettingDeclaration } from "../model/setting.ts";
import { type LayerText, parseLayer } from "./candidates.ts";
import type { LayerEntry } from "./layer-entry.ts";

/** What a layer's text says of a setting; undefined where it does not set it. */
export function entryIn(
  { declaration, path, text }: LayerText,
  name: string,
  settings: readonly SettingDeclaration[],
): LayerEntry | undefined {
  if (text === undefined) return undefined;
  const declared = new Map(settings.map((one) => [one.name, one]));
  return parseLayer(declaration, text, path, declared).entries.find((entry) => entry.name === name);
}

function isFinalFor({ declaration: { final } }: LayerText, name: string): boolean {
  return typeof final === "boolean" ? final : final.includes(name);
}

/** Files that no other environment has as a layer. */
function unshared(project: Project, environment: Environment, layers: readonly LayerText[]): LayerText[] {
  const others = project.environments.filter(({ name }) => name !== environment.name);
  const paths = new Set(others.flatMap((other) => layersFor(project, other).map(({ path }) => path)));
  return layers.filter(({ declaration, path }) => declaration.program === undefined && !paths.has(path));
}

/** Whether the layer is meant for one environment, by its path or by what it is for. */
function isForOne({ declaration: { path, only } }: LayerText, { name }: Environment): boolean {
  return /\{(env|short)\}/.test(path) || (only?.length === 1 && only[0] === name);
}

/**
 * The layer that a setting is set in for one environment alone: the highest of its own that sets it; else the highest
 * file that is meant for this environment. Layers above one in which the setting is final don't count. Undefined
 * where there is none.
 *
 * @param layers the environment's, in order
 */
export function layerToSet(
  project: Project,
  environment: Environment,
  layers: readonly LayerText[],
  name: string,
): LayerText | undefined {
  const sets = (layer: LayerText) => entryIn(layer, name, project.settings) !== undefined;
  const final = layers.findIndex((layer) => isFinalFor(layer, name) && sets(layer));
  const own = unshared(project, environment, final < 0 ? layers : layers.slice(0, final + 1));
  return own.findLast(sets) ?? own.findLast((layer) => isForOne(layer, environment));
}

/** The environment's own layers that set it, lowest first. */
export function ownLayersSetting(
  project: Project,
  environment: Environment,
  layers: readonly LayerText[],
  name: string,
): LayerText[] {
  return unshared(project, environment, layers).filter((layer) => entryIn(layer, name, project.settings));
}
