/**
 * Leases: at most one operation changes an environment at a time.
 *
 * A lease is free, held (its holder renews it), or orphaned: past its time, or its holder's process on this
 * host is gone. A free or orphaned one may be taken, which raises the fencing token; from then on every write
 * of the earlier holder is refused, in the store by {@link assertLease} and at the target by the token.
 */
import { hostname } from "node:os";
import { systemCode } from "../base/error.ts";
import type { Lease, LeaseStore } from "../ports/store/leases.ts";
import type { Fence } from "../ports/target.ts";
import { appErrors } from "./errors.ts";

/** How long a lease lives without being renewed. */
export const LEASE_MS = 15_000;

/** Lease of what belongs to the whole project rather than to one environment. */
export const PROJECT_LEASE = "(project)";

function processIsGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === "ESRCH";
  }
}

function isOrphaned(lease: Lease, nowMs: number): boolean {
  return lease.expiresAtMs <= nowMs || (lease.host === hostname() && processIsGone(lease.pid));
}

function subjectOf(environment: string): string {
  return environment === PROJECT_LEASE ? "the project" : environment;
}

/**
 * Takes the lease inside the caller's transaction.
 *
 * @throws LEASE_HELD naming the holder.
 */
export async function takeLease(
  leases: LeaseStore,
  wanted: {
    readonly environment: string;
    readonly operation: string;
    readonly label: string;
    readonly nowMs: number;
    readonly leaseMs: number;
  },
): Promise<Lease> {
  const present = await leases.get(wanted.environment);
  if (present?.operation && !isOrphaned(present, wanted.nowMs)) {
    const seconds = Math.max(1, Math.ceil((present.expiresAtMs - wanted.nowMs) / 1_000));
    throw appErrors.LEASE_HELD({
      what: `${subjectOf(wanted.environment)} is held by ${present.holder}`,
      where: `environment ${wanted.environment}`,
      why: "one operation at a time changes an environment",
      fix: `wait for it (ringfence operation show ${present.operation}); if its process is gone, its lease ends within ${seconds} s`,
      details: { holder: present.holder, operation: present.operation },
    });
  }
  const lease: Lease = {
    environment: wanted.environment,
    token: (present?.token ?? 0) + 1,
    operation: wanted.operation,
    holder: `${wanted.label} on ${hostname()} (pid ${process.pid})`,
    host: hostname(),
    pid: process.pid,
    expiresAtMs: wanted.nowMs + wanted.leaseMs,
  };
  await leases.put(lease);
  return lease;
}

/** @throws LEASE_LOST naming who has it now. */
export async function assertLease(leases: LeaseStore, lease: Lease): Promise<Lease> {
  const present = await leases.get(lease.environment);
  if (present?.token === lease.token && present.operation === lease.operation) return present;
  throw appErrors.LEASE_LOST({
    what: `${subjectOf(lease.environment)} was taken over by ${present?.holder ?? "nobody known"}`,
    where: `environment ${lease.environment}`,
    why: `this process (${lease.holder}) did not renew its lease in time`,
    fix: `ringfence operation show ${lease.operation}`,
    details: { holder: present?.holder ?? null, token: present?.token ?? 0 },
  });
}

/** Extends a lease that is still ours. @throws LEASE_LOST */
export async function renewLease(leases: LeaseStore, lease: Lease, expiresAtMs: number): Promise<void> {
  await leases.put({ ...(await assertLease(leases, lease)), expiresAtMs });
}

/** Frees a lease that is still ours; the token stays. @throws LEASE_LOST */
export async function freeLease(leases: LeaseStore, lease: Lease): Promise<void> {
  await leases.put({ ...(await assertLease(leases, lease)), operation: null, expiresAtMs: 0 });
}

export function fenceOf(lease: Lease): Fence {
  return { token: lease.token, holder: lease.holder };
}
