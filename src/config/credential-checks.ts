/** Holds keys and credentials against the security policies: their length, and passwords that everybody knows. */
import {
  BESIDE_NAME,
  CREDENTIAL_NAME,
  isPlaceholder,
  isWellKnown,
  NO_CREDENTIALS,
  passwordIn,
} from "../model/credential-text.ts";
import type { ResolvedSetting } from "../model/setting.ts";
import { textsOf } from "./addresses.ts";
import type { Check } from "./security-check.ts";

const KEY_NAME =
  /(^|_)((SECRET|SIGNING|ENCRYPTION|JWT|SESSION|COOKIE|MASTER|HMAC)_(SECRET_)?KEY(_BASE)?|JWT_SECRET|SESSION_SECRET|COOKIE_SECRET|APP_KEY)$/;
/** Of the others some are names, as SESSION_KEY may be that of a cookie. */
const SURE_KEY_NAME = /(SECRET(_KEY(_BASE)?)?|SIGNING_KEY|ENCRYPTION_KEY)$/;

export const keyLength: Check = ({ name, text, secret }, environment) => {
  const least = environment.policies.minKeyLength;
  if (text === "" || text.length >= least || !KEY_NAME.test(name)) return;
  const isSure = secret || SURE_KEY_NAME.test(name);
  return {
    code: "SECURITY_KEY_LENGTH",
    severity: isSure ? "error" : "warning",
    why: `${name} is shorter than the ${least} characters that keys have here`,
    fix: `openssl rand -base64 48 | ringfence secret set ${name} -e ${environment.name}`,
  };
};

function isDefault(text: string | undefined): boolean {
  return text !== undefined && (isWellKnown(text) || isPlaceholder(text));
}

/** The whole value is a credential by its name or its declaration. */
function isCredential({ name, secret, declaration }: ResolvedSetting): boolean {
  if (declaration && NO_CREDENTIALS.has(declaration.type)) return false;
  // The hash of a password is no password; that it is one of everybody's can't be seen.
  const isBeside = BESIDE_NAME.test(name) || /HASH$/.test(name);
  return !isBeside && (secret || CREDENTIAL_NAME.test(name));
}

export const credentials: Check = (setting, environment) => {
  const { name, text } = setting;
  if (environment.policies.data === "synthetic") return;
  const code = "SECURITY_DEFAULT_CREDENTIAL";
  const known = "a credential that everybody knows or a placeholder for one";
  const command = `ringfence secret set ${name} -e ${environment.name}`;
  if (isCredential(setting) && isDefault(text)) {
    const fix = `openssl rand -base64 32 | ${command}   # and change it where it is asked for`;
    return { code, why: `${name} is ${known}`, fix };
  }
  if (!textsOf(setting).some((one) => isDefault(passwordIn(one)))) return;
  const fix = `${command}   # change the password inside ${name}; the whole value on standard input`;
  return { code, why: `${name} holds ${known}`, fix };
};
