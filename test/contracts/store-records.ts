/** One record of every kind that a store keeps, for the contract suite. */
import type { Deployment, Quarantine, Verification } from "../../src/model/deployment.ts";
import type { Approval, OperationRecord } from "../../src/model/operation.ts";
import type { Release } from "../../src/model/release.ts";
import type { Revision } from "../../src/model/revision.ts";
import type { StoredEvent } from "../../src/ports/store/events.ts";
import type { Lease } from "../../src/ports/store/leases.ts";

const DIGEST = `sha256:${"0".repeat(64)}` as const;
const AT = "2026-11-21T12:00:00.000Z";

export function eventAt(index: number): StoredEvent {
  return { index, body: `{"number":${index},"text":"ü€😀"}`, leaf: String(index).repeat(64) };
}

export function anOperation(id: string, change: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id,
    kind: "promote",
    state: "running",
    environment: "staging",
    author: "alice",
    input: { version: "1.0.0" },
    plan: {
      digest: DIGEST,
      summary: "promote",
      environment: "staging",
      effects: ["start"],
      facts: { a: [1, null] },
    },
    gates: [{ name: "approval", state: "shut", why: "nobody approved", opens: "ringfence approve" }],
    steps: [{ key: "start", title: "start", state: "pending", result: null }],
    error: null,
    token: 0,
    createdAt: AT,
    updatedAt: AT,
    ...change,
  };
}

export function anApproval(operation: string, person: string, signature: string): Approval {
  return { operation, plan: DIGEST, person, signature, at: AT };
}

export function aLease(token: number): Lease {
  return {
    environment: "staging",
    token,
    operation: "op_1",
    holder: "promote op_1 by alice on host (pid 1)",
    host: "host",
    pid: 1,
    expiresAtMs: 1_795_262_400_000,
  };
}

export function aRelease(version: string): Release {
  return {
    project: "shop",
    version,
    commit: "0".repeat(40),
    artifacts: [],
    manifest: "project: shop\n",
    schema: [],
    configuration: [
      { environment: "staging", revision: DIGEST, layers: [], settings: { PORT: "80" }, secrets: ["TOKEN"] },
    ],
    digest: DIGEST,
    createdAt: AT,
    createdBy: "alice",
  };
}

export function aDeployment(version: string): Deployment {
  return {
    environment: "staging",
    version,
    release: DIGEST,
    operation: "op_1",
    revision: DIGEST,
    set: `set-${version}`,
    at: AT,
  };
}

export function aVerification(version: string): Verification {
  return { environment: "staging", version, release: DIGEST, operation: "op_1", at: AT };
}

export function aQuarantine(version: string, reason: string): Quarantine {
  return { version, release: DIGEST, environment: "staging", operation: "op_1", reason, at: AT };
}

/** @param digit stands for the whole digest */
export function digestAt(digit: string): `sha256:${string}` {
  return `sha256:${digit.repeat(64)}`;
}

export function aRevision(digest: Revision["digest"], parent: Revision["parent"]): Revision {
  return {
    environment: "staging",
    digest,
    parent,
    at: AT,
    author: "alice",
    reason: "quotes \"' and ü",
    operation: "op_1",
    source: "operation",
    files: [
      { path: "config/base.yaml", digest: DIGEST },
      { path: "config/staging.env", digest: null },
    ],
    secrets: { path: "secrets/staging.yaml", digest: DIGEST },
    schema: DIGEST,
  };
}
