/**
 * The layers of a draft: files of the same pattern become one template, in the order in which inspection lays them
 * over each other. What no layer can say is left out with the reason.
 */
import type { GitState } from "../../model/inspection.ts";
import { formatByName } from "../../model/manifest-layers.ts";
import type { SourceFile } from "../discovery.ts";
import type { DraftEnvironment, DraftLayer, LeftOut } from "./draft.ts";
import { draftEnvironments } from "./environments.ts";

/** A layer with the files that it stands for. */
export interface FiledLayer extends DraftLayer {
  readonly files: readonly SourceFile[];
}

export interface Landing {
  readonly environments: readonly DraftEnvironment[];
  readonly layers: readonly FiledLayer[];
  readonly leftOut: readonly LeftOut[];
  /** Folders of applications that could each be a project; more than one only where none was chosen. */
  readonly units: readonly string[];
}

const NO_LAYER: Readonly<Record<SourceFile["shape"], string | undefined>> = {
  settings: undefined,
  terraform: undefined,
  compose: "a compose file gives variables to its services; a layer is flat",
  chart: "values of a chart are read by Helm",
  task: "a task definition gives variables to its containers; a layer is flat",
  serverless: "it gives variables to its functions; a layer is flat",
};

function whyNoLayer(file: SourceFile): string | undefined {
  if (file.role === "other") return file.reason;
  if (file.sniffed)
    return "it says of itself which environment each part is for; a layer is one environment's";
  return NO_LAYER[file.shape];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The path with `*` wherever the environment's name stands; undefined where it stands nowhere as it is. */
function patternOf({ mark }: SourceFile): string | undefined {
  if (!mark) return undefined;
  const again = new RegExp(`(?<![A-Za-z0-9])${escaped(mark.written)}(?![A-Za-z0-9])`, "g");
  return `${mark.before}*${mark.after.replace(again, "*")}`;
}

/** What stands for `*` in every path of the group. */
function wordFor(
  files: readonly SourceFile[],
  environments: readonly DraftEnvironment[],
): string | undefined {
  const fits = (word: (environment: DraftEnvironment) => string) =>
    files.every(({ environment, mark }) => {
      const one = environments.find(({ name }) => name === environment?.name);
      return one !== undefined && mark?.written === word(one);
    });
  if (fits(({ name }) => name)) return "{env}";
  return fits(({ name, short }) => short ?? name) ? "{short}" : undefined;
}

const explicitPath = (path: string) => !/[{}]/.test(path);

/** Files that not every checkout has. */
function isOptional(files: readonly SourceFile[], git: (path: string) => GitState): boolean {
  return files.some(
    ({ path, role, format }) =>
      git(path) === "ignored" || /\.local(?:\.|$)/.test(path) || (role === "base" && format === "dotenv"),
  );
}

function layersOf(
  files: readonly SourceFile[],
  environments: readonly DraftEnvironment[],
  git: (path: string) => GitState,
): FiledLayer[] {
  const groups = Map.groupBy(files, (file) =>
    file.role === "base" ? file.path : (patternOf(file) ?? file.path),
  );
  return [...groups].flatMap(([pattern, group]): FiledLayer[] => {
    const { format, role } = group[0]!;
    const common = { format, dialect: "ringfence" as const };
    const optional = isOptional(group, git);
    if (role === "base") return [{ ...common, path: pattern, optional, only: undefined, files: group }];
    const word = pattern.includes("*") ? wordFor(group, environments) : undefined;
    if (word !== undefined) {
      const everywhere = environments.every(({ name }) =>
        group.some((one) => one.environment?.name === name),
      );
      const path = pattern.replaceAll("*", word);
      return [{ ...common, path, optional: optional || !everywhere, only: undefined, files: group }];
    }
    return group.map((file) => {
      const all = environments.length === 1;
      const only = all ? undefined : [file.environment!.name];
      return { ...common, path: file.path, optional, only, files: [file] };
    });
  });
}

const rankOf = ({ files }: FiledLayer) => files[0]!.rank;

/**
 * @param files as `discover` gives them, in the order of layers
 * @param without paths that shall be left out
 */
export function landingOf(
  files: readonly SourceFile[],
  git: (path: string) => GitState,
  without: readonly string[],
): Landing {
  const leftOut: LeftOut[] = [];
  const eligible: SourceFile[] = [];
  for (const file of files.filter(({ role }) => role !== "example" && role !== "noted")) {
    const why = without.includes(file.path)
      ? "left out as told"
      : (whyNoLayer(file) ?? (explicitPath(file.path) ? undefined : "its name has braces"));
    if (why === undefined) eligible.push(file);
    else leftOut.push({ path: file.path, why });
  }
  const units = [...new Set(eligible.filter(({ role }) => role === "environment").map(({ unit }) => unit))];
  const unit = units.includes("") ? "" : units.length === 1 ? units[0]! : undefined;
  if (unit === undefined) return { environments: [], layers: [], leftOut, units };
  const own = eligible.filter((file) => file.unit === unit);
  for (const { path, unit: other } of eligible.filter((file) => file.unit !== unit)) {
    leftOut.push({ path, why: `it belongs to another application, ${other || "the folder itself"}` });
  }
  const environments = draftEnvironments(own);
  const layers = layersOf(own, environments, git).sort((a, b) => rankOf(a) - rankOf(b));
  return { environments, layers, leftOut, units: [unit] };
}

/** A layer without the files that only inspection knows. */
export function plainLayer({ files: _files, ...layer }: FiledLayer): DraftLayer {
  return layer;
}

export function needsFormat({ path, format }: DraftLayer): boolean {
  return formatByName(path) !== format;
}
