/** Where the process environment says something else than what was compiled. Pure. */
import type { Snapshot } from "./snapshot.ts";

/** Declared keys that the process environment sets to something else: settings must then be resolved anew. */
export function overriddenKeys(
  { declared, detection, variables }: Snapshot,
  outer: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  // Every object has a `toString`, which nobody has set.
  const isSet = (name: string): boolean => outer[name] !== undefined && Object.hasOwn(outer, name);
  return declared.filter(
    (name) => name !== detection.variable && isSet(name) && outer[name] !== variables[name],
  );
}
