/** What belongs to a machine or a network: folders, log files, ports, networks, firewall rules, slots of jobs, hosts, accounts. */
import { cronSlots } from "../model/cron.ts";
import { isCidr, isHost } from "../model/setting-network.ts";
import { addressIn, allLocal, isLocalHost, normalHost } from "./address.ts";
import type { Found, Reader } from "./claim.ts";

const FOLDER_NAME =
  /(?:^|_)(?:DATA|CSV|UPLOADS?|MEDIA|STORAGE|QUEUE|SPOOL|BACKUPS?|ARCHIVE|INBOX|OUTBOX|LOGS?|LOGGING|EXPORTS?|IMPORTS?|STATE)(?:_\w+)?_?(?:DIR|DIRECTORY|FOLDER|ROOT)$|(?:^|_)(?:DATA|CSV|UPLOADS?|BACKUPS?|ARCHIVE|STORAGE)_PATH$/;
const LOG_NAME = /(?:^|_)LOG(?:GING)?(?:_\w+)?_?(?:FILE|FILENAME|PATH)$/;
const PATH_TEXT = /^(?!\w+:\/\/)(?!\/dev\/)[^\s:*?"<>|]*[\w)-][^\s:*?"<>|]*$/;

export const folders: Reader = ({ name, text }, { realPath }) => {
  const kind = LOG_NAME.test(name) ? "file" : FOLDER_NAME.test(name) ? "folder" : undefined;
  if (kind === undefined || !PATH_TEXT.test(text) || /^(?:stdout|stderr|-)$/i.test(text)) return [];
  const key = realPath(text);
  return [{ kind, key, shown: text }];
};

/** Ports on which others listen. */
const FOREIGN_PORT =
  /(?:^|_)(?:DB|DATABASE|POSTGRES|PG|MYSQL|MONGO|REDIS|SMTP|MAIL|EMAIL|IMAP|LDAP|AMQP|RABBITMQ|KAFKA|PROXY|UPSTREAM|REMOTE|SMTPS|STATSD|SYSLOG|MEMCACHED|ELASTICSEARCH|VAULT|CACHE)_?PORT$/;

export const ports: Reader = ({ name, text }, { text: beside, services }) => {
  if (!/(?:^|_)PORT$/.test(name) || FOREIGN_PORT.test(name) || !/^\d{2,5}$/.test(text)) return [];
  const stem = name.replace(/_?PORT$/, "");
  const host = beside(`${stem}_HOST`);
  // With a host beside it that is not this machine, it is the port of another.
  const isOwn = services.some((service) => stem.toLowerCase() === service.replaceAll("-", "_"));
  if (!isOwn && host !== undefined && normalHost(host) !== "localhost") return [];
  return [{ kind: "port", key: String(Number(text)), shown: String(Number(text)), isLocal: true }];
};

export const networks: Reader = ({ name, text, declaration }) => {
  const isNamed =
    /(?:^|_)(?:(?:VPC|SUBNET|NETWORK|POD|SERVICE|CLUSTER)(?:_\w+)?_)?(?:CIDR|CIDRS|SUBNETS?|NETWORK)$/;
  if (!isNamed.test(name) && declaration?.type !== "cidr") return [];
  if (/(?:ALLOW|TRUSTED|DENY|BLOCK|WHITELIST|PROXY|PROXIES)/.test(name)) return [];
  return text
    .replace(/^\[|\]$|"/g, "")
    .split(/[\s,]+/)
    .filter((one) => isCidr(one) && !one.endsWith("/0"))
    .map((one) => ({ kind: "network", key: one, shown: one }));
};

export const firewall: Reader = ({ text }) =>
  [...text.matchAll(/(?<![\w-])(?:sg|acl|fw)-[0-9a-f]{8,17}(?![\w-])/g)].map(([id]) => ({
    kind: "firewall",
    key: id,
    shown: id,
  }));

export const cron: Reader = ({ name, text }) => {
  if (!/(?:^|_)(?:CRON|SCHEDULE)(?:_EXPRESSION|_TIME|_SCHEDULE)?$/.test(name) || !cronSlots(text)) return [];
  return [{ kind: "cron", key: text.trim(), shown: text.trim(), isLocal: true }];
};

/** Who a service acts as, where the value says it by its form or the setting by its name. */
export const serviceAccounts: Reader = ({ name, text }) => {
  const isForm =
    /^[\w.-]+@[\w-]+\.iam\.gserviceaccount\.com$|^arn:aws[\w-]*:iam::\d{12}:(?:role|user)\/.+$/.test(text);
  const isNamed = /(?:^|_)(?:SERVICE_ACCOUNT(?:_EMAIL|_NAME)?|ROLE_ARN|RUN_AS(?:_USER)?)$/.test(name);
  return isForm || (isNamed && /^[\w.@:/-]{3,}$/.test(text))
    ? [{ kind: "service account", key: text.toLowerCase(), shown: text }]
    : [];
};

const USER_NAME = /_?(?:USER|USERNAME|LOGIN)$/;

/** A host that the setting leads to, and who logs in there: `SMTP_HOST` with the `SMTP_USERNAME` beside it. */
export const hosts: Reader = ({ name, text, declaration, secret }, { text: beside }) => {
  const address = addressIn(text);
  const found: Found[] = [];
  const mention = (host: string): void => {
    if (host === "" || host.startsWith("%2F")) return;
    const shown = secret ? undefined : host;
    found.push({
      kind: "host",
      key: host,
      shown,
      isPart: true,
      isLocal: isLocalHost(host),
      isShareable: true,
    });
  };
  for (const host of address?.hosts ?? []) mention(host.replace(/:\d*$/, ""));
  if (!address && (declaration?.type === "host" || /(?:^|_)HOST(?:NAME)?$/.test(name)) && isHost(text)) {
    mention(normalHost(text));
  }
  const server = USER_NAME.test(name) ? beside(`${name.replace(USER_NAME, "")}_HOST`) : undefined;
  if (server !== undefined && text.length > 2) {
    const host = normalHost(server);
    found.push({
      kind: "account",
      key: `${host} ${text}`,
      shown: `the user at ${host}`,
      isLocal: isLocalHost(host),
    });
  }
  if (address && ["smtp", "imap", "ftp", "sftp", "ldap"].includes(address.scheme) && address.user !== "") {
    const host = address.hosts[0]?.replace(/:\d*$/, "") ?? "";
    const shown = `the user at ${host}`;
    found.push({
      kind: "account",
      key: `${host} ${address.user}`,
      shown,
      isPart: true,
      isLocal: allLocal(address.hosts),
    });
  }
  return found;
};
