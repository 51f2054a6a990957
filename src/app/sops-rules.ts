/** A project's `.sops.yaml`, held against the manifest before a secrets file is written. */
import { join } from "node:path";
import type { Environment } from "../model/project.ts";
import { assertRuleAgrees, creationRuleFor, creationRules } from "../secrets/index.ts";
import type { App } from "./app.ts";
import { readTextIfThere } from "./project.ts";

const FILE = ".sops.yaml";

/**
 * Refuses to write a file that sops would encrypt to others than the manifest says.
 *
 * @param file of the environment's secrets, relative to the project's root.
 * @throws SECRETS_RULES_DISAGREE; SECRETS_MALFORMED, SECRETS_UNSUPPORTED for a `.sops.yaml` that can't be read
 */
export function assertSopsRules(
  { project }: Pick<App, "project">,
  { recipients, keys, place }: Environment,
  file: string,
): void {
  const text = readTextIfThere(join(project.root, FILE));
  const rule = text === undefined ? undefined : creationRuleFor(creationRules(text, FILE), file);
  if (rule) assertRuleAgrees(rule, { file, recipients, keys, place: { ...place, file: project.manifest } });
}
