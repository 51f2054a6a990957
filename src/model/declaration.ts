/** A setting's declaration as one environment has it. */
import { type Environment, isNamedIn } from "./project.ts";
import type { SettingDeclaration, SettingOverride } from "./setting.ts";

/** Names from the most general to the most particular: what the kind derives from, the kind, the environment. */
function ranked({ name, kind, like }: Environment): readonly string[] {
  return [...(like === undefined ? [] : [like]), ...(kind === name ? [] : [kind]), name];
}

function withoutUndefined({ target: _, ...override }: SettingOverride): Partial<SettingDeclaration> {
  return Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
}

/** The declaration with what it says otherwise for this environment; `required` then is a plain yes or no. */
export function declarationIn(declaration: SettingDeclaration, environment: Environment): SettingDeclaration {
  const { required, overrides } = declaration;
  const needed = Array.isArray(required) ? isNamedIn(environment, required) : required === true;
  if (overrides.length === 0) return needed === required ? declaration : { ...declaration, required: needed };
  const applied = ranked(environment).flatMap((name) =>
    overrides.filter(({ target }) => target === name).map(withoutUndefined),
  );
  return Object.assign({}, declaration, { required: needed }, ...applied);
}
