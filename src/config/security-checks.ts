/**
 * Holds settings against the security policies of their environment: debug modes, encrypted connections, key
 * lengths, token lifetimes, CORS, default credentials. A setting is recognised by the policy that it names, its type,
 * or its name. No message says a value.
 */
import { formatDuration, parseDuration } from "../base/units.ts";
import { isPlaceholder, isWellKnown, passwordIn } from "../model/credential-text.ts";
import type { Severity } from "../model/finding.ts";
import type { FindingDraft } from "../model/finding-list.ts";
import type { Environment } from "../model/project.ts";
import type { ResolvedSetting, SettingValue } from "../model/setting.ts";
import { unitOf } from "./time-unit.ts";
import { isUnfilled } from "./unfilled.ts";

type Check = (setting: ResolvedSetting, environment: Environment) => Said | undefined;

/** What a check has to say of a setting; the rest of the finding is the same for all. */
interface Said {
  readonly code: string;
  readonly severity?: Severity;
  readonly why: string;
  readonly fix: string;
}

const TRUE = /^(true|yes|on|1)$/i;
const FALSE = /^(false|no|off|0)$/i;

function set(name: string, value: string, { name: environment }: Environment): string {
  return `ringfence config set ${name} ${value} -e ${environment}`;
}

const debug: Check = ({ name, text, declaration }, environment) => {
  const { policies } = environment;
  const isDebug = declaration?.policy === "debug" || /(^|_)DEBUG(_MODE|_ENABLED)?$/.test(name);
  if (isDebug && !policies.debug && TRUE.test(text)) {
    return {
      code: "SECURITY_DEBUG",
      why: `${name} is on, and debug modes are off here`,
      fix: set(name, "false", environment),
    };
  }
  if (!policies.production || !/^(NODE|RAILS|RACK|FLASK|DJANGO)_ENV$/.test(name) || text === "production")
    return;
  return {
    code: "SECURITY_DEBUG",
    why: `${name} is not production`,
    fix: set(name, "production", environment),
  };
};

const LEVELS = ["TRACE", "DEBUG", "VERBOSE", "INFO", "NOTICE", "WARNING", "ERROR"];

const logLevel: Check = ({ name, text, declaration }, environment) => {
  if (declaration?.policy !== "logLevel" && !/(^|_)LOG_?LEVEL$/.test(name)) return;
  const usual = environment.policies.logLevel;
  const [is, least] = [text, usual].map((level) => LEVELS.indexOf(level.toUpperCase()));
  if (is! < 0 || is! >= least!) return;
  const why = `${name} is more talkative than the ${usual} that is usual here: logs may hold what nobody should read`;
  return { code: "SECURITY_LOG_LEVEL", severity: "warning", why, fix: set(name, usual, environment) };
};

const OPEN_SCHEMES = new Map([
  ["http:", "https"],
  ["ws:", "wss"],
  ["ftp:", "ftps"],
  ["redis:", "rediss"],
  ["amqp:", "amqps"],
  ["mqtt:", "mqtts"],
  ["ldap:", "ldaps"],
  ["nats:", "tls"],
]);
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|::1|)$/;

const tls: Check = ({ name, text }, environment) => {
  if (environment.policies.tls !== "required") return;
  const code = "SECURITY_TLS";
  if (name === "NODE_TLS_REJECT_UNAUTHORIZED" && FALSE.test(text)) {
    return {
      code,
      why: `${name} switches the check of certificates off`,
      fix: `ringfence config unset ${name} -e ${environment.name}`,
    };
  }
  if (/(^|_|PG)SSL_?MODE$/.test(name) && /^(disable|allow|prefer)$/i.test(text)) {
    return {
      code,
      why: `${name} lets connections be unencrypted`,
      fix: set(name, "verify-full", environment),
    };
  }
  if (!text.includes("://")) return;
  for (const part of text.split(/[,\s]+/)) {
    const url = URL.canParse(part) ? new URL(part) : undefined;
    if (!url || LOOPBACK.test(url.hostname)) continue;
    const secure = OPEN_SCHEMES.get(url.protocol);
    if (secure) {
      return {
        code,
        why: `${name} leads to another machine without encryption`,
        fix: `write ${secure}:// instead of ${url.protocol}//`,
      };
    }
    if (/^(disable|allow|prefer)$/i.test(url.searchParams.get("sslmode") ?? "")) {
      return { code, why: `${name} lets connections be unencrypted`, fix: "write sslmode=verify-full" };
    }
  }
  return undefined;
};

const KEY_NAME =
  /(^|_)((SECRET|SIGNING|ENCRYPTION|JWT|SESSION|COOKIE|MASTER|HMAC)_(SECRET_)?KEY(_BASE)?|JWT_SECRET|SESSION_SECRET|COOKIE_SECRET|APP_KEY)$/;

const keyLength: Check = ({ name, text }, environment) => {
  const least = environment.policies.minKeyLength;
  if (text === "" || text.length >= least || !KEY_NAME.test(name)) return;
  return {
    code: "SECURITY_KEY_LENGTH",
    why: `${name} is shorter than the ${least} characters that keys have here`,
    fix: `openssl rand -base64 48 | ringfence secret set ${name} -e ${environment.name}`,
  };
};

/** A setting's value as milliseconds: a duration, or a number whose name ends in a unit. */
function milliseconds({ name, text, value, declaration }: ResolvedSetting): number | undefined {
  if (declaration?.type === "duration") return typeof value === "number" ? value : undefined;
  const unit = unitOf(name);
  const amount = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (unit !== undefined) return amount === undefined ? undefined : amount * unit;
  return amount === undefined ? parseDuration(text) : undefined;
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

function hasWildcard(value: SettingValue, text: string): boolean {
  return Array.isArray(value) ? value.includes("*") : text.split(/[,\s]+/).includes("*");
}

const cors: Check = ({ name, value, text }, environment) => {
  if (environment.policies.corsWildcard || !/CORS.*ORIGIN/.test(name) || !hasWildcard(value, text)) return;
  return {
    code: "SECURITY_CORS",
    why: `${name} lets any site in`,
    fix: `name the origins in ${name}, as https://example.com`,
  };
};

const CREDENTIAL_NAME = /(PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIAL|SIGNING_KEY)/;

function isDefault(text: string | undefined): boolean {
  return text !== undefined && (isWellKnown(text) || isPlaceholder(text));
}

const credentials: Check = ({ name, text, secret }, environment) => {
  if (environment.policies.data === "synthetic") return;
  const isWhole = (secret || CREDENTIAL_NAME.test(name)) && isDefault(text);
  if (!isWhole && !isDefault(passwordIn(text))) return;
  return {
    code: "SECURITY_DEFAULT_CREDENTIAL",
    why: `${name} ${isWhole ? "is" : "holds"} a credential that everybody knows or a placeholder for one`,
    fix: `openssl rand -base64 32 | ringfence secret set ${name} -e ${environment.name}   (and change it where it is asked for)`,
  };
};

const CHECKS: readonly Check[] = [debug, logLevel, tls, keyLength, tokenLifetime, cors, credentials];

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
