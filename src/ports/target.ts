/**
 * A target: where an environment's releases really run.
 *
 * What an adapter owes:
 * - Every mutating call carries a {@link Fence}. The target keeps the highest token it has seen, durably,
 *   and refuses a lower one with `TARGET_FENCED`, naming the holder of the higher. A paused process that
 *   wakes up can so change nothing.
 * - Every mutating call is idempotent: repeated after a crash it finds its work done and answers the same.
 * - `route` moves all services of a set or none of them; it is durable before it resolves; a request that is
 *   in flight is finished by the set that took it.
 * - Sets, routes and the processes outlive the caller.
 * - `state` tells what is, not what was asked for.
 * - Environment variables of a service hold secrets: they appear in no log, state file or error.
 */
import type { Json } from "../base/canonical-json.ts";

/** Proof of who may change the environment: the token of its lease. */
export interface Fence {
  readonly token: number;
  /** For people: `promote op_… by alice on host (pid 1)`. */
  readonly holder: string;
}

/** One service of a set. */
export interface ServiceInstance {
  readonly name: string;
  /** Absolute folder of the artifact, read only. */
  readonly folder: string;
  /**
   * Arguments, run without a shell. An argument that names a file of `folder` is passed as its absolute path;
   * a first word `node` stands for Ringfence's own Node. The working folder is the environment's data folder.
   */
  readonly start: readonly string[];
  /** Public port; undefined for a service that nobody calls. Instances get a port of their own in `PORT`. */
  readonly port: number | undefined;
  /** Liveness and readiness paths; undefined: it is ready while its process runs. */
  readonly health: { readonly live: string; readonly ready: string } | undefined;
  /** Settings and secrets as the process gets them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Which of these are secrets: their values are scrubbed from all evidence. */
  readonly secretNames: readonly string[];
}

/** The services of one release that start, switch and stop together. */
export interface InstanceSet {
  /** Unique in the environment, the same when an operation is resumed. */
  readonly name: string;
  readonly version: string;
  readonly services: readonly ServiceInstance[];
}

export type InstanceState = "starting" | "ready" | "unready" | "exited";

/** One look at one service of a set. */
export interface InstanceHealth {
  readonly service: string;
  readonly state: InstanceState;
  readonly pid: number | undefined;
  readonly restarts: number;
  /** What was seen: a status, an error, an exit code with the last lines of the log (scrubbed). */
  readonly evidence: string;
}

/** Answer to one request that the target made to an instance, not through the public port. */
export interface ProbeResult {
  readonly service: string;
  readonly path: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly milliseconds: number;
  readonly evidence: string;
}

/** What a set answered through the public ports since traffic was last routed to it. */
export interface Traffic {
  readonly service: string;
  readonly requests: number;
  /** Answers of 500 and above, and connections without an answer. */
  readonly failures: number;
  /** Failures that the guarding set answered instead, so that no caller saw them. */
  readonly rescued: number;
  readonly inFlight: number;
  /** Answers by status, such as `{"200": 41, "503": 2}`, where the target counts them. */
  readonly statuses?: Readonly<Record<string, number>>;
}

export interface SetState {
  readonly name: string;
  readonly version: string;
  readonly services: readonly InstanceHealth[];
}

export interface TargetState {
  /** Highest fence seen; token 0 before the first. */
  readonly fence: Fence;
  /** Set that the public ports lead to; null when none. */
  readonly routed: string | null;
  readonly sets: readonly SetState[];
  /** Public address of each service with a port. */
  readonly addresses: Readonly<Record<string, string>>;
}

export interface Target {
  readonly kind: string;
  /** What makes this target unfit for the environment, as text; empty when it is fit. */
  readonly limits: readonly string[];
  /** Creates what the environment needs here (folders, supervisor) and takes it for this fence. */
  claim(fence: Fence): Promise<void>;
  /** Starts the set beside what runs, without traffic. Resolves when its processes are started, not ready. */
  start(fence: Fence, set: InstanceSet): Promise<void>;
  /** One look at the set; `undefined` when the target does not know it. */
  inspect(set: string): Promise<SetState | undefined>;
  probe(set: string, service: string, path: string): Promise<ProbeResult>;
  /**
   * Leads the public ports to the set. With `guard`, safe requests (GET, HEAD) that the set fails are answered
   * by the guarding set, and counted, until `route` is called again without it. Null leads them nowhere (503).
   */
  route(fence: Fence, set: string | null, guard?: string): Promise<void>;
  traffic(set: string): Promise<readonly Traffic[]>;
  /** Waits until the set has no request in flight, at most `timeoutMs`, then stops it and forgets it. */
  retire(fence: Fence, set: string, timeoutMs: number): Promise<void>;
  /** Undefined when nothing was ever claimed here. */
  state(): Promise<TargetState | undefined>;
  /** Stops every set, router and the supervisor; folders and data stay. */
  shutdown(fence: Fence): Promise<void>;
  /** Facts for plans and records, such as folder and ports. */
  describe(): Json;
}
