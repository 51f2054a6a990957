/**
 * Leases of environments with fencing tokens.
 * The store only keeps them; when one may be taken is decided by the door (`app/lease.ts`).
 */

export interface Lease {
  readonly environment: string;
  /** Grows by one with every lease of that environment, never falls, also after release. */
  readonly token: number;
  /** Operation that holds it; null when it is free. */
  readonly operation: string | null;
  /** For people: `promote op_… by alice on host (pid 1)`. */
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since 1970; past it anybody may take it over. */
  readonly expiresAtMs: number;
}

export interface LeaseStore {
  /** Undefined before the first lease of that environment. */
  get(environment: string): Promise<Lease | undefined>;
  /** A lower token than the one that is kept is a bug and throws. */
  put(lease: Lease): Promise<void>;
}
