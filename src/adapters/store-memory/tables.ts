/** What a memory store holds, and a copy of it to work on. Values are JSON texts, so that nobody shares an object. */
import type { StoredEvent } from "../../ports/store/events.ts";
import type { Lease } from "../../ports/store/leases.ts";

export interface Tables {
  readonly events: StoredEvent[];
  /** By `level/index`. */
  readonly nodes: Map<string, string>;
  readonly spools: Map<string, string>;
  /** By id, in the order in which they were first put. */
  readonly operations: Map<string, string>;
  /** By operation, then by person. */
  readonly approvals: Map<string, Map<string, string>>;
  readonly leases: Map<string, Lease>;
  /** By version, in the order in which they were added. */
  readonly releases: Map<string, string>;
  readonly deployments: string[];
  readonly verifications: string[];
  /** By version. */
  readonly quarantines: Map<string, string>;
  /** By environment, oldest first. A list is replaced, never changed. */
  readonly revisions: Map<string, readonly string[]>;
  /** Bytes by digest. */
  readonly texts: Map<string, Uint8Array>;
}

export function emptyTables(): Tables {
  return {
    events: [],
    nodes: new Map(),
    spools: new Map(),
    operations: new Map(),
    approvals: new Map(),
    leases: new Map(),
    releases: new Map(),
    deployments: [],
    verifications: [],
    quarantines: new Map(),
    revisions: new Map(),
    texts: new Map(),
  };
}

/** Changes of the copy don't reach the original. Texts and frozen rows are shared: they never change. */
export function copyTables(tables: Tables): Tables {
  return {
    events: [...tables.events],
    nodes: new Map(tables.nodes),
    spools: new Map(tables.spools),
    operations: new Map(tables.operations),
    approvals: new Map([...tables.approvals].map(([operation, people]) => [operation, new Map(people)])),
    leases: new Map(tables.leases),
    releases: new Map(tables.releases),
    deployments: [...tables.deployments],
    verifications: [...tables.verifications],
    quarantines: new Map(tables.quarantines),
    revisions: new Map(tables.revisions),
    texts: new Map(tables.texts),
  };
}
