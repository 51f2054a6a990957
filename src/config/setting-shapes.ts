/** The declared settings of one environment in the short form that applications are told them in. */
import type { Environment, Project } from "../model/project.ts";
import { isAlwaysSet } from "./presence.ts";

/** By name: the type, behind `secret ` where it is one, with `?` where a usable configuration may lack it here. */
export function shapesOf(project: Project, environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    project.settings.map((declaration) => {
      const { name, type, secret } = declaration;
      const missing = isAlwaysSet(declaration, project, environment) ? "" : "?";
      return [name, `${secret ? "secret " : ""}${type}${missing}`];
    }),
  );
}
