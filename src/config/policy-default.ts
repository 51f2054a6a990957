/** Settings that take their value from a policy. Pure. */
import { formatDuration } from "../base/units.ts";
import type { Policies, PolicyName, SettablePolicy } from "../model/policy.ts";
import type { SettingDeclaration, SettingValue } from "../model/setting.ts";

const UNITS: readonly (readonly [suffix: RegExp, ms: number])[] = [
  [/_(MS|MILLIS|MILLISECONDS)$/, 1],
  [/_(S|SEC|SECS|SECONDS)$/, 1_000],
  [/_(M|MIN|MINS|MINUTES)$/, 60_000],
  [/_(H|HOURS)$/, 3_600_000],
  [/_(D|DAYS)$/, 86_400_000],
];

/** Milliseconds of the unit that a name ends in, as `…_EXPIRE_MINUTES`; undefined where it names none. */
function unitOf(name: string): number | undefined {
  return UNITS.find(([suffix]) => suffix.test(name.toUpperCase()))?.[1];
}

/** Where a settable policy stands among the policies. */
const POLICY_OF: Readonly<Record<SettablePolicy, PolicyName>> = {
  debug: "debug",
  logLevel: "logLevel",
  tokenLifetime: "tokenLifetimeMs",
  emailVerification: "emailVerification",
  rateLimits: "rateLimits",
  externalServices: "externalServices",
};

/** The value that a policy gives a setting, as a layer would write it. */
export function policyValue(
  policy: SettablePolicy,
  declaration: Pick<SettingDeclaration, "name" | "type">,
  policies: Policies,
): SettingValue {
  const value = policies[POLICY_OF[policy]] as SettingValue;
  if (policy !== "tokenLifetime") return value;
  const unit = declaration.type === "duration" ? undefined : unitOf(declaration.name);
  return unit === undefined ? formatDuration(policies.tokenLifetimeMs) : policies.tokenLifetimeMs / unit;
}
