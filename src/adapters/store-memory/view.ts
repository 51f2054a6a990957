/** The store's nouns over tables in memory. Whether a call is allowed now is decided by the session it asks. */
import { canonicalJson } from "../../base/canonical-json.ts";
import type { Deployment, Verification } from "../../model/deployment.ts";
import type { DeploymentStore } from "../../ports/store/deployments.ts";
import type { EventStore } from "../../ports/store/events.ts";
import type { LeaseStore } from "../../ports/store/leases.ts";
import type { OperationStore } from "../../ports/store/operations.ts";
import type { ReleaseStore } from "../../ports/store/releases.ts";
import type { StoreTransaction } from "../../ports/store/store.ts";
import { revisionStore } from "./revisions.ts";
import type { Session } from "./session.ts";

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}

function eventStore({ reading, writing }: Session): EventStore {
  return {
    size: async () => reading().events.length,
    async append(event, nodes) {
      const tables = writing();
      if (event.index !== tables.events.length) {
        throw new Error(`event ${event.index} can't be appended to a record of ${tables.events.length}`);
      }
      tables.events.push(Object.freeze({ index: event.index, body: event.body, leaf: event.leaf }));
      for (const { level, index, hash } of nodes) tables.nodes.set(`${level}/${index}`, hash);
    },
    range: async (from, to) => reading().events.slice(Math.max(0, from), Math.max(0, to)),
    async node(level, index) {
      const { events, nodes } = reading();
      return level === 0 ? events[index]?.leaf : nodes.get(`${level}/${index}`);
    },
    spoolHead: async (spool) => reading().spools.get(spool),
    async setSpoolHead(spool, head) {
      writing().spools.set(spool, head);
    },
  };
}

function operationStore({ reading, writing }: Session): OperationStore {
  return {
    get: async (id) => parsed(reading().operations.get(id)),
    async list({ environment, state, limit } = {}) {
      return [...reading().operations.values()]
        .reverse()
        .map((text) => JSON.parse(text))
        .filter((operation) => environment === undefined || operation.environment === environment)
        .filter((operation) => state === undefined || operation.state === state)
        .slice(0, limit);
    },
    async put(operation) {
      writing().operations.set(operation.id, canonicalJson(operation));
    },
    approvals: async (operation) =>
      [...(reading().approvals.get(operation)?.values() ?? [])].map((text) => JSON.parse(text)),
    async approve(approval) {
      const { operations, approvals } = writing();
      if (!operations.has(approval.operation))
        throw new Error(`no operation ${approval.operation} to approve`);
      const people = approvals.get(approval.operation) ?? new Map<string, string>();
      approvals.set(approval.operation, people.set(approval.person, canonicalJson(approval)));
    },
    async voidApprovals(operation) {
      writing().approvals.delete(operation);
    },
  };
}

function leaseStore({ reading, writing }: Session): LeaseStore {
  return {
    async get(environment) {
      const lease = reading().leases.get(environment);
      return lease && { ...lease };
    },
    async put(lease) {
      const { leases } = writing();
      const kept = leases.get(lease.environment)?.token ?? 0;
      if (lease.token < kept) throw new Error(`lease token ${lease.token} is lower than ${kept}`);
      leases.set(lease.environment, { ...lease });
    },
  };
}

function releaseStore({ reading, writing }: Session): ReleaseStore {
  return {
    get: async (version) => parsed(reading().releases.get(version)),
    list: async () => [...reading().releases.values()].reverse().map((text) => JSON.parse(text)),
    async add(release) {
      const { releases } = writing();
      if (releases.has(release.version))
        throw new Error(`release ${release.version} exists and is immutable`);
      releases.set(release.version, canonicalJson(release));
    },
  };
}

function deploymentStore({ reading, writing }: Session): DeploymentStore {
  const history = (environment: string): Deployment[] =>
    reading()
      .deployments.map((text): Deployment => JSON.parse(text))
      .filter((deployment) => deployment.environment === environment)
      .reverse();
  return {
    current: async (environment) => history(environment)[0],
    history: async (environment, limit) => history(environment).slice(0, limit),
    async add(deployment) {
      writing().deployments.push(canonicalJson(deployment));
    },
    verifications: async (version) =>
      reading()
        .verifications.map((text): Verification => JSON.parse(text))
        .filter((verification) => verification.version === version),
    async verify(verification) {
      writing().verifications.push(canonicalJson(verification));
    },
    quarantine: async (version) => parsed(reading().quarantines.get(version)),
    async putQuarantine(quarantine) {
      writing().quarantines.set(quarantine.version, canonicalJson(quarantine));
    },
    async liftQuarantine(version) {
      writing().quarantines.delete(version);
    },
  };
}

export function viewOf(session: Session): StoreTransaction {
  return {
    events: eventStore(session),
    operations: operationStore(session),
    leases: leaseStore(session),
    releases: releaseStore(session),
    deployments: deploymentStore(session),
    revisions: revisionStore(session),
  };
}
