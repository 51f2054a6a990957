/** The tables that the first released schema made, as such a store has them. Never changed: stores like it are about. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { anOperation, aRelease, eventAt } from "./store-records.ts";

const SCHEMA = `
CREATE TABLE meta (key text primary key, value text not null) strict, without rowid;
CREATE TABLE events (idx integer primary key, body text not null, leaf text not null) strict;
CREATE TABLE nodes (
     level integer not null, idx integer not null, hash text not null, primary key (level, idx)
   ) strict, without rowid;
CREATE TRIGGER events_no_update before update on events
         begin select raise(abort, 'events are only ever added'); end;
CREATE TRIGGER events_no_delete before delete on events
         begin select raise(abort, 'events are only ever added'); end;
CREATE TRIGGER nodes_no_update before update on nodes
         begin select raise(abort, 'nodes are only ever added'); end;
CREATE TRIGGER nodes_no_delete before delete on nodes
         begin select raise(abort, 'nodes are only ever added'); end;
CREATE TABLE spools (name text primary key, head text not null) strict, without rowid;
CREATE TABLE operations (
     seq integer primary key autoincrement, id text not null unique,
     environment text, state text not null, body text not null
   ) strict;
CREATE INDEX operations_by_state on operations (state);
CREATE INDEX operations_by_environment on operations (environment);
CREATE TABLE approvals (
     operation text not null references operations (id), person text not null, body text not null,
     primary key (operation, person)
   ) strict;
CREATE TABLE leases (
     environment text primary key, token integer not null, operation text, holder text not null,
     host text not null, pid integer not null, expires_at_ms integer not null
   ) strict, without rowid;
CREATE TABLE releases (
     seq integer primary key autoincrement, version text not null unique, body text not null
   ) strict;
CREATE TRIGGER releases_no_update before update on releases
         begin select raise(abort, 'releases are only ever added'); end;
CREATE TRIGGER releases_no_delete before delete on releases
         begin select raise(abort, 'releases are only ever added'); end;
CREATE TABLE deployments (
     seq integer primary key autoincrement, environment text not null, body text not null
   ) strict;
CREATE INDEX deployments_by_environment on deployments (environment);
CREATE TABLE verifications (
     seq integer primary key autoincrement, version text not null, body text not null
   ) strict;
CREATE INDEX verifications_by_version on verifications (version);
CREATE TABLE quarantines (version text primary key, body text not null) strict, without rowid;
`;

export const STORE_ID = "store_01kaj6qg00abcdefghjkmnpqrs";

/** A store as it was written then, with an event, an operation and a release in it. */
export function makeStoreOfSchema1(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec("pragma journal_mode = wal");
  database.exec(SCHEMA);
  const put = (table: string, columns: string, ...values: readonly (string | number | null)[]) =>
    database
      .prepare(`insert into ${table} (${columns}) values (${values.map(() => "?").join(", ")})`)
      .run(...values);
  put("meta", "key, value", "id", STORE_ID);
  put("meta", "key, value", "schema", "1");
  const { index, body, leaf } = eventAt(0);
  put("events", "idx, body, leaf", index, body, leaf);
  const operation = anOperation("op_1", { state: "running" });
  put("operations", "id, environment, state, body", "op_1", "staging", "running", JSON.stringify(operation));
  put("releases", "version, body", "1.0.0", JSON.stringify(aRelease("1.0.0")));
  database.close();
}
