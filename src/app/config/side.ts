/** The sides of a comparison as they are typed: `staging`, or a version of it as in `production@1.4.0`. */
import { type Resolution, resolve, type Side } from "../../config/index.ts";
import type { Environment } from "../../model/project.ts";
import { detect } from "../../snapshot/detection.ts";
import type { App } from "../app.ts";
import { appErrors } from "../errors.ts";
import { releaseConfiguration } from "../release-content.ts";
import { findRelease } from "../release-view.ts";
import { configure, readSecrets, rememberSecrets } from "../resolution.ts";
import { ruleOf } from "../rule.ts";

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
    rules: app.rules,
  });
  rememberSecrets(resolution);
  return resolution;
};

/** Asked in turn. Releases come last: they refuse what nobody knows. */
const VERSION_SOURCES: readonly VersionSource[] = [ofRelease];

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
  if (at === undefined) return { name: text, resolution: configure(app, environment, {}) };
  for (const source of sources) {
    const resolution = await source(app, environment, at);
    if (resolution) return { name: text, resolution };
  }
  throw new Error("the last source of versions refuses what it does not know");
}
