/** Where the declared settings of this process come from: its variables, or what is compiled on this machine. */
import { ENVIRONMENT_VARIABLE, guardNested } from "../snapshot/detection.ts";
import { readDeclared, readInjected } from "./declared.ts";
import { type LoadOptions, openSnapshotHere, recordOpening } from "./sealed.ts";
import type { Variables } from "./specification.ts";

/**
 * Name of the environment that Ringfence started this process in; undefined where it did not.
 *
 * @throws GUARD_NESTED when another one is asked for.
 */
export function startedIn({ environment }: LoadOptions, variables: Variables): string | undefined {
  const name = variables[ENVIRONMENT_VARIABLE] || undefined;
  if (environment !== undefined) guardNested({ environment, method: "flag" }, variables);
  return name;
}

/** @throws SETTINGS_…; outside of a run also ENV_…, GUARD_…, SNAPSHOT_…, SPOOL_UNWRITABLE */
export function loadDeclared(options: LoadOptions, variables: Variables): Readonly<Record<string, unknown>> {
  if (startedIn(options, variables) !== undefined) return readInjected(variables);
  const opened = openSnapshotHere(options, variables);
  const { shapes, variables: values } = opened.snapshot;
  const settings = readDeclared(shapes, values);
  recordOpening(opened);
  return settings;
}
