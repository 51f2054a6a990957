/** What belongs to one environment and stands in no setting, and what two environments may share all the same. */
import type { Place } from "../base/place.ts";

/** Sorts of resources that an environment declares under `resources`, by their keys there. */
export const RESOURCE_KINDS = [
  "databases",
  "buckets",
  "queues",
  "webhooks",
  "hosts",
  "logs",
  "networks",
  "firewall",
  "serviceAccounts",
] as const;

export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** One resource that an environment declares as its own. */
export interface DeclaredResource {
  /** `cron`: a slot of a job that must run alone, five fields. */
  readonly kind: ResourceKind | "cron";
  /** `networks`, `cron.nightly`: what messages and exceptions call it. */
  readonly name: string;
  readonly text: string;
  readonly place: Place;
}

/** A folder of an environment's own. */
export interface EnvironmentFolder {
  /** What lies there: `data`, `logs`, `queues`, `backups`, `archive`, or another word. */
  readonly name: string;
  /** Relative to the project's root, or absolute. */
  readonly path: string;
  /** Permissions that it is made with. */
  readonly mode: number;
  readonly place: Place;
}

/** Two environments may share something, for a reason and a time. */
export interface IsolationException {
  readonly between: readonly [string, string];
  /** The setting, or the resource as `buckets`, `cron.nightly`, `ports.api`, `recipients`. */
  readonly subject: string;
  readonly reason: string;
  /** The last day on which it counts, UTC: `2027-01-31`. */
  readonly until: string;
  readonly place: Place;
}
