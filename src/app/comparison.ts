/**
 * Configurations for a comparison: as they stand in the files, opened as far as this machine can. The process
 * environment is left out of all of them: it is this shell's, and would make environments look alike.
 */

import { randomBytes } from "node:crypto";
import { isRingfenceError, type RingfenceError } from "../base/error.ts";
import { type Fingerprint, type Resolution, resolve, type SecretEntry, type Side } from "../config/index.ts";
import type { FindingCount, SecretsProblem } from "../contract/comparison.ts";
import type { Environment, Project } from "../model/project.ts";
import type { Design } from "../model/rule.ts";
import { fingerprint } from "../secrets/index.ts";
import type { App } from "./app.ts";
import { assignments, refuseFlags } from "./config-flags.ts";
import { referencesOf } from "./reference-values.ts";
import { type ConfigureOptions, configure, readLayers, rememberSecrets } from "./resolution.ts";

/** An environment as it is now, and why its secrets are unknown, where they are. */
export interface ComparedEnvironment {
  readonly environment: Environment;
  readonly side: Side & { readonly resolution: Resolution };
  readonly problem: SecretsProblem | undefined;
}

/** Fingerprints under a key that lives as long as this comparison: they mean nothing to any other. */
export function ephemeralFingerprint(): Fingerprint {
  const key = randomBytes(32);
  return (name, text) => fingerprint(key, text, name);
}

/** Which keys may differ: what the project says, and the variable that names the environment. */
export function designRules(project: Project): readonly Design[] {
  const place = { file: project.manifest, line: 0, column: 0 };
  const naming = { pattern: project.detect.variable, reason: "it names the environment", place };
  return [...project.byDesign, naming];
}

export function countFindings({ findings }: Pick<Resolution, "findings">): FindingCount {
  const count = (wanted: string) => findings.filter(({ severity }) => severity === wanted).length;
  return { errors: count("error"), warnings: count("warning") };
}

/** What a secrets file that can't be trusted leaves: every declared secret, sealed. Its own text is not asked. */
function sealedSecrets(project: Project): SecretEntry[] {
  return project.settings
    .filter(({ secret }) => secret)
    .map(({ name, place }) => ({ name, place, value: undefined }));
}

function isAboutSecrets(error: unknown): error is RingfenceError {
  return isRingfenceError(error) && /^(SECRETS_|SNAPSHOT_KEY_)/.test(error.code);
}

/** An environment among others: a secrets file that is refused makes its secrets unknown, and is told. */
export function comparedEnvironment(
  app: App,
  environment: Environment,
  options: Pick<ConfigureOptions, "set" | "phase"> = {},
): ComparedEnvironment {
  const { name } = environment;
  try {
    const resolution = configure(app, environment, { ...options, variables: {} });
    return { environment, side: { name, resolution }, problem: undefined };
  } catch (error) {
    if (!isAboutSecrets(error)) throw error;
    const { project } = app;
    const layers = readLayers(app, environment);
    const flags = assignments(project, options.set ?? []);
    const resolution = resolve({
      project,
      environment,
      layers,
      secrets: sealedSecrets(project),
      process: {},
      flags,
      phase: options.phase,
      rules: app.rules,
      references: referencesOf(app.references, project, environment),
    });
    rememberSecrets(resolution);
    refuseFlags(project, resolution, Object.keys(flags));
    const problem = { environment: name, code: error.code, why: error.message, fix: error.fix ?? null };
    return { environment, side: { name, resolution }, problem };
  }
}
