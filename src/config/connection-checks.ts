/** Holds settings against `tls: required`: connections to other machines are encrypted, and certificates are checked. */
import { addressesOf } from "./addresses.ts";
import { type Check, FALSE, setCommand } from "./security-check.ts";

const SECURE_SCHEMES = new Map([
  ["http", "https"],
  ["ws", "wss"],
  ["ftp", "ftps"],
  ["redis", "rediss"],
  ["amqp", "amqps"],
  ["mqtt", "mqtts"],
  ["ldap", "ldaps"],
  ["nats", "tls"],
]);
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|)$/;
const OPEN_MODE = /^(disable|allow|prefer)$/i;
const OPEN_PARAMETER = /[?&]sslmode=(disable|allow|prefer)(?![\w-])/i;

/** Names of XML namespaces and schemas look like addresses, but nobody connects to them. */
const IDENTIFIER_HOST =
  /^(schemas?\..+|xmlns\..+|www\.w3\.org|json-schema\.org|purl\.org|docs\.oasis-open\.org|java\.sun\.com)$/;
// No ISSUER: clients of OpenID Connect fetch their configuration from it.
const IDENTIFIER_NAME = /(NAMESPACE|SCHEMA|XMLNS)$/;

export const tls: Check = (setting, environment) => {
  const { name, text } = setting;
  if (environment.policies.tls !== "required") return;
  const code = "SECURITY_TLS";
  const unencrypted = `${name} lets connections be unencrypted`;
  if (name === "NODE_TLS_REJECT_UNAUTHORIZED" && FALSE.test(text)) {
    const why = `${name} switches the check of certificates off`;
    return { code, why, fix: `ringfence config unset ${name} -e ${environment.name}` };
  }
  if (/(^|_|PG)SSL_?MODE$/.test(name) && OPEN_MODE.test(text))
    return { code, why: unencrypted, fix: setCommand(name, "verify-full", environment) };
  if (!text.includes("://") || IDENTIFIER_NAME.test(name)) return;
  for (const { scheme, hosts, text: address } of addressesOf(setting)) {
    if (hosts.every((host) => LOOPBACK.test(host) || IDENTIFIER_HOST.test(host))) continue;
    const secure = SECURE_SCHEMES.get(scheme);
    if (secure) {
      const why = `${name} leads to another machine without encryption`;
      return { code, why, fix: `write ${secure}:// instead of ${scheme}://` };
    }
    if (OPEN_PARAMETER.test(address)) return { code, why: unencrypted, fix: "write sslmode=verify-full" };
  }
  return undefined;
};
