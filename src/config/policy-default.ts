/** Settings that take their value from a policy. Pure. */
import { formatDuration } from "../base/units.ts";
import type { Policies, PolicyName, SettablePolicy } from "../model/policy.ts";
import type { SettingDeclaration, SettingValue } from "../model/setting.ts";
import { unitOf } from "./time-unit.ts";

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
