/** What a project's program finds in its environment: nothing that leads to a key or a secret. */
import { redact } from "../base/redact.ts";
import type { Environment, Project } from "../model/project.ts";
import { ENVIRONMENT_VARIABLE } from "../snapshot/detection.ts";
import { withoutKeys } from "../snapshot/key-variables.ts";
import type { App } from "./app.ts";

/** Set for a program, so that one that asks Ringfence for what it gives itself is not started without end. */
export const WITHIN = "RINGFENCE_LAYER";

/**
 * The caller's variables without ways to keys, and without secrets: by their names, and by values that are known.
 *
 * @param asked what the program is run for: a layer, a reference
 */
export function programVariables(
  app: App,
  project: Project,
  environment: Environment,
  asked: string,
): Record<string, string> {
  const secrets = new Set(project.settings.filter(({ secret }) => secret).map(({ name }) => name));
  const kept = Object.entries(withoutKeys(app.variables)).filter(
    ([name, value]) => !secrets.has(name) && redact(value) === value,
  );
  return {
    ...Object.fromEntries(kept),
    [project.detect.variable]: environment.name,
    [ENVIRONMENT_VARIABLE]: environment.name,
    [WITHIN]: asked,
  };
}
