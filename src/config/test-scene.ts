/** Small projects for the tests of resolution, read from manifest text as a user writes it. Only tests import this. */
import { expect } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { type Environment, environmentOf, layersFor, type Project } from "../model/project.ts";
import type { ReferenceReader } from "../model/secret-reference.ts";
import type { Phase } from "../model/setting.ts";
import { type LayerText, type Resolution, resolve } from "./index.ts";

export interface Scene {
  /** Lines under `settings`. */
  readonly settings?: string;
  /** Lines under `expect`. */
  readonly expect?: string;
  readonly layers?: string;
  readonly environment?: string;
  /** Of the kind that `qa` has. */
  readonly policies?: string;
  /** Text by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Undefined: sealed. */
  readonly secrets?: Readonly<Record<string, string | undefined>>;
  readonly process?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  readonly phase?: Phase;
  readonly references?: ReferenceReader;
}

const ENVIRONMENTS = "{ local: , development: , staging: , production: , qa: { kind: try } }";

/** A scene's project, which has no mistake, with the resolution of its environment. */
export interface Resolved {
  readonly project: Project;
  readonly environment: Environment;
  readonly layers: readonly LayerText[];
  readonly resolution: Resolution;
}

/** The resolution of a scene whose manifest has no mistake. */
export function resolved(scene: Scene): Resolution {
  return resolvedProject(scene).resolution;
}

export function resolvedProject(scene: Scene): Resolved {
  const {
    settings = "",
    layers = "[.env?, 'env/{env}.env?', 'env/{env}.yaml?']",
    environment = "staging",
  } = scene;
  const manifest = `project: shop
environments: ${ENVIRONMENTS}
kinds: { try: { like: development${scene.policies ? `, policies: ${scene.policies}` : ""} } }
layers: ${layers}
settings:
${settings
  .split("\n")
  .map((line) => `  ${line}`)
  .join("\n")}
${scene.expect === undefined ? "" : `expect:\n${scene.expect.replace(/^/gm, "  ")}\n`}`;
  const { project, findings } = readManifest(settings ? manifest : manifest.replace("settings:", ""), {
    root: "/p",
    file: "ringfence.yaml",
  });
  expect(findings).toEqual([]);
  const secrets = Object.entries(scene.secrets ?? {}).map(([name, value], index) => {
    return { name, value, place: { file: `secrets/${environment}.yaml`, line: index + 1, column: 1 } };
  });
  const selected = environmentOf(project!, environment)!;
  const texts = layersFor(project!, selected).map((layer) => ({
    ...layer,
    text: scene.files?.[layer.path],
  }));
  const resolution = resolve({
    project: project!,
    environment: selected,
    layers: texts,
    secrets,
    process: scene.process ?? {},
    ...(scene.flags && { flags: scene.flags }),
    phase: scene.phase,
    rules: undefined,
    references: scene.references,
    cache: new Map(),
  });
  return { project: project!, environment: selected, layers: texts, resolution };
}

/** The text of every setting. */
export function texts(resolution: Resolution): Record<string, string> {
  return Object.fromEntries([...resolution.settings].map(([name, { text }]) => [name, text]));
}

/** Secrets of scenes are short, so that they can be read; what that means for output is no matter of theirs. */
const OF_SHORT_SECRETS = "SECURITY_SCRUBBING";

/** `severity CODE where` of every finding. */
export function codes({ findings }: Resolution): string[] {
  const meant = findings.filter(({ code }) => code !== OF_SHORT_SECRETS);
  return meant.map(({ code, severity, where }) => `${severity} ${code} ${where}`);
}
