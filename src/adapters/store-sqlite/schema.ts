/**
 * The tables, as a numbered list of migrations, and their types. A migration that was released is never
 * changed; a new one is added. Records are kept as canonical JSON beside the columns they are looked up by.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Generated } from "kysely";
import { newId } from "../../base/id.ts";
import { damaged, storeErrors } from "./errors.ts";

export interface Tables {
  events: { idx: number; body: string; leaf: string };
  nodes: { level: number; idx: number; hash: string };
  spools: { name: string; head: string };
  operations: { seq: Generated<number>; id: string; environment: string | null; state: string; body: string };
  approvals: { operation: string; person: string; body: string };
  leases: {
    environment: string;
    token: number;
    operation: string | null;
    holder: string;
    host: string;
    pid: number;
    expires_at_ms: number;
  };
  releases: { seq: Generated<number>; version: string; body: string };
  deployments: { seq: Generated<number>; environment: string; body: string };
  verifications: { seq: Generated<number>; version: string; body: string };
  quarantines: { version: string; body: string };
  revisions: { seq: Generated<number>; environment: string; digest: string; body: string };
  texts: { digest: string; bytes: Uint8Array };
}

/** A trigger stops a slip, not somebody who may write the file: that is what the signed checkpoints are for. */
function neverChanges(table: string): string {
  return ["update", "delete"]
    .map(
      (verb) =>
        `create trigger ${table}_no_${verb} before ${verb} on ${table}
         begin select raise(abort, '${table} are only ever added'); end;`,
    )
    .join("\n");
}

/** Migration n leads from schema n to n + 1. */
const MIGRATIONS: readonly string[] = [
  `create table meta (key text primary key, value text not null) strict, without rowid;
   create table events (idx integer primary key, body text not null, leaf text not null) strict;
   create table nodes (
     level integer not null, idx integer not null, hash text not null, primary key (level, idx)
   ) strict, without rowid;
   ${neverChanges("events")}
   ${neverChanges("nodes")}
   create table spools (name text primary key, head text not null) strict, without rowid;
   create table operations (
     seq integer primary key autoincrement, id text not null unique,
     environment text, state text not null, body text not null
   ) strict;
   create index operations_by_state on operations (state);
   create index operations_by_environment on operations (environment);
   create table approvals (
     operation text not null references operations (id), person text not null, body text not null,
     primary key (operation, person)
   ) strict;
   create table leases (
     environment text primary key, token integer not null, operation text, holder text not null,
     host text not null, pid integer not null, expires_at_ms integer not null
   ) strict, without rowid;
   create table releases (
     seq integer primary key autoincrement, version text not null unique, body text not null
   ) strict;
   ${neverChanges("releases")}
   create table deployments (
     seq integer primary key autoincrement, environment text not null, body text not null
   ) strict;
   create index deployments_by_environment on deployments (environment);
   create table verifications (
     seq integer primary key autoincrement, version text not null, body text not null
   ) strict;
   create index verifications_by_version on verifications (version);
   create table quarantines (version text primary key, body text not null) strict, without rowid;`,
  `create table revisions (
     seq integer primary key autoincrement, environment text not null, digest text not null, body text not null
   ) strict;
   ${neverChanges("revisions")}
   create index revisions_by_environment on revisions (environment, digest);
   create table texts (digest text primary key, bytes blob not null) strict;
   ${neverChanges("texts")}`,
];

/** What a database file holds: the store's id and schema, or nothing at all. */
export type Identity = { readonly id: string; readonly schema: number } | undefined;

/**
 * @throws STORE_DAMAGED for tables that are not ours, STORE_NEWER for a schema that this program doesn't know;
 * SQLite's own errors for what is no database.
 */
export function identify(database: DatabaseSync, path: string): Identity {
  const names = database.prepare("select name from sqlite_schema").all();
  if (names.length === 0) return undefined;
  if (!names.some(({ name }) => name === "meta"))
    throw damaged(path, "it is the database of another program");
  const rows = database.prepare("select * from meta").all();
  const meta = new Map(rows.map((row) => [row.key, row.value]));
  const id = meta.get("id");
  const schema = Number(meta.get("schema"));
  if (typeof id !== "string" || !Number.isSafeInteger(schema)) {
    throw damaged(path, "it has no store's id and schema version");
  }
  if (schema > MIGRATIONS.length) {
    throw storeErrors.STORE_NEWER({
      what: `the store has schema ${schema}, this program knows schemas up to ${MIGRATIONS.length}`,
      where: path,
      why: "a newer Ringfence has written it; an older one could damage it",
      fix: "npm install --save-dev ringfence@latest",
    });
  }
  return { id, schema };
}

/** The schema that this program writes. */
export const SCHEMA = MIGRATIONS.length;

/** Brings the tables up to this program's schema. Call it in a transaction that may write. */
export function migrate(database: DatabaseSync, path: string): { readonly id: string } {
  const found = identify(database, path);
  const schema = found?.schema ?? 0;
  for (const migration of MIGRATIONS.slice(schema)) database.exec(migration);
  const set = database.prepare(
    "insert into meta values (?, ?) on conflict (key) do update set value = excluded.value",
  );
  const id = found?.id ?? newId("store");
  if (!found) set.run("id", id);
  if (schema < MIGRATIONS.length) set.run("schema", String(MIGRATIONS.length));
  return { id };
}
