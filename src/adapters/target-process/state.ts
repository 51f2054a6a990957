/**
 * What a supervisor keeps of its environment, and how each call changes it. Pure: values in, values out.
 *
 * A set is *known* from `start` until `retire` has stopped it.
 *
 *   unknown --start--> standing --route--> routed --route of another, or of none--> standing
 *   standing --retire--> retiring --> unknown
 *
 * - Only one set is routed; with a guard a second, standing one answers what the routed one fails. A guard is
 *   never the routed set itself.
 * - A routed or guarding set is not retired. A retiring set is not routed and not restarted; a supervisor that
 *   finds one at its start goes on stopping it.
 * - `shutdown` takes routed and guard away and makes every set retiring.
 * - Public ports follow from this: each port of a known set has a router, and it leads to the routed set's
 *   service with this port, or nowhere.
 */
import type { Fence } from "../../ports/target.ts";
import { targetErrors } from "./errors.ts";
import { NO_FENCE } from "./fence.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import type { Pointer } from "./router-state.ts";

export interface InstanceRecord {
  readonly service: string;
  readonly folder: string;
  readonly start: readonly string[];
  readonly publicPort: number | null;
  readonly health: { readonly live: string; readonly ready: string } | null;
  readonly secretNames: readonly string[];
  /** The service's environment, sealed and in base64: it holds secrets. */
  readonly sealed: string;
  /** In the process's environment as RINGFENCE_INSTANCE, so that it is found when its id was not yet recorded. */
  readonly mark: string;
  /** The instance's own port. */
  readonly port: number;
  /** The latest process; it may have ended. Null before the first. */
  readonly process: ProcessIdentity | null;
  readonly restarts: number;
}

export interface SetRecord {
  readonly name: string;
  readonly version: string;
  readonly retiring: boolean;
  readonly instances: readonly InstanceRecord[];
}

export interface SupervisorState {
  readonly format: 1;
  readonly fence: Fence;
  readonly routed: string | null;
  readonly guard: string | null;
  /** In the order in which they were started. */
  readonly sets: readonly SetRecord[];
}

export const EMPTY_STATE: SupervisorState = {
  format: 1,
  fence: NO_FENCE,
  routed: null,
  guard: null,
  sets: [],
};

/** Where one public port shall lead. */
export interface Route {
  readonly port: number;
  readonly service: string;
  readonly routed: Pointer | null;
  readonly guard: Pointer | null;
}

/** @throws TARGET_STATE_UNREADABLE for what {@link SupervisorState} is not. */
export function parseState(content: unknown, path: string): SupervisorState {
  const state = content as SupervisorState | null;
  if (state?.format === 1 && Array.isArray(state.sets) && typeof state.fence?.token === "number")
    return state;
  throw targetErrors.TARGET_STATE_UNREADABLE({
    what: `${path} is no state of a supervisor that this version knows`,
    where: path,
    why: "without it nobody knows which processes belong to the environment",
    fix: "use the Ringfence version that wrote it, or end its processes by hand and remove the file",
  });
}

export function findSet(state: SupervisorState, name: string): SetRecord | undefined {
  return state.sets.find((set) => set.name === name);
}

/** @throws TARGET_SET_UNKNOWN, also for a set that is being retired. */
export function standingSet(state: SupervisorState, name: string): SetRecord {
  const set = findSet(state, name);
  if (set && !set.retiring) return set;
  const known = state.sets.filter((other) => !other.retiring).map((other) => other.name);
  throw targetErrors.TARGET_SET_UNKNOWN({
    what: `no set ${name} stands here`,
    where: `set ${name}`,
    why: set ? "it is being retired" : `standing: ${known.join(", ") || "none"}`,
    fix: "ringfence status",
  });
}

/** @throws TARGET_SET_UNKNOWN */
export function findInstance(set: SetRecord, service: string): InstanceRecord {
  const instance = set.instances.find((candidate) => candidate.service === service);
  if (instance) return instance;
  throw targetErrors.TARGET_SET_UNKNOWN({
    what: `set ${set.name} has no service ${service}`,
    where: `set ${set.name}`,
    why: `it has: ${set.instances.map((candidate) => candidate.service).join(", ")}`,
    fix: "ringfence status",
  });
}

export function withSet(state: SupervisorState, set: SetRecord): SupervisorState {
  return { ...state, sets: [...state.sets.filter((other) => other.name !== set.name), set] };
}

export function withoutSet(state: SupervisorState, name: string): SupervisorState {
  return { ...state, sets: state.sets.filter((set) => set.name !== name) };
}

export function withInstance(
  state: SupervisorState,
  setName: string,
  service: string,
  change: Partial<InstanceRecord>,
): SupervisorState {
  const sets = state.sets.map((set) =>
    set.name !== setName
      ? set
      : {
          ...set,
          instances: set.instances.map((instance) =>
            instance.service === service ? { ...instance, ...change } : instance,
          ),
        },
  );
  return { ...state, sets };
}

/** @throws TARGET_SET_UNKNOWN for either set. */
export function withRouted(
  state: SupervisorState,
  routed: string | null,
  guard: string | null,
): SupervisorState {
  if (routed === null) return { ...state, routed, guard: null };
  standingSet(state, routed);
  if (guard !== null) standingSet(state, guard);
  return { ...state, routed, guard: guard === routed ? null : guard };
}

/** Marks a set as retiring; a set that is not known stays so. @throws TARGET_SET_ROUTED */
export function withRetiring(state: SupervisorState, name: string): SupervisorState {
  if (state.routed === name || state.guard === name) {
    throw targetErrors.TARGET_SET_ROUTED({
      what: `set ${name} is in use`,
      where: `set ${name}`,
      why: state.routed === name ? "the public ports lead to it" : `it guards the routed set ${state.routed}`,
      fix: "route another set, without this one as its guard, and retire it then",
    });
  }
  const sets = state.sets.map((set) => (set.name === name ? { ...set, retiring: true } : set));
  return { ...state, sets };
}

export function withShutdown(state: SupervisorState): SupervisorState {
  const sets = state.sets.map((set) => ({ ...set, retiring: true }));
  return { ...state, routed: null, guard: null, sets };
}

function pointerTo(set: SetRecord | undefined, match: (instance: InstanceRecord) => boolean): Pointer | null {
  const instance = set?.instances.find(match);
  return set && instance ? { set: set.name, port: instance.port } : null;
}

/** Where every public port shall lead in this state, by port. */
export function routesOf(state: SupervisorState): Route[] {
  const routed = state.sets.find((set) => set.name === state.routed);
  const guard = state.sets.find((set) => set.name === state.guard);
  const services = new Map<number, string>();
  for (const set of [...state.sets, ...(routed ? [routed] : [])]) {
    for (const instance of set.instances) {
      if (instance.publicPort !== null) services.set(instance.publicPort, instance.service);
    }
  }
  return [...services]
    .map(([port, service]) => {
      const pointer = pointerTo(routed, (instance) => instance.publicPort === port);
      return {
        port,
        service,
        routed: pointer,
        guard: pointer && pointerTo(guard, (instance) => instance.service === service),
      };
    })
    .sort((a, b) => a.port - b.port);
}
