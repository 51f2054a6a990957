/**
 * The supervisor's side of the routers: one process for each public port, started, adopted, led to a set and
 * stopped as the kept state says. What a router does with a request is its own matter (`router.ts`).
 */
import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { targetErrors } from "./errors.ts";
import { type Layout, readJson, routerFileOf, socketFolder } from "./folders.ts";
import { inheritedEnvironment } from "./instance.ts";
import { logTail, spawnLogged } from "./logs.ts";
import { endGroup, isRunning, type ProcessIdentity } from "./process-identity.ts";
import {
  type Counts,
  PORT_TAKEN_EXIT,
  type RouterFile,
  type RouterLook,
  type Switch,
  samePointer,
} from "./router-state.ts";
import type { Route } from "./state.ts";
import type { StateFile } from "./state-file.ts";
import { until } from "./wait.ts";
import { callWire, NoAnswer } from "./wire.ts";

const START_TIMEOUT_MS = 15_000;
const CALL_TIMEOUT_MS = 10_000;
const STOP_GRACE_MS = 10_000;

interface Link {
  readonly process: ProcessIdentity;
  readonly socket: string;
}

export interface RoutersContext {
  readonly environment: string;
  readonly layout: Layout;
  readonly file: StateFile;
  /** The router's entry file. */
  readonly entry: string;
  readonly log: (line: string) => void;
}

export class Routers {
  readonly #context: RoutersContext;
  readonly #links = new Map<number, Link>();

  constructor(context: RoutersContext) {
    this.#context = context;
  }

  /** Takes over the routers that a former supervisor started, wanted or not. */
  adopt(): void {
    for (const name of readdirSync(this.#context.layout.run)) {
      const port = /^router-(\d+)\.json$/.exec(name)?.[1];
      if (port !== undefined) this.#adopt(Number(port));
    }
  }

  #adopt(port: number): Link | undefined {
    const file = readJson(routerFileOf(this.#context.layout, port)) as RouterFile | null | undefined;
    if (!file || !isRunning(file.process)) return undefined;
    const link = { process: file.process, socket: file.socket };
    this.#links.set(port, link);
    return link;
  }

  /** True when a router that the routes need does not run. */
  anyDown(routes: readonly Route[]): boolean {
    return routes.some(({ port }) => {
      const link = this.#links.get(port);
      return !link || !isRunning(link.process);
    });
  }

  /**
   * A living router for every route. Fails as a whole: the routers that it started stop again.
   *
   * @throws TARGET_PORT_TAKEN, TARGET_ROUTER_DOWN
   */
  async ensure(routes: readonly Route[]): Promise<void> {
    const started: number[] = [];
    try {
      for (const route of routes) {
        if (await this.#alive(route.port)) continue;
        await this.#start(route);
        started.push(route.port);
      }
    } catch (error) {
      for (const port of started) await this.#stop(port);
      throw error;
    }
  }

  /** Leads every router to where its route says. @throws TARGET_ROUTER_DOWN, TARGET_FENCED; others are then led all the same */
  async lead(routes: readonly Route[]): Promise<void> {
    const results = await Promise.allSettled(routes.map((route) => this.#lead(route)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Stops the routers of ports that no route names. */
  async stopOthers(routes: readonly Route[]): Promise<void> {
    const wanted = new Set(routes.map(({ port }) => port));
    const others = [...this.#links.keys()].filter((port) => !wanted.has(port));
    await Promise.all(others.map((port) => this.#stop(port)));
  }

  /** What all routers counted for a set. @throws TARGET_ROUTER_DOWN */
  async counts(set: string): Promise<Map<number, Counts>> {
    const found = new Map<number, Counts>();
    for (const port of this.#links.keys()) {
      const { counts } = (await this.#call(port, "look", {})) as RouterLook;
      const own = counts.find((candidate) => candidate.set === set);
      if (own) found.set(port, own);
    }
    return found;
  }

  async #lead(route: Route): Promise<void> {
    const { port, service, routed, guard } = route;
    const { state } = (await this.#call(port, "look", {})) as RouterLook;
    const fence = this.#context.file.read().fence;
    const same = samePointer(state.routed, routed) && samePointer(state.guard, guard);
    if (same && state.service === service && state.fence.token === fence.token) return;
    const change: Switch = { fence, service, routed, guard };
    await this.#call(port, "switch", change);
  }

  async #call(port: number, call: string, input: unknown): Promise<unknown> {
    const link = this.#links.get(port);
    try {
      if (!link) throw new NoAnswer("gone", "it does not run");
      return await callWire(link.socket, call, input, CALL_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof NoAnswer) throw this.#down(port, error.message);
      throw error;
    }
  }

  #down(port: number, why: string) {
    return targetErrors.TARGET_ROUTER_DOWN({
      what: `the router of port ${port} in ${this.#context.environment} does not answer`,
      where: `environment ${this.#context.environment}, port ${port}`,
      why,
      fix: `tail '${this.#log(port)}'`,
    });
  }

  /** Whether a router serves the port; one that runs without answering is ended. */
  async #alive(port: number): Promise<boolean> {
    const known = this.#links.get(port);
    const link = known && isRunning(known.process) ? known : this.#adopt(port);
    if (!link) return false;
    try {
      await callWire(link.socket, "look", {}, CALL_TIMEOUT_MS);
      return true;
    } catch {
      this.#context.log(`the router of port ${port} runs without answering; it is replaced`);
      await endGroup(link.process, 0);
      return false;
    }
  }

  async #start(route: Route): Promise<void> {
    const { environment, layout, entry } = this.#context;
    const { port, service } = route;
    const socket = join(socketFolder(layout.folder), `r${port}-${randomBytes(3).toString("hex")}.sock`);
    const options = { environment, service, port, folder: layout.folder, socket };
    const args = [entry, JSON.stringify(options)];
    const env = inheritedEnvironment(process.env);
    const child = spawnLogged(process.execPath, args, { cwd: "/", env }, this.#log(port));
    let exit: { code: number | null } | undefined;
    child.once("exit", (code) => {
      exit = { code };
    });
    child.once("error", () => {
      exit = { code: null };
    });
    const answers = () =>
      callWire(socket, "look", {}, CALL_TIMEOUT_MS).then(
        () => true,
        () => false,
      );
    const up = await until(async () => exit !== undefined || (await answers()), START_TIMEOUT_MS);
    const ended = exit as { code: number | null } | undefined;
    if (up && !ended) {
      const file = readJson(routerFileOf(layout, port)) as RouterFile;
      this.#links.set(port, { process: file.process, socket });
      return;
    }
    if (!ended && child.pid !== undefined) child.kill("SIGKILL");
    if (ended?.code !== PORT_TAKEN_EXIT)
      throw this.#down(port, logTail(this.#log(port)) || "it did not start");
    throw targetErrors.TARGET_PORT_TAKEN({
      what: `port ${port} of service ${service} in ${environment} is taken by another process`,
      where: `environment ${environment}, service ${service}, port ${port}`,
      why: "the router of the service listens there",
      fix: `ss -ltnp 'sport = :${port}'   # end what it shows, or give ${service} another port in ringfence.yaml`,
    });
  }

  async #stop(port: number): Promise<void> {
    const link = this.#links.get(port);
    if (!link) return;
    await endGroup(link.process, STOP_GRACE_MS);
    this.#links.delete(port);
    if (this.#context.file.stands()) rmSync(routerFileOf(this.#context.layout, port), { force: true });
    rmSync(link.socket, { force: true });
  }

  #log(port: number): string {
    return join(this.#context.layout.logs, `router-${port}.log`);
  }
}
