/** The sides of a comparison as they are typed: `staging`, or a version of it: `production@1.4.0`, `@previous`, `@3f2a9c`. */

import type { Digest } from "../../base/digest.ts";
import { type LayerText, type Resolution, resolve, type Side } from "../../config/index.ts";
import type { Environment } from "../../model/project.ts";
import type { Revision } from "../../model/revision.ts";
import { detect } from "../../snapshot/detection.ts";
import { type App, checkerFor } from "../app.ts";
import { appErrors } from "../errors.ts";
import { referencesOf } from "../reference-values.ts";
import { releaseConfiguration } from "../release-content.ts";
import { findRelease } from "../release-view.ts";
import { configure, readLayers, readSecrets, rememberSecrets } from "../resolution.ts";
import { currentRevision } from "../revision.ts";
import { textOf } from "../revision-file.ts";
import { ruleOf } from "../rule.ts";
import { latestThat, PREVIOUS, revisionNamed } from "./revision-choice.ts";

export interface SideName {
  readonly environment: string;
  /** What stands behind the `@`; undefined for the environment as its files say now. */
  readonly at: string | undefined;
}

/** The configuration of an environment that a version names; undefined where the version is none of this source's. */
export type VersionSource = (
  app: App,
  environment: Environment,
  at: string,
) => Promise<Pick<Resolution, "settings" | "findings"> | undefined>;

/** A release's own manifest and layers, with the secrets of today, as a promotion would resolve it. @throws APP_RELEASE_UNKNOWN */
const ofRelease: VersionSource = async (app, environment, at) => {
  const release = await app.store.read((view) => findRelease(view, at));
  const { project, environment: inside, layers } = releaseConfiguration(app, release, environment);
  const secrets = readSecrets(app, environment).entries;
  const resolution = resolve({
    project,
    environment: inside,
    layers,
    secrets,
    process: {},
    rules: await checkerFor(app, project),
    references: referencesOf(app.references, project, inside),
  });
  rememberSecrets(resolution);
  return resolution;
};

/** Files of an environment as they were, under the manifest and with the secrets of today. */
async function resolveRevision(app: App, environment: Environment, revision: Revision): Promise<Resolution> {
  const { project, store, rules } = app;
  const digests = new Map(revision.files.map(({ path, digest }) => [path, digest]));
  const layers: LayerText[] = [];
  for (const layer of readLayers(app, environment)) {
    const digest = digests.get(layer.path);
    // A program's output, and a layer that was none then, is taken as it is today.
    if (digest === undefined) layers.push(layer);
    else layers.push({ ...layer, text: digest === null ? undefined : await layerText(store, digest) });
  }
  const secrets = readSecrets(app, environment).entries;
  const references = referencesOf(app.references, project, environment);
  const resolution = resolve({ project, environment, layers, secrets, process: {}, rules, references });
  rememberSecrets(resolution);
  return resolution;
}

async function layerText(store: App["store"], digest: Digest): Promise<string> {
  return Buffer.from(await textOf(store, digest)).toString("utf8");
}

/** A recorded revision by the first digits of its digest, or the one before the latest. @throws APP_REVISION_… */
const ofRevision: VersionSource = async (app, environment, at) => {
  if (at !== PREVIOUS && !/^(sha256:)?[0-9a-f]{4,64}$/.test(at)) return undefined;
  const draft = currentRevision(app, environment);
  const revision = await app.store.read((view) =>
    at === PREVIOUS
      ? latestThat(view, environment.name, ({ digest }) => digest !== draft.digest)
      : revisionNamed(view, environment.name, at),
  );
  return resolveRevision(app, environment, revision);
};

/** Asked in turn. Releases come last: they refuse what nobody knows. */
const VERSION_SOURCES: readonly VersionSource[] = [ofRevision, ofRelease];

/** @throws APP_BAD_INPUT */
export function parseSide(text: string): SideName {
  const [environment = "", at, ...more] = text.split("@");
  if (environment === "" || at === "" || more.length > 0) {
    throw appErrors.APP_BAD_INPUT({
      what: `${JSON.stringify(text)} names no configuration`,
      why: "it is an environment, or an environment and a version joined by one @",
      fix: "ringfence config diff staging production@1.0.0",
    });
  }
  return { environment, at };
}

/** @throws ENV_UNKNOWN, APP_BAD_INPUT, APP_RELEASE_UNKNOWN, APP_RELEASE_UNPROMOTABLE, SECRETS_… */
export async function openSide(
  app: App,
  text: string,
  sources: readonly VersionSource[] = VERSION_SOURCES,
): Promise<Side> {
  const { environment: name, at } = parseSide(text);
  const flag = detect(ruleOf(app.project), { flag: name, variables: {}, host: app.host }).environment;
  const environment = app.project.environments.find((candidate) => candidate.name === flag)!;
  if (at === undefined) return { name: text, resolution: configure(app, environment, { variables: {} }) };
  for (const source of sources) {
    const resolution = await source(app, environment, at);
    if (resolution) return { name: text, resolution };
  }
  throw new Error("the last source of versions refuses what it does not know");
}
