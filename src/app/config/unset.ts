/** `ringfence config unset NAME`: takes a setting out of the environment's own layers; what others say then counts. */
import * as z from "zod";
import { formatPlace } from "../../base/place.ts";
import { editLayer, entryIn, type LayerText, ownLayersSetting } from "../../config/index.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import {
  editSteps,
  fileEffects,
  filesGates,
  type NewTexts,
  otherEffects,
  type PlannedFiles,
  planFiles,
} from "../layer-change.ts";
import { readLayers } from "../resolution.ts";
import { verifyWritten } from "../revision-file.ts";
import { whyNotAsPlanned } from "../revision-steps.ts";
import { resolutionWith } from "../settings-after.ts";
import { editAnswer } from "./edit-answer.ts";
import { layerNamed } from "./layer-word.ts";

interface Facts extends PlannedFiles {
  readonly name: string;
  readonly layers: readonly string[];
  readonly notes: readonly string[];
  readonly reason: string;
}

/** The layers to take it out of. @throws APP_SETTING_ABSENT where none of them sets it */
function layersWith({ app, environment }: Context, name: string, word: string | undefined): LayerText[] {
  const { project } = app;
  const layers = readLayers(app, environment);
  const sets = (layer: LayerText) => entryIn(layer, name, project.settings) !== undefined;
  const found =
    word === undefined
      ? ownLayersSetting(project, environment, layers, name)
      : [layerNamed(app, environment, word)].filter(sets);
  if (found.length > 0) return found;
  const other = layers.findLast((layer) => sets(layer) && !layer.declaration.program);
  throw appErrors.APP_SETTING_ABSENT({
    what: `${word ?? `no layer of ${environment.name} alone`} ${word ? "does not set" : "sets"} ${name}`,
    where: other ? formatPlace(entryIn(other, name, project.settings)!.place) : name,
    why: other ? `${other.path} sets it` : "no layer sets it",
    fix: other
      ? `ringfence config unset ${name} -e ${environment.name} --layer ${other.path}`
      : `ringfence config explain ${name} -e ${environment.name}`,
  });
}

function unsetTexts(
  { app, environment }: Context,
  { name, layers }: Pick<Facts, "name" | "layers">,
): NewTexts {
  const { settings } = app.project;
  const edits = [{ kind: "remove", name }] as const;
  const found = readLayers(app, environment).filter(({ path }) => layers.includes(path));
  return new Map(
    found.map(({ declaration, path, text }) => [path, editLayer(declaration, path, text, edits, settings)]),
  );
}

/** Where its value comes from then. */
function whatCounts({ app, environment }: Context, texts: NewTexts, name: string): string {
  const after = resolutionWith(app, environment, texts).settings.get(name);
  const winner = after?.history.find(({ wins }) => wins);
  if (!winner) return `${name} has no value in ${environment.name} then`;
  const { source, place } = winner;
  return `${name} then comes from ${source === place.file ? "" : `${source} at `}${formatPlace(place)}`;
}

export const operation = defineOperation({
  name: "config unset",
  summary: "Take a setting out of an environment's own layers",
  scope: "environment",
  input: z.object({
    name: z.string().meta({ position: 0, description: "the setting's name" }),
    layer: z.string().optional().meta({
      description: "the file to take it out of, one of the environment's layers; a shared one changes others",
    }),
  }),
  async plan(context, { name, layer }) {
    const { app, environment } = context;
    const layers = layersWith(context, name, layer);
    const paths = layers.map(({ path }) => path);
    const texts = unsetTexts(context, { name, layers: paths });
    const planned = planFiles(context, texts, environment.name);
    const notes = [whatCounts(context, texts, name)];
    const reason = context.reason ?? `config unset ${name}`;
    const facts: Facts = { ...planned, name, layers: paths, notes, reason };
    const before = (path: string) => layers.find((one) => one.path === path)?.text;
    return {
      summary: `unset ${name} for ${environment.name}`,
      environment: environment.name,
      effects: [
        ...fileEffects(app, texts, before),
        ...otherEffects(app, planned, environment.name),
        ...notes,
      ],
      facts: { ...facts } as never,
    };
  },
  async changed({ app }, plan) {
    return whyNotAsPlanned(app, (plan.facts as unknown as Facts).revisions);
  },
  async gates(context, plan) {
    const facts = plan.facts as unknown as Facts;
    return filesGates(context.app, facts, unsetTexts(context, facts), context.environment.name);
  },
  steps(context, plan) {
    const facts = plan.facts as unknown as Facts;
    return editSteps(context, facts, facts.reason, () => unsetTexts(context, facts));
  },
  async verify({ app }, plan) {
    const { files } = plan.facts as unknown as Facts;
    return verifyWritten(app, files);
  },
  answer: async (_context, record) => editAnswer(record),
});
