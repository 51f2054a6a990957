/** Which settings an environment surely has: what a declaration promises, before any value is known. */
import { type Environment, isNamedIn, type Project } from "../model/project.ts";
import type { SettingDeclaration } from "../model/setting.ts";

/** True where the setting must have a value. */
export function isRequiredIn({ required }: SettingDeclaration, environment: Environment): boolean {
  return typeof required === "boolean" ? required : isNamedIn(environment, required);
}

/** True where a usable configuration always has the setting: it is required, has a default, or names the environment. */
export function isAlwaysSet(
  declaration: SettingDeclaration,
  { detect }: Project,
  environment: Environment,
): boolean {
  const { name, default: fallback } = declaration;
  return fallback !== undefined || name === detect.variable || isRequiredIn(declaration, environment);
}
