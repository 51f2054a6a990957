/** Settings that take their value from a policy. Pure. */
import { formatDuration } from "../base/units.ts";
import { LOG_LEVELS, quietness } from "./log-level.ts";
import type { Policies, PolicyName, SettablePolicy } from "./policy.ts";
import type { SettingDeclaration, SettingValue } from "./setting.ts";
import { plainText, typeValue } from "./setting-value.ts";
import { unitOf } from "./time-unit.ts";

type Declared = Pick<SettingDeclaration, "name" | "type" | "values">;

/** Where a settable policy stands among the policies. */
const POLICY_OF: Readonly<Record<SettablePolicy, PolicyName>> = {
  debug: "debug",
  logLevel: "logLevel",
  logFormat: "logFormat",
  logSink: "logSink",
  tokenLifetime: "tokenLifetimeMs",
  emailVerification: "emailVerification",
  rateLimits: "rateLimits",
  externalServices: "externalServices",
};

/** An enum's own word for a policy's value: the same but for its case, or another name of the same log level. */
function spelt(policy: SettablePolicy, { type, values = [] }: Declared, value: SettingValue): SettingValue {
  if (type !== "enum") return value;
  const text = plainText(value);
  const same = values.find((one) => one === text);
  const folded = values.find((one) => one.toLowerCase() === text.toLowerCase());
  const level = policy === "logLevel" ? quietness(text) : undefined;
  const alias = level === undefined ? undefined : values.find((one) => quietness(one) === level);
  return same ?? folded ?? alias ?? value;
}

function lifetime({ name, type }: Declared, ms: number): SettingValue {
  const unit = type === "duration" ? undefined : unitOf(name);
  return unit === undefined ? formatDuration(ms) : ms / unit;
}

/** The value that a policy gives a setting, as a layer would write it. */
export function policyValue(policy: SettablePolicy, declaration: Declared, policies: Policies): SettingValue {
  if (policy === "tokenLifetime") return lifetime(declaration, policies.tokenLifetimeMs);
  return spelt(policy, declaration, policies[POLICY_OF[policy]] as SettingValue);
}

/** A whole number in every unit of time. */
const WEEK_MS = 604_800_000;

/** Every value that a policy may have; of a lifetime one is enough. */
function possibleValues(policy: SettablePolicy, declaration: Declared): readonly SettingValue[] {
  switch (policy) {
    case "logLevel":
      return LOG_LEVELS.map((level) => spelt(policy, declaration, level));
    case "logFormat":
      return ["text", "json"].map((value) => spelt(policy, declaration, value));
    case "logSink":
      return ["console", "file"].map((value) => spelt(policy, declaration, value));
    case "tokenLifetime":
      return [lifetime(declaration, WEEK_MS)];
    case "externalServices":
      return ["real", "sandbox", "mock"].map((value) => spelt(policy, declaration, value));
    default:
      return [true, false].map((value) => spelt(policy, declaration, value));
  }
}

/** Whether values of the policy fit the setting's type: of an enum some, else all. Bounds and pattern are not looked at. */
export function policyFits(policy: SettablePolicy, declaration: Declared): boolean {
  const { type, values } = declaration;
  const typing = { type, values, pattern: undefined, min: undefined, max: undefined };
  const fits = (value: SettingValue): boolean => typeValue(typing, { value, text: plainText(value) }).fits;
  const possible = possibleValues(policy, declaration);
  return type === "enum" ? possible.some(fits) : possible.every(fits);
}
