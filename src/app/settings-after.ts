/** What the settings of an environment would be with other texts in some of its files, and whether they may. */

import { type Resolution, resolve, type SecretEntry } from "../config/index.ts";
import type { Finding } from "../model/finding.ts";
import type { Gate } from "../model/gate.ts";
import type { Environment } from "../model/project.ts";
import { settingsGate } from "../pipelines/index.ts";
import type { App } from "./app.ts";
import { referencesOf } from "./reference-values.ts";
import { readLayers, readSecrets, rememberSecrets } from "./resolution.ts";

/** Text by path; undefined for a file that is gone. */
export type Texts = ReadonlyMap<string, string | undefined>;

/** An environment's resolution with other texts in some files; its secrets are known to the redactor then. */
export function resolutionWith(
  app: App,
  environment: Environment,
  texts: Texts,
  secrets: readonly SecretEntry[] = readSecrets(app, environment).entries,
): Resolution {
  const layers = readLayers(app, environment).map((layer) =>
    texts.has(layer.path) ? { ...layer, text: texts.get(layer.path) } : layer,
  );
  const { project, rules } = app;
  const references = referencesOf(app.references, project, environment);
  const resolution = resolve({ project, environment, layers, secrets, process: {}, rules, references });
  rememberSecrets(resolution);
  return resolution;
}

/** Without the lines that it names: an edit above them moves them. */
function identityOf({ code, setting, why }: Finding): string {
  return JSON.stringify([code, setting, why.replace(/:\d+(:\d+)?/g, "")]);
}

/**
 * Whether an environment would be usable afterwards. The secrets stay as they are, so that sealed ones don't matter.
 *
 * @param onlyNew what was wrong before does not count
 */
export function settingsAfter(app: App, environment: Environment, texts: Texts, onlyNew: boolean): Gate {
  const resolution = resolutionWith(app, environment, texts);
  const before = onlyNew ? resolutionWith(app, environment, new Map()).findings.map(identityOf) : [];
  const findings = resolution.findings.filter((finding) => !before.includes(identityOf(finding)));
  return settingsGate(environment.name, findings, []);
}
