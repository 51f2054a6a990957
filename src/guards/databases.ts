/** Databases and caches that a setting leads to: by URL, by `Server=…;Database=…`, by `DB_HOST` with what stands beside it, by file. */

import { type Address, addressIn, allLocal, normalHost, pairsIn, usualPort } from "./address.ts";
import type { Found, Reader, Surroundings } from "./claim.ts";

const DATABASES = new Set([
  "postgres",
  "mysql",
  "sqlserver",
  "oracle",
  "mongodb",
  "clickhouse",
  "cassandra",
  "neo4j",
]);

interface Connection {
  readonly scheme: string;
  readonly hosts: readonly string[];
  readonly database: string;
  readonly user: string;
}

/** Who logs in to a server. One user with two databases can open both. */
function accountOn(scheme: string, hosts: readonly string[], user: string): Found[] {
  if (user === "" || hosts.length === 0) return [];
  const server = `${scheme}://${hosts.join(",")}`;
  return [
    {
      kind: "account",
      key: `${server} ${user}`,
      shown: `the user of ${server}`,
      isPart: true,
      isLocal: allLocal(hosts),
    },
  ];
}

function databaseAt({ scheme, hosts, database, user }: Connection): Found[] {
  const key = `${scheme}://${hosts.join(",")}/${database}`;
  return [{ kind: "database", key, shown: key, isLocal: allLocal(hosts) }, ...accountOn(scheme, hosts, user)];
}

function cacheAt({ hosts, database, user }: Omit<Connection, "scheme">): Found[] {
  const number = /^\d+$/.test(database) ? String(Number(database)) : "0";
  const key = `redis://${hosts.join(",")}/${number}`;
  const named = user === "default" ? "" : user;
  return [{ kind: "cache", key, shown: key, isLocal: allLocal(hosts) }, ...accountOn("redis", hosts, named)];
}

function fileAt(path: string, { realPath, dataFolder }: Surroundings): Found[] {
  const plain = path.replace(/[?#].*$/s, "");
  if (plain === "" || /^:memory:$|^\/?:memory:$/.test(plain)) return [];
  const isRelative = !plain.startsWith("/");
  const key = realPath(isRelative && dataFolder !== undefined ? `${dataFolder}/${plain}` : plain);
  return [{ kind: "file", key, shown: plain }];
}

/** SQLAlchemy's `sqlite:///relative` and `sqlite:////absolute`, `sqlite:relative`, Prisma's `file:./relative`. */
function fileOf(text: string, around: Surroundings): Found[] | undefined {
  const [, path] =
    /^(?:jdbc:)?(?:sqlite(?:3|\+\w+)?:(?:\/\/\/|\/\/(?!\/))?|file:(?:\/\/(?=\/))?)(\S*)$/i.exec(
      text.trim(),
    ) ?? [];
  if (path === undefined) return undefined;
  return fileAt(path.replace(/^\/\/(?=[^/])/, "/"), around);
}

function ofAddress(address: Address): Found[] {
  const { scheme, path, query } = address;
  // Without a host, drivers go to this machine.
  const hosts =
    address.hosts.length > 0 ? address.hosts : [`${normalHost("localhost")}:${usualPort(scheme)}`];
  const user = address.user === "" ? (query.get("user") ?? "") : address.user;
  if (scheme === "redis") {
    return cacheAt({ hosts, user, database: path === "" ? (query.get("db") ?? "") : path });
  }
  if (!DATABASES.has(scheme)) return [];
  const database = path.replace(/\/$/, "");
  const service = scheme === "oracle" ? query.get("service_name") : null;
  return databaseAt({ scheme, hosts, user, database: database === "" ? (service ?? "") : database });
}

const IN_MEMORY = /^jdbc:\w+:(?:mem|memory):/i;
const IN_PROCESS = /^jdbc:(?:h2|hsqldb|derby|duckdb):(?!tcp:|ssl:|hsqls?:|\/\/)/i;

/** A database of a sort that is not known: the same text leads to the same one. Nothing of it is shown. */
function unread(text: string, { fingerprint }: Surroundings): Found[] {
  if (IN_MEMORY.test(text)) return [];
  const address = addressIn(text);
  const path = address?.path.replace(/[:;].*$|\/$/s, "");
  const key =
    address && address.hosts.length > 0
      ? `${address.scheme}://${address.hosts.join(",")}/${path}`
      : fingerprint(text.trim());
  const isLocal = address ? allLocal(address.hosts) : IN_PROCESS.test(text);
  return [{ kind: "database", key, isLocal }];
}

function ofPairs(pairs: ReadonlyMap<string, string>): Found[] {
  const first = (...keys: string[]) => keys.map((key) => pairs.get(key)).find((value) => value !== undefined);
  const server = first("server", "data source", "host", "address", "addr");
  const database = first("database", "initial catalog", "dbname");
  if (server === undefined || database === undefined) return [];
  const [host = "", port] = server.replace(/^tcp:/i, "").split(/[,:]/);
  const given = first("port") ?? port;
  const scheme = pairs.has("host") ? "postgres" : "sqlserver";
  const hosts = [`${normalHost(host)}:${given ?? usualPort(scheme)}`];
  return databaseAt({ scheme, hosts, database, user: first("user id", "uid", "username", "user") ?? "" });
}

const HOST_NAME =
  /^(.*?)(DB|DATABASE|POSTGRES|PG|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|MSSQL|REDIS|VALKEY|CACHE)_?(?:HOST|HOSTNAME|SERVER|ENDPOINT)$/;
const ENGINES: Readonly<Record<string, string>> = {
  POSTGRES: "postgres",
  PG: "postgres",
  POSTGRESQL: "postgres",
  MYSQL: "mysql",
  MARIADB: "mysql",
  MONGO: "mongodb",
  MONGODB: "mongodb",
  MSSQL: "sqlserver",
  REDIS: "redis",
  VALKEY: "redis",
  CACHE: "redis",
};
/** By the port, where the name says only that it is a database. */
const BY_PORT: Readonly<Record<string, string>> = {
  "5432": "postgres",
  "3306": "mysql",
  "1433": "sqlserver",
  "27017": "mongodb",
};

function ofHost(name: string, host: string, { text }: Surroundings): Found[] {
  const found = HOST_NAME.exec(name);
  if (!found || /[\s/@]/.test(host)) return [];
  const stem = name.replace(/_?(?:HOST|HOSTNAME|SERVER|ENDPOINT)$/, "");
  const beside = (...ends: string[]) =>
    ends
      .flatMap((end) => [text(`${stem}_${end}`), text(`${stem}${end}`)])
      .find((value) => value !== undefined);
  const port = beside("PORT");
  const scheme = ENGINES[found[2]!] ?? BY_PORT[port ?? ""] ?? "postgres";
  const [bare = "", own] = host.split(/:(?=\d+$)/);
  const hosts = [`${normalHost(bare)}:${own ?? port ?? usualPort(scheme)}`];
  const user = beside("USER", "USERNAME") ?? "";
  const database = beside("NAME", "DATABASE", "DB", "DBNAME", "SCHEMA") ?? "";
  return scheme === "redis"
    ? cacheAt({ hosts, database, user })
    : databaseAt({ scheme, hosts, database, user });
}

/** What a text by itself leads to. */
export function databaseIn(text: string, around: Surroundings): readonly Found[] {
  const file = fileOf(text, around);
  if (file) return file;
  const address = addressIn(text);
  const pairs = address ? undefined : pairsIn(text);
  const found = address ? ofAddress(address) : pairs ? ofPairs(pairs) : [];
  return found.length === 0 && /^jdbc:/i.test(text) ? unread(text, around) : found;
}

const DATABASE_NAME = /(?:^|_)(?:DB|DATABASE)_?(?:URL|URI)$/;

export const databases: Reader = ({ name, text }, around) => {
  const found = databaseIn(text, around);
  if (found.length > 0) return found;
  if (DATABASE_NAME.test(name) && addressIn(text)?.hosts.length) return unread(text, around);
  return ofHost(name, text, around);
};
