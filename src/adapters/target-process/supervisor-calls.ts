/**
 * What a supervisor does for each call of the target port. Calls that change something run one after the other
 * and raise the fence first; what the environment shall be is kept before it is done, so that a supervisor that
 * comes back finishes it.
 */
import type { Fence, InstanceSet, ProbeResult, SetState, TargetState, Traffic } from "../../ports/target.ts";
import { targetErrors } from "./errors.ts";
import { raiseFence } from "./fence.ts";
import type { Instances } from "./instances.ts";
import { accepts, lookAt } from "./look.ts";
import type { Routers } from "./routers.ts";
import {
  findInstance,
  findSet,
  routesOf,
  type SetRecord,
  type SupervisorState,
  standingSet,
  withoutSet,
  withRetiring,
  withRouted,
  withSet,
  withShutdown,
} from "./state.ts";
import type { StateFile } from "./state-file.ts";
import { until } from "./wait.ts";

const REACH_TIMEOUT_MS = 2_000;
const PROBE_TIMEOUT_MS = 10_000;
/** Between SIGTERM and SIGKILL. */
export const STOP_GRACE_MS = 10_000;

export interface CallsContext {
  readonly environment: string;
  readonly file: StateFile;
  readonly instances: Instances;
  readonly routers: Routers;
  readonly log: (line: string) => void;
}

export class SupervisorCalls {
  readonly #context: CallsContext;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: CallsContext) {
    this.#context = context;
  }

  /** Runs changes one after the other. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #state(): SupervisorState {
    return this.#context.file.read();
  }

  /** @throws TARGET_FENCED */
  #raise(fence: Fence): void {
    const { file, environment } = this.#context;
    const kept = file.read();
    const next = raiseFence(kept.fence, fence, `environment ${environment}`);
    if (next !== kept.fence) file.write({ ...kept, fence: next });
  }

  /** Makes the routers what the kept state says. @throws TARGET_PORT_TAKEN, TARGET_ROUTER_DOWN */
  async #reconcileNow(): Promise<void> {
    const routes = routesOf(this.#state());
    await this.#context.routers.ensure(routes);
    await this.#context.routers.lead(routes);
    await this.#context.routers.stopOthers(routes);
  }

  /** The same for whoever is not waiting for it: a failure is logged, and seen by the next call. */
  reconcile(): Promise<void> {
    return this.#inTurn(() => this.#reconcileNow()).catch((error: unknown) =>
      this.#context.log(String(error)),
    );
  }

  /** Finishes what a former supervisor had begun. */
  async recover(): Promise<void> {
    const { instances, routers } = this.#context;
    await instances.recover();
    routers.adopt();
    if (this.#state().sets.length > 0) await this.reconcile();
    for (const { name, retiring } of this.#state().sets)
      if (retiring) await this.#inTurn(() => this.#forget(name));
    await routers.stopOthers(routesOf(this.#state()));
  }

  claim(fence: Fence): Promise<void> {
    return this.#inTurn(async () => {
      this.#raise(fence);
      await this.#reconcileNow();
    });
  }

  start(fence: Fence, set: InstanceSet): Promise<void> {
    return this.#inTurn(async () => {
      this.#raise(fence);
      const { instances, routers } = this.#context;
      // Ports first: a taken one is found before anything runs.
      try {
        await instances.start(set, (record) => routers.ensure(routesOf(withSet(this.#state(), record))));
      } catch (error) {
        await routers.stopOthers(routesOf(this.#state()));
        throw error;
      }
      await this.#reconcileNow();
    });
  }

  async inspect(name: string): Promise<SetState | undefined> {
    const set = findSet(this.#state(), name);
    return set && this.#look(set);
  }

  async #look(set: SetRecord): Promise<SetState> {
    const services = await this.#context.instances.health(set);
    return { name: set.name, version: set.version, services };
  }

  async probe(name: string, service: string, path: string): Promise<ProbeResult> {
    const instance = findInstance(standingSet(this.#state(), name), service);
    return { service, path, ...(await lookAt(instance.port, path, PROBE_TIMEOUT_MS)) };
  }

  /**
   * All ports or none. The new route is kept first: a supervisor that is killed here leads the routers on to it
   * when it comes back. When a router fails instead, the former route is kept again and the others go back.
   */
  route(fence: Fence, name: string | null, guard: string | undefined): Promise<void> {
    return this.#inTurn(async () => {
      this.#raise(fence);
      const { file, routers, log } = this.#context;
      const before = this.#state();
      const next = withRouted(before, name, guard ?? null);
      if (name !== null) await this.#checkReachable(standingSet(next, name));
      await routers.ensure(routesOf(next));
      file.write(next);
      try {
        await routers.lead(routesOf(next));
      } catch (error) {
        file.write({ ...this.#state(), routed: before.routed, guard: before.guard });
        await routers.lead(routesOf(this.#state())).catch((other: unknown) => log(String(other)));
        throw error;
      }
      await routers.stopOthers(routesOf(next));
    });
  }

  async #checkReachable(set: SetRecord): Promise<void> {
    for (const { service, port, publicPort } of set.instances) {
      if (publicPort === null || (await accepts(port, REACH_TIMEOUT_MS))) continue;
      throw targetErrors.TARGET_SET_UNREACHABLE({
        what: `service ${service} of set ${set.name} accepts no connections`,
        where: `set ${set.name}, service ${service}`,
        why: `nothing listens on the port ${port} that it got in PORT`,
        fix: "listen on 127.0.0.1 at the port in PORT, and route the set when it is ready",
      });
    }
  }

  async traffic(name: string): Promise<Traffic[]> {
    const set = findSet(this.#state(), name) ?? standingSet(this.#state(), name);
    const counts = await this.#context.routers.counts(name);
    return set.instances
      .filter(({ publicPort }) => publicPort !== null)
      .map(({ service, publicPort }) => {
        const none = { requests: 0, failures: 0, rescued: 0, inFlight: 0, statuses: {} };
        const { requests, failures, rescued, inFlight, statuses } = counts.get(publicPort ?? 0) ?? none;
        return { service, requests, failures, rescued, inFlight, statuses };
      });
  }

  /** Waits outside of the turn, so that a newer holder of the environment is not held up; then asks again. */
  async retire(fence: Fence, name: string, timeoutMs: number): Promise<void> {
    await this.#inTurn(async () => {
      this.#raise(fence);
      withRetiring(this.#state(), name);
    });
    if (!findSet(this.#state(), name)) return;
    await until(() => this.#idle(name), timeoutMs, 50);
    await this.#inTurn(async () => {
      this.#raise(fence);
      this.#context.file.write(withRetiring(this.#state(), name));
      await this.#forget(name);
      await this.#reconcileNow();
    });
  }

  async #idle(name: string): Promise<boolean> {
    const counts = await this.#context.routers.counts(name);
    return [...counts.values()].every(({ inFlight }) => inFlight === 0);
  }

  async #forget(name: string): Promise<void> {
    const { file, instances } = this.#context;
    await instances.stop(name, STOP_GRACE_MS);
    file.write(withoutSet(file.read(), name));
  }

  async state(): Promise<TargetState> {
    const { fence, routed, sets } = this.#state();
    const inUse = sets.filter(({ name }) => name === routed);
    const ports = [...sets, ...inUse].flatMap((set) =>
      set.instances.flatMap(({ service, publicPort }) =>
        publicPort === null ? [] : [{ service, publicPort }],
      ),
    );
    const addresses = ports.map(({ service, publicPort }) => [service, `http://127.0.0.1:${publicPort}`]);
    return {
      fence,
      routed,
      sets: await Promise.all(sets.map((set) => this.#look(set))),
      addresses: Object.fromEntries(addresses),
    };
  }

  /** Ports close first, so that no caller meets a router without instances. */
  shutdown(fence: Fence): Promise<void> {
    return this.#inTurn(async () => {
      this.#raise(fence);
      const { file, routers } = this.#context;
      file.write(withShutdown(this.#state()));
      await routers.stopOthers([]);
      await Promise.all(this.#state().sets.map(({ name }) => this.#forget(name)));
    });
  }

  /** Ends everything without a word to anyone: the folder is gone. */
  async abandon(graceMs: number): Promise<void> {
    const { instances, routers } = this.#context;
    await Promise.all(this.#state().sets.map(({ name }) => instances.stop(name, graceMs)));
    await routers.stopOthers([]);
  }
}
