/** Addresses in one form: host names in lower case without the last dot, this machine by one name, usual ports filled in. */

export interface Address {
  readonly scheme: string;
  readonly user: string;
  /** As it was written, decoded. Empty where there is none. */
  readonly password: string;
  /** Hosts with ports, sorted: several are one cluster. Empty for what has no host. */
  readonly hosts: readonly string[];
  /** What stands behind the host, without the first slash and what follows a question mark. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** This machine, whatever it is called. */
const THIS_MACHINE = "localhost";
const LOOPBACK =
  /^(?:localhost(?:\.localdomain)?|.*\.localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1|::|0(?::0){6}:[01]|host\.docker\.internal)$/;

/** Other spellings of a scheme, and the port where none is given. */
const SCHEMES: Readonly<Record<string, readonly [scheme: string, port: number]>> = {
  postgres: ["postgres", 5432],
  postgresql: ["postgres", 5432],
  cockroachdb: ["postgres", 26257],
  mysql: ["mysql", 3306],
  mysql2: ["mysql", 3306],
  mariadb: ["mysql", 3306],
  sqlserver: ["sqlserver", 1433],
  mssql: ["sqlserver", 1433],
  oracle: ["oracle", 1521],
  mongodb: ["mongodb", 27017],
  "mongodb+srv": ["mongodb", 27017],
  clickhouse: ["clickhouse", 8123],
  cassandra: ["cassandra", 9042],
  neo4j: ["neo4j", 7687],
  bolt: ["neo4j", 7687],
  redis: ["redis", 6379],
  rediss: ["redis", 6379],
  valkey: ["redis", 6379],
  amqp: ["amqp", 5672],
  amqps: ["amqp", 5671],
  kafka: ["kafka", 9092],
  nats: ["nats", 4222],
  smtp: ["smtp", 25],
  smtps: ["smtp", 465],
  imap: ["imap", 143],
  imaps: ["imap", 993],
  ftp: ["ftp", 21],
  sftp: ["sftp", 22],
  ldap: ["ldap", 389],
  ldaps: ["ldap", 636],
  http: ["http", 80],
  https: ["http", 443],
};

/** Schemes of which the readers know what is the credential: each in its one form, and those of buckets and files. */
const KNOWN = new Set([
  ...Object.values(SCHEMES).map(([scheme]) => scheme),
  ...["s3", "s3a", "s3n", "gs", "sqlite", "sqlite3", "file"],
]);

/** True for an address of which is known what in it is a user, and what a credential. */
export function isKnownScheme(scheme: string): boolean {
  return KNOWN.has(scheme);
}

/** The host in its one form. */
export function normalHost(host: string): string {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  return LOOPBACK.test(bare) ? THIS_MACHINE : bare;
}

/** True for an address that means another machine, or another network's machine, wherever it is used. */
export function isLocalHost(host: string): boolean {
  return (
    host === THIS_MACHINE || (!host.includes(".") && !host.includes(":")) || /\.(?:local|svc)$/.test(host)
  );
}

/** The usual port of a scheme, as text; empty for one that is not known. */
export function usualPort(scheme: string): string {
  return String(SCHEMES[scheme]?.[1] ?? "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hostWithPort(text: string, port: string): string {
  const [, host = "", given] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [undefined, text];
  return `${normalHost(host)}:${given === undefined ? port : Number(given)}`;
}

/** The parts of `scheme://user:password@host:port,host/path?query`; undefined for what is no such text. */
export function addressIn(text: string): Address | undefined {
  const match = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(text.trim());
  if (!match) return undefined;
  const [, given = "", authority = "", path = "", query = ""] = match;
  const lower = given.toLowerCase();
  const plain = lower in SCHEMES ? lower : lower.replace(/\+.*$/, "");
  const at = authority.lastIndexOf("@");
  const [user = "", ...password] = at < 0 ? [] : authority.slice(0, at).split(":");
  const hosts = authority
    .slice(at + 1)
    .split(",")
    .filter((host) => host !== "")
    .map((host) => hostWithPort(host, usualPort(plain)));
  return {
    scheme: SCHEMES[plain]?.[0] ?? plain,
    user: decoded(user),
    password: decoded(password.join(":")),
    hosts: hosts.toSorted(),
    path: decoded(path.replace(/^\//, "")),
    query: new URLSearchParams(query),
  };
}

/** `Server=…;Database=…;User Id=…;Password=…` by lower-case keys; undefined for what is no such text. */
export function pairsIn(text: string): ReadonlyMap<string, string> | undefined {
  if (!/^\s*[\w ]+=[^;]*;/.test(text)) return undefined;
  const pairs = text.split(";").flatMap((pair) => {
    const [, key, value] = /^\s*([\w ]+?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    return key === undefined ? [] : [[key.toLowerCase(), value!] as const];
  });
  return new Map(pairs);
}

/** True where any of the hosts means another machine elsewhere. */
export function anyLocal(hosts: readonly string[]): boolean {
  return hosts.some((host) => isLocalHost(host.replace(/:\d*$/, "")));
}
