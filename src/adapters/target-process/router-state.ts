/**
 * What a router keeps, and how it changes. Pure: values in, values out.
 *
 *   unrouted --switch--> routed --switch--> routed with guard --switch--> routed …, and back to unrouted
 *
 * Every state is one pair of pointers (routed, guard) that a switch replaces as a whole; a guard without a
 * routed set does not exist. A switch carries a fence: an older one changes nothing. The kept state is written
 * before it takes effect, so that a router that comes back after a crash leads where it led.
 */
import type { Fence } from "../../ports/target.ts";
import { NO_FENCE, raiseFence } from "./fence.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** An instance that requests can be led to: a port of this machine, and whose it is. */
export interface Pointer {
  readonly set: string;
  readonly port: number;
}

export interface RouterState {
  readonly format: 1;
  readonly environment: string;
  readonly publicPort: number;
  /** For people: the service whose port this is. */
  readonly service: string;
  readonly routed: Pointer | null;
  readonly guard: Pointer | null;
  readonly fence: Fence;
}

/** The router's file: its state, and where the living router can be reached. */
export interface RouterFile {
  readonly state: RouterState;
  readonly process: ProcessIdentity;
  readonly socket: string;
}

export interface Switch {
  readonly fence: Fence;
  readonly service: string;
  readonly routed: Pointer | null;
  readonly guard: Pointer | null;
}

/** What a router has answered for one set. */
export interface Counts {
  readonly set: string;
  readonly requests: number;
  readonly failures: number;
  readonly rescued: number;
  readonly inFlight: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** What a router answers to every call. */
export interface RouterLook {
  readonly state: RouterState;
  readonly counts: readonly Counts[];
}

/** A router that finds its public port taken exits with this code. */
export const PORT_TAKEN_EXIT = 98;

export function unrouted(environment: string, publicPort: number, service: string): RouterState {
  return { format: 1, environment, publicPort, service, routed: null, guard: null, fence: NO_FENCE };
}

export function samePointer(a: Pointer | null, b: Pointer | null): boolean {
  return a?.set === b?.set && a?.port === b?.port;
}

/** @throws TARGET_FENCED */
export function switched(state: RouterState, change: Switch): RouterState {
  const where = `environment ${state.environment}, port ${state.publicPort}`;
  return {
    ...state,
    fence: raiseFence(state.fence, change.fence, where),
    service: change.service,
    routed: change.routed,
    guard: change.routed ? change.guard : null,
  };
}
