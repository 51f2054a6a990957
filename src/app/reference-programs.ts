/** The programs that references would run: commands that layers and secrets files name, and stores of the project's own. */
import { join } from "node:path";
import { isRingfenceError } from "../base/error.ts";
import { type LayerText, resolve, type SecretEntry } from "../config/index.ts";
import { type Environment, expandTemplate, layersFor, type Project } from "../model/project.ts";
import type { PendingReference } from "../model/secret-reference.ts";
import { readReference } from "../references/index.ts";
import { type Program, programsOf, referenceProgram, storeProgram } from "../trust/index.ts";
import type { App } from "./app.ts";
import type { LayerPlace } from "./layer-programs.ts";
import { readTextIfThere } from "./project.ts";
import { ownSchemes, referencesOf } from "./reference-values.ts";
import { readSecrets } from "./resolution.ts";

/** What would be run to get these; each program once. */
export function programsFor(
  project: Project,
  environment: Environment,
  pending: readonly PendingReference[],
): Program[] {
  const own = ownSchemes(project);
  const programs = pending.flatMap(({ text, place }) => {
    const read = readReference(expandTemplate(text, environment), own);
    if (read?.kind !== "reference") return [];
    const { scheme, path } = read.secret;
    if (scheme === "cmd") return referenceProgram(JSON.parse(path) as string[], place);
    const store = own.has(scheme) && project.stores.find((one) => one.scheme === scheme);
    return (store && storeProgram(store)) || [];
  });
  return [...new Map(programs.map((program) => [program.name, program])).values()];
}

/** A secrets file that can't be read here names no programs here either. */
function entriesOf(app: App, environment: Environment): readonly SecretEntry[] {
  try {
    return readSecrets(app, environment).entries;
  } catch (error) {
    if (isRingfenceError(error) && /^(SECRETS_|SNAPSHOT_KEY_)/.test(error.code)) return [];
    throw error;
  }
}

/** Nothing runs here: a layer that a program gives names no commands, since the program can run what it wants itself. */
function fileLayers(environment: Environment, { project, root }: LayerPlace): LayerText[] {
  return layersFor(project, environment).map((layer) => ({
    ...layer,
    text: layer.declaration.program ? undefined : readTextIfThere(join(root, layer.path)),
  }));
}

/** Commands that the references of an environment name, as far as its files can be read here. */
function commandsOf(app: App, environment: Environment, place: LayerPlace): Program[] {
  const { project } = place;
  const { settings } = resolve({
    project,
    environment,
    layers: fileLayers(environment, place),
    secrets: entriesOf(app, environment),
    process: {},
    rules: "unasked",
    references: referencesOf(new Map(), project, environment),
  });
  const pending = [...settings.values()].flatMap((setting) => setting.pending ?? []);
  return programsFor(project, environment, pending).filter(({ kind }) => kind === "reference");
}

/** All that a project would run by itself: what its manifest names, and what the references of its environments do. */
export function allPrograms(
  app: App,
  place: LayerPlace = { project: app.project, root: app.project.root },
): Program[] {
  const { project } = place;
  const commands = project.environments.flatMap((environment) => commandsOf(app, environment, place));
  return [...new Map([...programsOf(project), ...commands].map((one) => [one.name, one])).values()];
}
