/** The reference of a project's settings: what is declared, and where it is required. Pure. */
import { formatPlace } from "../base/place.ts";
import { declarationIn } from "../model/declaration.ts";
import type { Project } from "../model/project.ts";
import { PHASES, type SettingDeclaration } from "../model/setting.ts";
import type { SettingReference, SettingsReference } from "../model/setting-reference.ts";
import { canonicalText, plainText } from "../model/setting-value.ts";

function requiredIn(declaration: SettingDeclaration, { environments }: Project): string[] {
  const needs = environments.filter(
    (environment) => declarationIn(declaration, environment).required === true,
  );
  return needs.map(({ name }) => name);
}

/** What is otherwise somewhere, as it is written: `production: default 50, at most 200`. */
function otherwise({ type, overrides, secret }: SettingDeclaration): string[] {
  const amount = (number: number) => canonicalText(type, number);
  return overrides.flatMap(({ target, default: value, values, pattern, min, max }) => {
    const parts = [
      ...(value === undefined || secret ? [] : [`default ${plainText(value)}`]),
      ...(values ? [`one of ${values.join(", ")}`] : []),
      ...(pattern === undefined ? [] : [`matches ${pattern}`]),
      ...(min === undefined ? [] : [`at least ${amount(min)}`]),
      ...(max === undefined ? [] : [`at most ${amount(max)}`]),
    ];
    return parts.length > 0 ? [`${target}: ${parts.join(", ")}`] : [];
  });
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
    phases: declaration.phases.length === PHASES.length ? [] : declaration.phases,
    policy: declaration.policy ?? null,
    otherwise: otherwise(declaration),
    allowed: Object.entries(declaration.allow ?? {}).map(([code, reason]) => `${code}: ${reason}`),
    deprecated: declaration.deprecated ?? (declaration.replacedBy ? `use ${declaration.replacedBy}` : null),
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
