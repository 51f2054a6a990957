/** What a child finds in its environment variables. Pure. */
import { ENVIRONMENT_VARIABLE } from "../../snapshot/detection.ts";
import { failureVariables } from "../../snapshot/failure-variables.ts";
import { withoutAccess } from "../../snapshot/key-variables.ts";
import { SHAPES_VARIABLE, shapesVariable } from "../../snapshot/setting-shapes.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { runErrors } from "./errors.ts";

type Variables = Readonly<Record<string, string | undefined>>;

function unfit(name: string, why: string): Error {
  return runErrors.RUN_VARIABLE_UNFIT({
    what: `${name} cannot be given to a process`,
    where: `setting ${name}`,
    why,
    fix: `ringfence config explain ${/^\w+$/.test(name) ? name : JSON.stringify(name)}`,
  });
}

/** @throws RUN_VARIABLE_UNFIT */
function assertFit(settings: Readonly<Record<string, string>>): void {
  const names = Object.keys(settings).join("");
  // Asked of all at once, which costs less; one by one only to say which it is.
  const isFit =
    !names.includes("=") && !names.includes("\0") && !Object.values(settings).join("").includes("\0");
  if (isFit && settings[""] === undefined && !Object.hasOwn(settings, "__proto__")) return;
  for (const [name, value] of Object.entries(settings)) {
    if (name === "" || name.includes("=")) throw unfit(name, "its name cannot be a variable's name");
    if (name === "__proto__") throw unfit(name, "objects of JavaScript can't hold a variable of that name");
    if (name.includes("\0") || value.includes("\0")) throw unfit(name, "it holds a NUL character");
  }
}

/**
 * The caller's variables without ways to keys and without what a layer takes away, then the settings, then the environment's name and
 * what the settings are.
 *
 * @throws RUN_VARIABLE_UNFIT for a name that is empty, `__proto__`, or holds `=`, or a NUL character anywhere.
 */
export function childVariables(snapshot: Snapshot, outer: Variables): Record<string, string> {
  const variables = withoutAccess(outer);
  for (const name of snapshot.removed) delete variables[name];
  assertFit(snapshot.variables);
  Object.assign(variables, snapshot.variables);
  variables[snapshot.detection.variable] = snapshot.environment;
  variables[ENVIRONMENT_VARIABLE] = snapshot.environment;
  delete variables[SHAPES_VARIABLE];
  return Object.assign(variables, failureVariables(snapshot.failures), shapesVariable(snapshot.shapes));
}
