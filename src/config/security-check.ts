/** What a check of a setting against the security policies is. */
import type { Severity } from "../model/finding.ts";
import type { Environment } from "../model/project.ts";
import type { ResolvedSetting } from "../model/setting.ts";

/** What a check has to say of a setting; the rest of the finding is the same for all. No text of it says a value. */
interface Said {
  readonly code: string;
  readonly severity?: Severity;
  readonly why: string;
  readonly fix: string;
}

/** Undefined where there is nothing to say. */
export type Check = (setting: ResolvedSetting, environment: Environment) => Said | undefined;

export const FALSE = /^(false|no|off|0)$/i;

/** The command that gives a setting a value. */
export function setCommand(name: string, value: string, { name: environment }: Environment): string {
  return `ringfence config set ${name} ${value} -e ${environment}`;
}
