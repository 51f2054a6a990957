/** What runs where, and what may not run any more. */
import type { Digest } from "../base/digest.ts";

/** A release in an environment, as the store knows it. */
export interface Deployment {
  readonly environment: string;
  readonly version: string;
  readonly release: Digest;
  readonly operation: string;
  readonly revision: Digest;
  /** Name of the set that the target runs. */
  readonly set: string;
  readonly at: string;
}

/** A release's verification in an environment: it ran there, healthy, to the end of its rollout. */
export interface Verification {
  readonly environment: string;
  readonly version: string;
  readonly release: Digest;
  readonly operation: string;
  readonly at: string;
}

/** A release that failed and may enter no environment until someone lifts this with a reason. */
export interface Quarantine {
  readonly version: string;
  readonly release: Digest;
  readonly environment: string;
  readonly operation: string;
  readonly reason: string;
  readonly at: string;
}
