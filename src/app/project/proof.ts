/** Whether a manifest's text resolves every environment to the values that its files held before. */
import { isDeepStrictEqual } from "node:util";
import { formatPlace } from "../../base/place.ts";
import { type Resolution, resolve } from "../../config/index.ts";
import { readManifest } from "../../model/manifest.ts";
import { layersFor, type Project } from "../../model/project.ts";
import type { ResolvedSetting } from "../../model/setting.ts";
import { MANIFEST } from "../../snapshot/project-root.ts";
import { manifestError } from "../project.ts";
import type { PlainValue } from "./plain-values.ts";

/** One key that would change. Never with a value. */
export interface Difference {
  readonly environment: string;
  readonly name: string;
  readonly how: "other value" | "missing" | "new";
  /** `file:line:column`, or the file alone where the manifest has no value. */
  readonly where: string;
}

export interface Proof {
  readonly project: Project;
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly differences: readonly Difference[];
}

export type Before = ReadonlyMap<string, ReadonlyMap<string, PlainValue>>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A number keeps the file's text (1.10) in one reader and not in the other; structured values are JSON. */
function isSame({ value, text }: PlainValue, setting: ResolvedSetting): boolean {
  if (setting.text === text) return true;
  if (typeof value === "number") return setting.text !== "" && Number(setting.text) === value;
  return value !== null && typeof value === "object" && isDeepStrictEqual(parsed(setting.text), parsed(text));
}

function differencesIn(
  environment: string,
  before: ReadonlyMap<string, PlainValue>,
  { settings }: Resolution,
): Difference[] {
  const differences: Difference[] = [];
  for (const [name, plain] of before) {
    const setting = settings.get(name);
    if (!setting) differences.push({ environment, name, how: "missing", where: plain.file });
    else if (!isSame(plain, setting)) {
      const winner = setting.history.find(({ wins }) => wins);
      differences.push({
        environment,
        name,
        how: "other value",
        where: winner ? formatPlace(winner.place) : plain.file,
      });
    }
  }
  for (const [name, { history }] of settings) {
    if (before.has(name)) continue;
    const winner = history.find(({ wins }) => wins);
    differences.push({ environment, name, how: "new", where: winner ? formatPlace(winner.place) : MANIFEST });
  }
  return differences;
}

/**
 * @param textOf a layer's text by its path; undefined for one that is not there
 * @throws APP_MANIFEST_INVALID, which is a mistake of whoever made the text
 */
export function prove(
  manifest: string,
  root: string,
  textOf: (path: string) => string | undefined,
  before: Before,
): Proof {
  const { project, findings } = readManifest(manifest, { root, file: MANIFEST });
  if (!project) throw manifestError(findings, `the drafted ${MANIFEST}`);
  const resolutions = new Map(
    project.environments.map((environment) => [
      environment.name,
      resolve({
        project,
        environment,
        layers: layersFor(project, environment).map((layer) => ({ ...layer, text: textOf(layer.path) })),
        secrets: [],
        process: {},
        rules: "unasked",
        references: undefined,
      }),
    ]),
  );
  const differences = [...resolutions].flatMap(([name, resolution]) =>
    differencesIn(name, before.get(name) ?? new Map(), resolution),
  );
  return { project, resolutions, differences };
}
