/**
 * Where a connection leads: scheme, host, port and database of a URL, of `Server=…;Database=…` and of separate
 * `DB_HOST`, `DB_PORT`, `DB_NAME`. Two values that lead to the same place are the same, however they are written.
 */

export interface Endpoint {
  /** Equal for the same place: no user, no password. */
  readonly identity: string;
  /** The same for people; never a user, a password or a path that is no database's name. */
  readonly shown: string;
}

/** Other spellings of a scheme, and the port where none is given. */
const SCHEMES: Readonly<Record<string, readonly [scheme: string, port: number]>> = {
  postgres: ["postgres", 5432],
  postgresql: ["postgres", 5432],
  mysql: ["mysql", 3306],
  mysql2: ["mysql", 3306],
  mariadb: ["mysql", 3306],
  sqlserver: ["sqlserver", 1433],
  mssql: ["sqlserver", 1433],
  mongodb: ["mongodb", 27017],
  "mongodb+srv": ["mongodb", 27017],
  redis: ["redis", 6379],
  rediss: ["redis", 6379],
  amqp: ["amqp", 5672],
  amqps: ["amqp", 5672],
  kafka: ["kafka", 9092],
  nats: ["nats", 4222],
  memcached: ["memcached", 11211],
  clickhouse: ["clickhouse", 8123],
  cassandra: ["cassandra", 9042],
  ldap: ["ldap", 389],
  elasticsearch: ["elasticsearch", 9200],
};

/** Saying one of these or saying none is the same. */
const USUAL_PORTS = new Set(Object.values(SCHEMES).map(([, port]) => port));

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$|^\d{1,3}(?:\.\d{1,3}){3}$/i;
const DATABASE = /^[A-Za-z][A-Za-z0-9_-]{0,40}$|^\d{1,3}$/;
const LONGEST_LABEL = 24;
/** A long run of letters and digits without a hyphen is more like a key than like a name. */
const MIXED_LABEL = /^(?=.*\d)(?=.*[a-z])[a-z0-9]{16,}$/i;

/** True for a host that means another machine in each environment: a single word, or this machine. */
function isRelative(host: string): boolean {
  return (
    !host.includes(".") ||
    /^(?:127\.|0\.0\.0\.0|169\.254\.)/.test(host) ||
    /\.(?:local|localhost|internal\.docker|docker\.internal|svc)$/.test(host)
  );
}

/** The host as it may be shown; long labels, which may be keys, are cut. Undefined for what is no host's name. */
export function shownHost(host: string): string | undefined {
  if (host === "localhost") return host;
  if (!HOST.test(host)) return undefined;
  const label = (text: string) => (text.length > LONGEST_LABEL || MIXED_LABEL.test(text) ? "…" : text);
  return host.toLowerCase().split(".").map(label).join(".");
}

function endpoint(scheme: string, host: string, port: string, database: string): Endpoint | undefined {
  const lower = host.toLowerCase();
  const shown = shownHost(lower);
  if (shown === undefined || isRelative(lower)) return undefined;
  const kind = SCHEMES[scheme]?.[0] ?? scheme;
  const at = port === "" || USUAL_PORTS.has(Number(port)) ? "" : `:${Number(port)}`;
  const named = DATABASE.test(database) ? `, database ${database}` : database === "" ? "" : ", one database";
  // Without the scheme: the same database may stand as a URL here and as DB_HOST there.
  return { identity: `${lower}${at} ${database}`, shown: `${kind} at ${shown}${at}${named}` };
}

/** The parts of a URL behind its password; undefined where a password without escapes leaves them in doubt. */
function authority(rest: string): { host: string; port: string; path: string } | undefined {
  if (rest.includes("\\") || rest.split("@").length > 2) return undefined;
  const end = rest.search(/[/?#]/);
  const whole = end < 0 ? rest : rest.slice(0, end);
  if (!whole.includes("@") && rest.includes("@")) return undefined;
  const [, host = "", port = ""] = /^([^:]*)(?::(\d{1,5}))?$/.exec(whole.slice(whole.indexOf("@") + 1)) ?? [];
  if (host === "") return undefined;
  return { host, port, path: end < 0 ? "" : rest.slice(end).replace(/[?#].*$/s, "") };
}

/** `scheme://[user[:password]@]host[:port]/…` split; the scheme in lower case, without JDBC's prefix. */
export function splitUrl(
  value: string,
): { scheme: string; host: string; port: string; path: string } | undefined {
  const [, scheme, rest] = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/(\S+)$/i.exec(value.trim()) ?? [];
  const parts = rest === undefined ? undefined : authority(rest);
  return (
    parts && {
      scheme: scheme!.toLowerCase().replace(/\+(?:asyncpg|psycopg2?|pymysql|aiomysql)$/, ""),
      ...parts,
    }
  );
}

/** Where a database, cache or queue of this text is. Undefined for other texts, and for a host of one's own machine. */
export function endpointOf(value: string): Endpoint | undefined {
  const url = splitUrl(value);
  if (url) {
    return url.scheme in SCHEMES ? endpoint(url.scheme, url.host, url.port, url.path.slice(1)) : undefined;
  }
  const pair = (names: string) =>
    new RegExp(`(?:^|;)\\s*(?:${names})\\s*=\\s*([^;]*)`, "i").exec(value)?.[1]?.trim();
  const server = pair("server|data source|host");
  const database = pair("database|initial catalog");
  if (!value.includes(";") || server === undefined || database === undefined) return undefined;
  const [host = "", port = ""] = server.replace(/^tcp:/i, "").split(/[,:]/);
  return endpoint("sqlserver", host, /^\d{1,5}$/.test(port) ? port : "", database);
}

const HOST_KEY =
  /^(.*?)(DB|DATABASE|POSTGRES|PG|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|REDIS|RABBITMQ|AMQP|MSSQL|SQL)_?HOST$/i;
const KEY_SCHEMES: Readonly<Record<string, string>> = {
  postgres: "postgres",
  pg: "postgres",
  postgresql: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  mongo: "mongodb",
  mongodb: "mongodb",
  redis: "redis",
  rabbitmq: "amqp",
  amqp: "amqp",
  mssql: "sqlserver",
};

/** Where separate keys lead: `DB_HOST` with the `DB_PORT` and `DB_NAME` beside it. @param value of a key beside */
export function endpointOfHost(
  name: string,
  host: string,
  value: (name: string) => string | undefined,
): Endpoint | undefined {
  const found = HOST_KEY.exec(name);
  if (!found) return undefined;
  const stem = name.slice(0, -4);
  const beside = (...ends: string[]) =>
    ends.map((end) => value(`${stem}${end}`)).find((text) => text !== undefined);
  const scheme = KEY_SCHEMES[found[2]!.toLowerCase()] ?? "database";
  const port = beside("PORT") ?? "";
  return endpoint(
    scheme,
    host,
    /^\d{1,5}$/.test(port) ? port : "",
    beside("NAME", "DATABASE", "DB", "DBNAME") ?? "",
  );
}
