/** Which settings of a resolution a process gets, and what a process environment that says otherwise would change. */
import type { Phase, ResolvedSetting } from "../model/setting.ts";
import type { Resolution } from "./resolve.ts";

function isOfPhase({ declaration }: ResolvedSetting, phase: Phase): boolean {
  return declaration === undefined || declaration.phases.includes(phase);
}

/** Those that a process of the phase gets: declared for it, or not declared at all. */
export function settingsOfPhase(
  { settings }: Pick<Resolution, "settings">,
  phase: Phase,
): readonly ResolvedSetting[] {
  return [...settings.values()].filter((setting) => isOfPhase(setting, phase));
}

/** Names of the phase that a layer took away: a process must not have them from elsewhere. */
export function removedInPhase({ removed }: Pick<Resolution, "removed">, phase: Phase): readonly string[] {
  return [...removed.values()].filter((setting) => isOfPhase(setting, phase)).map(({ name }) => name);
}

/** The names of these settings, and of all that they refer to, also through others. */
export function withReferences(
  names: Iterable<string>,
  { settings }: Pick<Resolution, "settings">,
): ReadonlySet<string> {
  const found = new Set(names);
  // A set's iteration also reaches what is added on the way.
  for (const name of found) for (const other of settings.get(name)?.references ?? []) found.add(other);
  return found;
}
