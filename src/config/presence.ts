/** Which settings an environment surely has when something runs: what a declaration promises, before any value is known. */
import { declarationIn } from "../model/declaration.ts";
import type { Environment, Project } from "../model/project.ts";
import type { SettingDeclaration } from "../model/setting.ts";

/**
 * True where a usable configuration always has the setting: it is required, has a default, or names the environment.
 * Told from the declaration alone: a layer that takes a default away by `<unset>` is not seen.
 */
export function isAlwaysSet(
  declaration: SettingDeclaration,
  { detect }: Project,
  environment: Environment,
): boolean {
  const { name, default: fallback, policy, required, phases } = declarationIn(declaration, environment);
  if (!phases.includes("run")) return false;
  return fallback !== undefined || policy !== undefined || name === detect.variable || required === true;
}
