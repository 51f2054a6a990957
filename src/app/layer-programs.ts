/** Layers that programs give: run where they are trusted, with an environment that leads to no key and no secret. */
import { shellWord, shellWords } from "../base/shell-word.ts";
import { failedLayer, type LayerText, printedLayer, untrustedLayer } from "../config/index.ts";
import type { Environment, EnvironmentLayer, Project } from "../model/project.ts";
import type { ProgramCall } from "../ports/programs.ts";
import { ENVIRONMENT_VARIABLE } from "../snapshot/detection.ts";
import { layerProgram, type Program, type ProgramContent, whyUntrusted } from "../trust/index.ts";
import type { App } from "./app.ts";
import { programVariables, WITHIN } from "./program-variables.ts";
import { trustIn } from "./trust/programs.ts";
import { readTrustRecord } from "./trust/record-file.ts";

/** Where the layers are: the project's own folder, or a checkout of it with the manifest that lies there. */
export interface LayerPlace {
  readonly project: Project;
  readonly root: string;
}

function callOf(
  content: ProgramContent,
  environment: Environment,
  facts: Pick<ProgramCall, "folder" | "variables">,
): ProgramCall {
  const { kind, words, files } = content;
  if (kind !== "module") return { kind: "command", words, files, ...facts };
  return { kind: "module", path: words[0]!, environment: environment.name, files, ...facts };
}

/** How to see what the program says for oneself: its own words are not repeated here, they may be secret. */
function tryIt({ kind, words }: Program, { name }: Environment): string {
  if (kind !== "module") return `${ENVIRONMENT_VARIABLE}=${shellWord(name)} ${shellWords(words)}`;
  const load = `import(${JSON.stringify(`./${words[0]}`)}).then((module) => console.log(module.default))`;
  return `node --eval ${shellWord(load)}`;
}

/**
 * The layer that a program gives for an environment. A module that is not there is a missing file; a program that is
 * not trusted is not run.
 *
 * @throws TRUST_HOME_IN_PROJECT, TRUST_RECORD_DAMAGED
 */
export function programLayer(
  app: App,
  environment: Environment,
  layer: EnvironmentLayer,
  { project, root }: LayerPlace,
): LayerText {
  const program = layerProgram(layer, environment)!;
  const [found] = trustIn(root, [program], readTrustRecord(app));
  if (!found) return { ...layer, text: undefined };
  const { content, trust } = found;
  if (trust.state !== "trusted") return untrustedLayer(layer, whyUntrusted(trust));
  const fix = tryIt(program, environment);
  const outer = app.variables[WITHIN];
  if (outer !== undefined) {
    const why = `the program of the layer ${outer} asks for it, and programs are not run by programs`;
    return failedLayer(layer, why, "let the program ask for no environment whose layers are programs");
  }
  const variables = programVariables(app, project, environment, layer.path);
  const answer = app.programs.run(callOf(content, environment, { folder: root, variables }));
  if (answer.ok) return printedLayer(layer, answer.text, fix);
  return failedLayer(layer, answer.why, answer.fix ?? fix);
}
