/** The declared settings of one environment in the short form that applications are told them in. */
import type { Environment, Project } from "../model/project.ts";
import { isAlwaysSet } from "./presence.ts";

/**
 * By name: the type, behind `secret ` where it is one, with `?` where an application must do without it: a usable
 * configuration may lack it here, or this process is given none.
 */
export function shapesOf(
  project: Project,
  environment: Environment,
  given: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    project.settings.map((declaration) => {
      const { name, type, secret } = declaration;
      const surely = given.has(name) && isAlwaysSet(declaration, project, environment);
      return [name, `${secret ? "secret " : ""}${type}${surely ? "" : "?"}`];
    }),
  );
}
