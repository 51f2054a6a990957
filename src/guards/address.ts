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
  /** False where a password may have got into another part, as one with a slash does: then nothing of it may be shown. */
  readonly isUnderstood: boolean;
}

/** This machine, whatever it is called. */
const THIS_MACHINE = "localhost";
const LOOPBACK =
  /^(?:localhost(?:\.localdomain)?|.*\.localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1|::|0(?::0){6}:[01]|host\.docker\.internal)$/;

/** How the path of a socket begins where it stands for a host. Those of Cloud SQL are doors to one server elsewhere. */
const SLASH = "%2F";
const HOST_TEXT = /^(?:[\p{L}\p{N}_.*\\-]*|\[[\da-f:.%]+\]|%2f.*)(?::\d*)?$/iu;

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
  if (host.startsWith(SLASH)) return !host.startsWith(`${SLASH}cloudsql${SLASH}`);
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
  const plain = decoded(text);
  if (plain.startsWith("/")) return encodeURIComponent(plain);
  const [, host = "", given] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [undefined, text];
  return `${normalHost(host)}:${given === undefined ? port : Number(given)}`;
}

/** A socket, or a host that stands in the query: drivers let it win. */
function queryHosts(scheme: string, query: URLSearchParams): readonly string[] {
  if (scheme !== "postgres" && scheme !== "mysql") return [];
  const given = ["host", "unix_socket", "socket"].flatMap((key) => query.getAll(key)).join(",");
  const ports = query.getAll("port").join(",").split(",");
  const portAt = (index: number) => ports[index] || ports[0] || usualPort(scheme);
  return given
    .split(",")
    .filter((host) => host !== "")
    .map((host, index) => hostWithPort(host, portAt(index)));
}

/** The parts of `scheme://user:password@host:port,host/path?query`; undefined for what is no such text. */
export function addressIn(text: string): Address | undefined {
  return sqlServerIn(text) ?? oracleIn(text) ?? plainAddress(text);
}

function plainAddress(text: string): Address | undefined {
  const match = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(([^?#]*)(?:\?([^#]*))?.*)$/is.exec(text.trim());
  if (!match) return undefined;
  const [, given = "", authority = "", rest = "", path = "", search = ""] = match;
  const lower = given.toLowerCase();
  const plain = lower in SCHEMES ? lower : lower.replace(/\+.*$/, "");
  const scheme = SCHEMES[plain]?.[0] ?? plain;
  const at = authority.lastIndexOf("@");
  const [user = "", ...password] = at < 0 ? [] : authority.slice(0, at).split(":");
  const written = authority
    .slice(at + 1)
    .split(",")
    .filter((host) => host !== "");
  const query = new URLSearchParams(search);
  const asked = queryHosts(scheme, query);
  const hosts = asked.length > 0 ? asked : written.map((host) => hostWithPort(host, usualPort(plain)));
  return {
    scheme,
    user: decoded(user),
    password: decoded(password.join(":")),
    hosts: hosts.toSorted(),
    path: decoded(path.replace(/^\//, "")),
    query,
    isUnderstood: !rest.includes("@") && !/[;=]/.test(path) && written.every((host) => HOST_TEXT.test(host)),
  };
}

/** Microsoft's `jdbc:sqlserver://host:1433;databaseName=…;user=…;password=…`, also without `jdbc:`. */
function sqlServerIn(text: string): Address | undefined {
  const [, base, rest = ""] =
    /^(?:jdbc:)?(?:jtds:)?((?:sqlserver|mssql):\/\/[^;]*)(?:;(.*))?$/is.exec(text.trim()) ?? [];
  const address = base === undefined ? undefined : plainAddress(base);
  if (!address) return undefined;
  const pairs = pairsIn(`${rest};`);
  const first = (...keys: string[]) =>
    keys.map((key) => pairs?.get(key)).find((value) => value !== undefined);
  const server = first("servername", "server");
  const port = first("portnumber", "port") ?? usualPort("sqlserver");
  return {
    ...address,
    user: first("user", "username", "user id") ?? address.user,
    password: first("password", "pwd") ?? address.password,
    hosts: address.hosts.length === 0 && server !== undefined ? [hostWithPort(server, port)] : address.hosts,
    path: first("databasename", "database", "initial catalog") ?? address.path,
  };
}

/** Oracle's `jdbc:oracle:thin:user/password@//host:1521/service`, with a colon before an SID, and descriptions in brackets. */
function oracleIn(text: string): Address | undefined {
  const [, user = "", password = "", where] =
    /^jdbc:oracle:(?:thin|oci8?):(?:([^/@]*)\/(.*))?@([^@]+)$/is.exec(text.trim()) ?? [];
  if (where === undefined) return undefined;
  const simple =
    /^(?:tcps?:)?(?:\/\/)?([\w.-]+|\[[\da-f:.]+\])(?::(\d+))?(?:[:/]([\w.$#-]*))?(?:[:/?].*)?$/i.exec(where);
  const hosts = simple
    ? [`${simple[1]}:${simple[2] ?? usualPort("oracle")}`]
    : [...where.matchAll(/\(HOST=([\w.-]+)\)\s*\(PORT=(\d+)\)/gi)].map(([, host, port]) => `${host}:${port}`);
  if (hosts.length === 0) return undefined;
  const service = simple ? simple[3] : /\((?:SERVICE_NAME|SID)=([\w.$#-]+)\)/i.exec(where)?.[1];
  return {
    scheme: "oracle",
    user,
    password,
    hosts: hosts.map((host) => hostWithPort(host, usualPort("oracle"))).toSorted(),
    path: service ?? "",
    query: new URLSearchParams(),
    isUnderstood: true,
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

/** True where every host means another machine elsewhere: of a cluster, one that does not is enough to be shared. */
export function allLocal(hosts: readonly string[]): boolean {
  return hosts.length > 0 && hosts.every((host) => isLocalHost(host.replace(/:\d*$/, "")));
}
