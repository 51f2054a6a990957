/**
 * The store: releases, operations, leases, revisions and the record of one project.
 *
 * What an adapter owes:
 * - `transaction` is serialisable and all or nothing: either every write in it is durable when it resolves
 *   (also after a power cut), or none is. Two processes may call it at once; the later one waits.
 * - A busy store is retried up to the adapter's patience, then `STORE_BUSY` is thrown and nothing was written.
 * - What one transaction committed is seen by every later one, in any process.
 * - `work` may be called only once. What it throws rolls back and is rethrown unchanged.
 * - Lookups of what is not there answer `undefined`, never throw.
 * - `work` uses only the view it is given, and only until it ends. Asking the store from inside `work`, or the
 *   view afterwards, is a bug and throws.
 * - Values are kept as their JSON: what comes back is equal, never the same object.
 */
import type { DeploymentStore } from "./deployments.ts";
import type { EventStore } from "./events.ts";
import type { LeaseStore } from "./leases.ts";
import type { OperationStore } from "./operations.ts";
import type { ReleaseStore } from "./releases.ts";
import type { RevisionStore } from "./revisions.ts";

export interface StoreTransaction {
  readonly events: EventStore;
  readonly operations: OperationStore;
  readonly leases: LeaseStore;
  readonly releases: ReleaseStore;
  readonly deployments: DeploymentStore;
  readonly revisions: RevisionStore;
}

export interface Store {
  /** Random, made with the store, never changed: a replaced store is seen by it. */
  readonly id: string;
  /** A consistent view; writing in it is a bug and throws. */
  read<T>(work: (view: StoreTransaction) => Promise<T>): Promise<T>;
  transaction<T>(work: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
