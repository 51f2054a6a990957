/** The variable that names the environment: its value is what was selected, and no other environment's name. */
import type { FindingDraft } from "../model/finding-list.ts";
import type { Environment, Project } from "../model/project.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import type { Candidate } from "./evaluate.ts";

/** Whether the selection gives the value: no layer and no secrets file does, or the highest of them takes it away. */
export function isLeftToSelection(candidates: readonly Candidate[]): boolean {
  const highest = candidates.findLast(({ origin }) => origin === "layer" || origin === "secrets");
  return highest === undefined || highest.removes;
}

/**
 * @param setting the variable as it will be given to processes
 * @returns nothing where it names the environment, or none that the project has
 */
export function wrongEnvironment(
  { environments }: Project,
  { name: selected }: Environment,
  { name, text, secret }: ResolvedSetting,
  { origin, place }: Candidate,
): FindingDraft[] {
  const named = text.trim();
  if (named === selected || !environments.some((other) => other.name === named)) return [];
  return [
    {
      code: "SETTING_WRONG_ENVIRONMENT",
      setting: name,
      place,
      why: `${name} says ${secret ? "another environment" : named} in the settings of ${selected}`,
      fix: origin === "flag" ? `leave out --set ${name}` : `write ${selected}, or delete ${name} here`,
    },
  ];
}
