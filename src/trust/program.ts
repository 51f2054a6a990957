/**
 * The programs of a project that Ringfence would run by itself: those that give layers or secrets, and builds. An
 * address of the project's own that a probe would show a credential to needs trust just as well, and stands among them.
 */
import type { Place } from "../base/place.ts";
import { shellWords } from "../base/shell-word.ts";
import { isForeignProbe } from "../model/credential-probe.ts";
import type { Project, Service } from "../model/project.ts";
import { type Environment, type EnvironmentLayer, expandTemplate, layersFor } from "../model/project.ts";
import type { StoreDeclaration } from "../model/secret-reference.ts";
import type { SettingDeclaration } from "../model/setting.ts";
import { visible } from "./visible.ts";

/** One thing that would be run. */
export interface Program {
  readonly kind: "command" | "module" | "build" | "store" | "reference" | "rotation" | "probe";
  /** For people and in the record: `module config/config_dev.ts`, `command node settings.js dev`. */
  readonly name: string;
  /** Word by word, with the environment's own names in it; of a module its path alone, of a probe its address. */
  readonly words: readonly string[];
  /** Where the manifest declares it. */
  readonly place: Place;
}

/** The program of an environment's layer; undefined where the layer is a file. */
export function layerProgram(
  { declaration, path }: EnvironmentLayer,
  environment: Environment,
): Program | undefined {
  const { program, place } = declaration;
  if (program === undefined) return undefined;
  if (program.kind === "module")
    return { kind: "module", name: `module ${visible(path)}`, words: [path], place };
  const words = program.command.map((word) => expandTemplate(word, environment));
  return { kind: "command", name: `command ${visible(shellWords(words))}`, words, place };
}

/** The program of a store that the project declares; its words as the manifest has them. */
export function storeProgram({ scheme, command, place }: StoreDeclaration): Program | undefined {
  if (command === undefined) return undefined;
  return { kind: "store", name: `store ${scheme}: ${visible(shellWords(command))}`, words: command, place };
}

/** The program that a `cmd:` reference names. @param place where the reference stands */
export function referenceProgram(words: readonly string[], place: Place): Program {
  return { kind: "reference", name: `reference ${visible(shellWords(words))}`, words, place };
}

/** What a program does when a secret is rotated. */
export type RotationPart = "hook" | "verify";

/** The program that takes part in rotating a secret; undefined where none is declared. */
export function rotationProgram(
  { name, rotation, place }: SettingDeclaration,
  part: RotationPart,
  environment: Environment,
): Program | undefined {
  const declared = rotation?.[part];
  if (declared === undefined) return undefined;
  const words = declared.command.map((word) => expandTemplate(word, environment));
  return { kind: "rotation", name: `${part} of ${name}: ${visible(shellWords(words))}`, words, place };
}

/** The programs that take part in rotating secrets, each once. */
function rotationPrograms({ settings, environments }: Project): Program[] {
  const programs = settings.flatMap((setting) =>
    environments.flatMap((environment) =>
      (["hook", "verify"] as const).flatMap((part) => rotationProgram(setting, part, environment) ?? []),
    ),
  );
  return [...new Map(programs.map((program) => [program.name, program])).values()];
}

/** The address that a probe would show a setting's credential to; undefined for the vendor's and this machine's. */
export function probeProgram({ name, format, probe, place }: SettingDeclaration): Program | undefined {
  if (!probe || format === undefined || !isForeignProbe(format, probe)) return undefined;
  return { kind: "probe", name: `probe of ${name}: ${visible(probe)}`, words: [probe], place };
}

function buildProgram({ name, build, place }: Service): Program[] {
  if (build.kind === "entry") return [];
  const words = visible(shellWords(build.command));
  return [{ kind: "build", name: `build ${name}: ${words}`, words: build.command, place }];
}

/** The programs among the layers of some environments, each once, in the manifest's order. */
export function layerPrograms(project: Project, environments: readonly Environment[]): Program[] {
  const programs = environments.flatMap((environment) =>
    layersFor(project, environment).flatMap((layer) => layerProgram(layer, environment) ?? []),
  );
  return [...new Map(programs.map((program) => [program.name, program])).values()];
}

/**
 * All programs that a project's manifest names: those of its layers in any environment, its services' builds, its
 * stores of secrets, what rotates secrets, and the addresses of its probes.
 */
export function programsOf(project: Project): Program[] {
  return [
    ...layerPrograms(project, project.environments),
    ...project.services.flatMap(buildProgram),
    ...project.stores.flatMap((store) => storeProgram(store) ?? []),
    ...rotationPrograms(project),
    ...project.settings.flatMap((setting) => probeProgram(setting) ?? []),
  ];
}
