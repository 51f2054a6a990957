/** Which layer `--layer` means, and which one is meant without it. */
import { nearest } from "../../base/nearest.ts";
import { type LayerText, layerToSet } from "../../config/index.ts";
import type { Environment } from "../../model/project.ts";
import type { App } from "../app.ts";
import { appErrors } from "../errors.ts";
import { readLayers } from "../resolution.ts";

/** @throws APP_LAYER_UNKNOWN for a word that names no file among the environment's layers */
export function layerNamed(app: App, environment: Environment, word: string): LayerText {
  const files = readLayers(app, environment).filter(({ declaration }) => !declaration.program);
  const found = files.find(({ path, declaration }) => path === word || declaration.path === word);
  if (found) return found;
  const paths = files.map(({ path }) => path);
  throw appErrors.APP_LAYER_UNKNOWN({
    what: `${environment.name} has no layer ${JSON.stringify(word)}`,
    where: `--layer ${word}`,
    why: paths.length > 0 ? `its files are ${paths.join(", ")}` : "no file is a layer of it",
    fix: `--layer ${nearest(word, paths) ?? paths[0] ?? "<path>"}`,
  });
}

/** The layer that a setting is to be set in. @throws APP_LAYER_UNKNOWN */
export function layerFor(
  app: App,
  environment: Environment,
  name: string,
  word: string | undefined,
): LayerText {
  if (word !== undefined) return layerNamed(app, environment, word);
  const { project } = app;
  const layers = readLayers(app, environment);
  const found = layerToSet(project, environment, layers, name);
  if (found) return found;
  const shared = layers.findLast(({ declaration }) => !declaration.program)?.path;
  throw appErrors.APP_LAYER_UNKNOWN({
    what: `no layer of ${environment.name} alone can set ${name}`,
    where: `${project.manifest} layers`,
    why: "its files are layers of other environments too, or a layer below them is final",
    fix: shared
      ? `--layer ${shared}   # this changes the other environments that have it as well`
      : 'add a layer to the manifest: "config/{env}.env?"',
  });
}
