/** What a release takes from a commit: its manifest, and each environment's configuration by revision. */

import { join } from "node:path";
import { digestOf } from "../base/digest.ts";
import { isLayerMissing, type LayerText, type Resolution, resolve } from "../config/index.ts";
import type { Finding } from "../model/finding.ts";
import { readManifest } from "../model/manifest.ts";
import { type Environment, expandTemplate, layersFor, type Project } from "../model/project.ts";
import type { ConfigRevision, Release } from "../model/release.ts";
import { listSecrets } from "../secrets/index.ts";
import { MANIFEST } from "../snapshot/project-root.ts";
import type { App } from "./app.ts";
import { appErrors } from "./errors.ts";
import { manifestError, readTextIfThere } from "./project.ts";
import { referencesOf } from "./reference-values.ts";
import { readLayers } from "./resolution.ts";

/** The project as a checkout's manifest describes it. @throws APP_NO_PROJECT, APP_MANIFEST_INVALID */
export function projectAt(
  checkout: string,
  root: string,
  commit: string,
): { project: Project; manifest: string } {
  const manifest = readTextIfThere(join(checkout, MANIFEST));
  if (manifest === undefined) {
    throw appErrors.APP_NO_PROJECT({
      what: `${MANIFEST} is not part of ${commit.slice(0, 12)}`,
      where: join(root, MANIFEST),
      why: "a release is built from a commit, not from the work tree",
      fix: `git add ${MANIFEST} && git commit -m "Describe the project"`,
    });
  }
  const { project, findings } = readManifest(manifest, { root, file: MANIFEST });
  if (!project) throw manifestError(findings, `${MANIFEST} at ${commit.slice(0, 12)}`);
  return { project, manifest };
}

function listed(findings: readonly Finding[]): string {
  return findings.map(({ where, why }) => `${where}  ${why}`).join("\n");
}

/**
 * A release keeps what programs gave, so that a promotion need not run them: all of it must be there, and no secret.
 *
 * @throws RELEASE_PROGRAM_FAILED, RELEASE_PROGRAM_SECRET
 */
function assertKeepable(
  environment: Environment,
  layers: readonly LayerText[],
  { findings }: Pick<Resolution, "findings">,
): void {
  const programs = layers.filter(({ declaration }) => declaration.program !== undefined);
  const problems = new Set(programs.flatMap(({ problem }) => problem?.why ?? []));
  const lost = findings.filter(({ code, why }) => isLayerMissing(code) && problems.has(why));
  if (lost.length > 0) {
    throw appErrors.RELEASE_PROGRAM_FAILED({
      what: `a layer of ${environment.name} is missing, because its program gave nothing`,
      where: lost[0]!.where,
      why: listed(lost),
      fix: lost[0]!.fix,
    });
  }
  const paths = new Set(programs.map(({ path }) => path));
  const printed = findings.filter(
    ({ code, where }) => code === "SETTING_SECRET_IN_PLAIN" && paths.has(where),
  );
  if (printed.length > 0) {
    throw appErrors.RELEASE_PROGRAM_SECRET({
      what: `a program gives ${printed.map(({ setting }) => setting).join(", ")} in plain`,
      where: printed[0]!.where,
      why: `a release keeps what programs give, and secrets only by name\n${listed(printed)}`,
      fix: `ringfence secret set ${printed[0]!.setting} -e ${environment.name}   # and leave it out in the program`,
    });
  }
}

/**
 * An environment's configuration in a checkout: its layers whole, with what their programs give there; its plain
 * settings for comparison, secrets by name.
 *
 * @throws RELEASE_PROGRAM_FAILED, RELEASE_PROGRAM_SECRET
 */
export function configurationAt(
  app: App,
  project: Project,
  environment: Environment,
  checkout: string,
): ConfigRevision {
  const layers = readLayers(app, environment, { project, root: checkout });
  const file = expandTemplate(project.secretsPath, environment);
  const secretsText = readTextIfThere(join(checkout, file));
  const names = secretsText === undefined ? [] : listSecrets(secretsText, { file }).names;
  const { settings, findings } = resolve({
    project,
    environment,
    layers,
    secrets: names.map(({ name, place }) => ({ name, place, value: undefined })),
    process: {},
    rules: "unasked",
    references: referencesOf(app.references, project, environment),
  });
  assertKeepable(environment, layers, { findings });
  const all = [...settings.values()];
  const content = {
    environment: environment.name,
    layers: layers.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }])),
    settings: Object.fromEntries(all.filter(({ secret }) => !secret).map(({ name, text }) => [name, text])),
    secrets: project.settings.filter(({ secret }) => secret).map(({ name }) => name),
  };
  return { ...content, revision: digestOf(content) };
}

/** The project and layers that a release runs by in an environment. @throws APP_RELEASE_UNPROMOTABLE */
export function releaseConfiguration(
  app: App,
  release: Release,
  environment: Environment,
): { project: Project; environment: Environment; layers: LayerText[]; revision: ConfigRevision } {
  const { project } = readManifest(release.manifest, { root: app.project.root, file: MANIFEST });
  const revision = release.configuration.find((candidate) => candidate.environment === environment.name);
  const declared = project?.environments.find((candidate) => candidate.name === environment.name);
  if (!project || !revision || !declared) {
    throw appErrors.APP_RELEASE_UNPROMOTABLE({
      what: `${release.version} does not know the environment ${environment.name}`,
      where: `${MANIFEST} at ${release.commit.slice(0, 12)}`,
      why: "its manifest was written before that environment was",
      fix: "ringfence release create <the next version>",
    });
  }
  const texts = new Map(revision.layers.map(({ path, text }) => [path, text]));
  const layers = layersFor(project, declared).map((layer) => ({ ...layer, text: texts.get(layer.path) }));
  return { project, environment: declared, layers, revision };
}
