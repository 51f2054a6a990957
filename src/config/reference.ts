/** The reference of a project's settings: what is declared, and where it is required. Pure. */
import { formatPlace } from "../base/place.ts";
import { isNamedIn, type Project } from "../model/project.ts";
import type { SettingDeclaration } from "../model/setting.ts";
import type { SettingReference, SettingsReference } from "../model/setting-reference.ts";
import { canonicalText, plainText } from "../model/setting-value.ts";

function requiredIn({ required }: SettingDeclaration, { environments }: Project): string[] {
  const needs = environments.filter((environment) =>
    Array.isArray(required) ? isNamedIn(environment, required) : required === true,
  );
  return needs.map(({ name }) => name);
}

function referenceOf(declaration: SettingDeclaration, project: Project): SettingReference {
  const { name, type, secret, default: value, values = [], pattern, min, max } = declaration;
  const bound = (number: number | undefined) => (number === undefined ? null : canonicalText(type, number));
  return {
    name,
    type,
    secret,
    required: requiredIn(declaration, project),
    default: value === undefined || secret ? null : plainText(value),
    values,
    pattern: pattern ?? null,
    min: bound(min),
    max: bound(max),
    deprecated: declaration.deprecated ?? null,
    doc: declaration.doc ?? null,
    where: formatPlace(declaration.place),
  };
}

export function settingsReference(project: Project): SettingsReference {
  return {
    project: project.name,
    environments: project.environments.map(({ name }) => name),
    settings: project.settings.map((declaration) => referenceOf(declaration, project)),
  };
}
