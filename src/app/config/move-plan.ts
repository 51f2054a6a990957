/** What moving a setting to another layer would change, and the proof that no environment's value does. */
import {
  configErrors,
  editLayer,
  entryIn,
  type LayerEdit,
  type LayerEntry,
  type LayerText,
  meaningOf,
  whatDiffers,
} from "../../config/index.ts";
import type { Environment } from "../../model/project.ts";
import type { App } from "../app.ts";
import type { Context, PlanDraft } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { fileEffects, type NewTexts, otherEffects, type PlannedFiles, planFiles } from "../layer-change.ts";
import { readLayers } from "../resolution.ts";
import { resolutionWith } from "../settings-after.ts";

interface Move {
  readonly name: string;
  /** Paths of layers as the manifest declares them. */
  readonly from: string;
  readonly to: string;
}

export interface MoveFacts extends PlannedFiles, Move {
  readonly notes: readonly string[];
  readonly reason: string;
}

/** One environment in which the setting moves. */
interface Place {
  readonly environment: Environment;
  readonly source: LayerText;
  readonly target: LayerText;
  readonly entry: LayerEntry;
}

function templates({ project }: App): string[] {
  return project.layers.filter(({ program }) => !program).map(({ path }) => path);
}

/** @throws APP_LAYER_UNKNOWN */
function assertLayer(app: App, flag: string, path: string): void {
  const known = templates(app);
  if (known.includes(path)) return;
  throw appErrors.APP_LAYER_UNKNOWN({
    what: `the project has no layer ${JSON.stringify(path)}`,
    where: `--${flag} ${path}`,
    why: `its files are ${known.join(", ")}, as ${app.project.manifest} writes them`,
    fix: `--${flag} '${known[0] ?? "<path>"}'`,
  });
}

/** The only layer that sets it, where nobody says which. @throws CONFIG_UNKNOWN_KEY, APP_BAD_INPUT */
function sourceLayer(app: App, name: string, to: string): string {
  const { project } = app;
  const setting = project.environments
    .flatMap((one) => readLayers(app, one))
    .filter((layer) => !layer.declaration.program && entryIn(layer, name, project.settings));
  const paths = [...new Set(setting.map(({ declaration }) => declaration.path))].filter(
    (path) => path !== to,
  );
  const [only, ...more] = paths;
  if (only !== undefined && more.length === 0) return only;
  if (only === undefined) {
    throw configErrors.CONFIG_UNKNOWN_KEY({
      what: `no other layer than ${to} sets ${name}`,
      where: name,
      why: "there is nothing to move",
      fix: "ringfence config matrix",
    });
  }
  throw appErrors.APP_BAD_INPUT({
    what: `${name} is set in ${paths.join(" and in ")}`,
    why: "one layer is moved at a time",
    fix: `ringfence config move ${name} --from '${only}' --to '${to}'`,
  });
}

function placesOf(app: App, { name, from, to }: Move): Place[] {
  const { project } = app;
  return project.environments.flatMap((environment) => {
    const layers = readLayers(app, environment);
    const source = layers.find(({ declaration }) => declaration.path === from);
    const target = layers.find(({ declaration }) => declaration.path === to);
    const entry = source && entryIn(source, name, project.settings);
    return source && target && entry ? { environment, source, target, entry } : [];
  });
}

/** Two environments that would write one file must say the same. @throws APP_VALUES_CHANGE */
function assertAgreed(places: readonly Place[], { name }: Move): void {
  for (const { environment, target, entry } of places) {
    const other = places.find((one) => {
      return one.target.path === target.path && meaningOf(one.entry) !== meaningOf(entry);
    });
    if (!other) continue;
    throw appErrors.APP_VALUES_CHANGE({
      what: `${environment.name} and ${other.environment.name} don't say the same of ${name}`,
      where: `${target.path} for both`,
      why: "one of the two would get the other's value",
      fix: `ringfence config diff ${environment.name} ${other.environment.name}`,
    });
  }
}

/** The texts of all files that differ. @throws APP_VALUES_CHANGE, CONFIG_UNEDITABLE */
export function moveTexts(app: App, move: Move): NewTexts {
  const places = placesOf(app, move);
  assertAgreed(places, move);
  const { name } = move;
  const texts = new Map<string, string>();
  const edit = ({ declaration, path, text }: LayerText, one: LayerEdit): void => {
    texts.set(path, editLayer(declaration, path, texts.get(path) ?? text, [one], app.project.settings));
  };
  for (const { source } of places) edit(source, { kind: "remove", name });
  for (const { target, entry } of places) edit(target, { kind: "set", name, written: entry });
  return texts;
}

/** @throws APP_VALUES_CHANGE naming the environments whose values would not stay */
function assertSameValues(app: App, texts: NewTexts, { name, to }: Move): void {
  const changing = app.project.environments.flatMap((environment) => {
    const before = resolutionWith(app, environment, new Map());
    const differing = whatDiffers(before, resolutionWith(app, environment, texts));
    return differing.length > 0 ? `${environment.name}: ${differing.join(", ")}` : [];
  });
  if (changing.length === 0) return;
  throw appErrors.APP_VALUES_CHANGE({
    what: `with ${name} in ${to} not every environment would have the values that it has`,
    where: to,
    why: `these would differ: ${changing.join("; ")}`,
    fix: `ringfence config matrix --only ${name}`,
  });
}

/** @throws APP_LAYER_UNKNOWN, CONFIG_UNKNOWN_KEY, APP_BAD_INPUT, APP_VALUES_CHANGE, CONFIG_UNEDITABLE, ACCESS_DENIED */
export async function planMove(
  context: Context,
  { name, from: word, to }: Omit<Move, "from"> & { readonly from: string | undefined },
): Promise<PlanDraft> {
  const { app } = context;
  assertLayer(app, "to", to);
  if (word !== undefined) assertLayer(app, "from", word);
  const move: Move = { name, from: word ?? sourceLayer(app, name, to), to };
  const places = placesOf(app, move);
  const texts = moveTexts(app, move);
  assertSameValues(app, texts, move);
  const planned = planFiles(context, texts, undefined);
  const layers = places.flatMap(({ source, target }) => [source, target]);
  const before = (path: string) => layers.find((layer) => layer.path === path)?.text;
  const reason = context.reason ?? `config move ${name}`;
  const facts: MoveFacts = { ...planned, ...move, notes: [], reason };
  return {
    summary: `move ${name} from ${move.from} to ${to}`,
    environment: null,
    effects: [
      ...fileEffects(app, texts, before),
      ...otherEffects(app, planned, ""),
      "every value stays as it is",
    ],
    facts: { ...facts } as never,
  };
}
