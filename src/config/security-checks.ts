/**
 * Holds settings against the security policies of their environment: debug modes, encrypted connections, key
 * lengths, token lifetimes, CORS, default credentials, providers' formats. A setting is recognised by the policy that it names, its type,
 * or its name. No message says a value.
 */
import { formatDuration, parseDuration } from "../base/units.ts";
import { isUnfilled } from "../model/credential-text.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import { quietness } from "../model/log-level.ts";
import { policyValue } from "../model/policy-value.ts";
import type { Environment } from "../model/project.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { plainText } from "../model/setting-value.ts";
import { unitOf } from "../model/time-unit.ts";
import { tls } from "./connection-checks.ts";
import { credentials, keyLength } from "./credential-checks.ts";
import { format, mode } from "./provider-checks.ts";
import { scrubbing } from "./scrubbing-checks.ts";
import { type Check, setCommand } from "./security-check.ts";

const TRUE = /^(true|yes|on|1)$/i;

const debug: Check = ({ name, text, declaration }, environment) => {
  const { policies } = environment;
  const isDebug = declaration?.policy === "debug" || /(^|_)DEBUG(_MODE|_ENABLED)?$/.test(name);
  if (isDebug && !policies.debug && TRUE.test(text)) {
    return {
      code: "SECURITY_DEBUG",
      why: `${name} is on, and debug modes are off here`,
      fix: setCommand(name, "false", environment),
    };
  }
  if (!policies.production || !/^(NODE|RAILS|RACK|FLASK|DJANGO)_ENV$/.test(name) || text === "production")
    return;
  return {
    code: "SECURITY_DEBUG",
    why: `${name} is not production`,
    fix: setCommand(name, "production", environment),
  };
};

const logLevel: Check = ({ name, text, declaration }, environment) => {
  if (declaration?.policy !== "logLevel" && !/(^|_)LOG_?LEVEL$/.test(name)) return;
  const usual = environment.policies.logLevel;
  const [is, least] = [quietness(text), quietness(usual)];
  if (is === undefined || least === undefined || is >= least) return;
  const why = `${name} is more talkative than the ${usual} that is usual here: logs may hold what nobody should read`;
  const wanted = declaration ? plainText(policyValue("logLevel", declaration, environment.policies)) : usual;
  const fix = setCommand(name, wanted, environment);
  return { code: "SECURITY_LOG_LEVEL", severity: "warning", why, fix };
};

/** Names of times that are counted in seconds where no unit is said. */
const IN_SECONDS = /(EXPIRES_IN|TTL|MAX_?AGE)$/;

/** A setting's value as milliseconds: a duration, or a number whose name ends in a unit or is one that means seconds. */
function milliseconds({ name, text, value, declaration }: ResolvedSetting): number | undefined {
  if (declaration?.type === "duration") return typeof value === "number" ? value : undefined;
  const unit = unitOf(name) ?? (IN_SECONDS.test(name) ? 1_000 : undefined);
  const amount = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (amount === undefined) return parseDuration(text);
  return unit === undefined ? undefined : amount * unit;
}

const TOKEN_NAME = /(TOKEN|JWT|SESSION).*(EXPIR|TTL|LIFETIME|MAX_?AGE|TIMEOUT)/;

const tokenLifetime: Check = (setting, environment) => {
  const { name, declaration } = setting;
  if (declaration?.policy !== "tokenLifetime" && (!TOKEN_NAME.test(name) || name.includes("REFRESH"))) return;
  const longest = environment.policies.tokenLifetimeMs;
  const lives = milliseconds(setting);
  if (lives === undefined || lives <= longest) return;
  return {
    code: "SECURITY_TOKEN_LIFETIME",
    why: `${name} lets tokens live longer than the ${formatDuration(longest)} that are allowed here`,
    fix: `lower ${name}, or raise policies.tokenLifetime of ${environment.name} in the manifest`,
  };
};

/** A `*` by itself, in a list of any spelling: items with commas, or JSON. */
function hasWildcard(text: string): boolean {
  return text.split(/[\s,;"'[\]]+/).includes("*");
}

const cors: Check = ({ name, text }, environment) => {
  if (environment.policies.corsWildcard) return;
  const why = `${name} lets any site in`;
  if (/CORS.*(ALLOW_ALL|ALL_ORIGINS|ANY_ORIGIN)/.test(name) && TRUE.test(text))
    return { code: "SECURITY_CORS", why, fix: setCommand(name, "false", environment) };
  if (!/CORS.*ORIGIN/.test(name) || !hasWildcard(text)) return;
  return { code: "SECURITY_CORS", why, fix: `name the origins in ${name}, as https://example.com` };
};

const CHECKS: readonly Check[] = [
  debug,
  logLevel,
  tls,
  keyLength,
  tokenLifetime,
  cors,
  credentials,
  format,
  mode,
  scrubbing,
];

/** What the environment's policies have to say against its settings. Linear; sealed settings are passed over. */
export function securityFindings(
  environment: Environment,
  settings: Iterable<ResolvedSetting>,
): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  for (const setting of settings) {
    if (setting.text === "" || isUnfilled(setting.text)) continue;
    for (const check of CHECKS) {
      const said = check(setting, environment);
      if (!said) continue;
      const place = setting.history.find(({ wins }) => wins)!.place;
      drafts.push({ ...said, setting: setting.name, place });
    }
  }
  return drafts;
}
