/**
 * Keeps the processes of all sets running: starts, watches, starts again, adopts and ends them. What a service's
 * life looks like stands in `instance.ts`; who may ask is decided by the supervisor.
 */
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { canonicalJson } from "../../base/canonical-json.ts";
import { systemCode } from "../../base/error.ts";
import type { InstanceHealth, InstanceSet } from "../../ports/target.ts";
import type { Layout } from "./folders.ts";
import { healthOf } from "./health.ts";
import { afterEnd, commandOf, environmentOf, MARK } from "./instance.ts";
import { logName, spawnLogged } from "./logs.ts";
import { isFree } from "./look.ts";
import {
  checkSet,
  newPort,
  recordOf,
  sameDefinition,
  sealContext,
  setConflict,
  startFailed,
} from "./new-set.ts";
import {
  endGroup,
  endProcess,
  findMarked,
  identify,
  isRunning,
  type ProcessIdentity,
  signalGroup,
} from "./process-identity.ts";
import { openVariables, sealVariables } from "./sealed-environment.ts";
import {
  findInstance,
  findSet,
  type InstanceRecord,
  type SetRecord,
  withInstance,
  withoutSet,
  withSet,
} from "./state.ts";
import type { StateFile } from "./state-file.ts";

const KEY_LOST =
  "its settings were sealed with a key that ended with the former supervisor; start the set again to hand them over";

/** What is known of an instance while this supervisor lives. */
interface Life {
  process: ProcessIdentity | undefined;
  /** The exit event of a child tells more, and earlier, than looking at an adopted process. */
  isChild: boolean;
  startedMs: number;
  ends: number;
  wasReady: boolean;
  /** How the latest process ended; undefined while none has. */
  lastEnd: string | undefined;
  restart: NodeJS.Timeout | undefined;
  ending: boolean;
}

export interface InstancesContext {
  readonly environment: string;
  readonly layout: Layout;
  readonly file: StateFile;
  readonly key: Uint8Array;
  readonly log: (line: string) => void;
  /** An instance came back on another port: the routers must follow. */
  readonly onMoved: () => void;
}

export class Instances {
  readonly #context: InstancesContext;
  readonly #lives = new Map<string, Life>();

  constructor(context: InstancesContext) {
    this.#context = context;
  }

  /**
   * Starts a set, or finds it started.
   *
   * @throws TARGET_START_FAILED, and then nothing of it runs. TARGET_SET_CONFLICT
   */
  async start(set: InstanceSet, beforeStart: (record: SetRecord) => Promise<void>): Promise<void> {
    const { file, environment, key } = this.#context;
    const known = findSet(file.read(), set.name);
    if (known) {
      await this.#confirm(known, set);
      return;
    }
    checkSet(set);
    const record = await recordOf(set, file.read(), environment, key);
    await beforeStart(record);
    file.write(withSet(file.read(), record));
    try {
      for (const { service } of record.instances) await this.#launch(set.name, service);
    } catch (error) {
      await this.stop(set.name, 0);
      file.write(withoutSet(file.read(), set.name));
      throw error;
    }
  }

  /** Takes over what a former supervisor left: living processes stay, ended ones are started. */
  async recover(): Promise<void> {
    const all = this.#context.file
      .read()
      .sets.flatMap((set) => set.instances.map((instance) => ({ set, instance })));
    for (const { set, instance } of all) {
      const life = this.#life(set.name, instance.service);
      this.#open(set.name, instance);
      if (instance.process && isRunning(instance.process)) {
        Object.assign(life, { process: instance.process, wasReady: true });
        continue;
      }
      for (const lost of findMarked(MARK, instance.mark)) endProcess(lost);
      if (!set.retiring) await this.#restart(set.name, instance.service);
    }
  }

  /** Looks after the adopted processes, whose end nobody reports. */
  tick(): void {
    for (const [key, life] of this.#lives) {
      if (!life.process || life.isChild || isRunning(life.process)) continue;
      const [set, service] = JSON.parse(key) as [string, string];
      this.#ended(set, service, life.process, "ended (it was adopted, so its exit code is not known)");
    }
  }

  /** Ends all processes of a set. Its record stays. */
  async stop(setName: string, graceMs: number): Promise<void> {
    const set = findSet(this.#context.file.read(), setName);
    const instances = set?.instances ?? [];
    for (const { service } of instances) {
      const life = this.#life(setName, service);
      life.ending = true;
      clearTimeout(life.restart);
    }
    await Promise.all(
      instances.map(async ({ service, process }) => {
        const running = this.#life(setName, service).process ?? process;
        if (running) await endGroup(running, graceMs);
        this.#lives.delete(keyOf(setName, service));
      }),
    );
  }

  /** One look at every service of a set. */
  health(set: SetRecord): Promise<InstanceHealth[]> {
    return Promise.all(set.instances.map((instance) => this.#health(set.name, instance)));
  }

  async #health(setName: string, instance: InstanceRecord): Promise<InstanceHealth> {
    const life = this.#life(setName, instance.service);
    const seen = await healthOf(instance, life, this.#log(setName, instance.service));
    if (seen.state === "ready") life.wasReady = true;
    return seen;
  }

  /** The set stands already: is it the same? Settings that can't be opened any more are handed over anew. */
  async #confirm(known: SetRecord, set: InstanceSet): Promise<void> {
    const { file, environment, key } = this.#context;
    if (known.retiring) throw setConflict(set.name, "it is being retired");
    if (!sameDefinition(known, set)) throw setConflict(set.name, "it was started from another definition");
    for (const asked of set.services) {
      const instance = findInstance(known, asked.name);
      const variables = this.#open(set.name, instance);
      if (variables && canonicalJson(variables) !== canonicalJson(asked.environment)) {
        throw setConflict(set.name, `service ${asked.name} was started with other settings`);
      }
      if (variables) continue;
      const context = sealContext(environment, set.name, asked.name);
      const sealed = sealVariables(key, context, asked.environment, asked.secretNames);
      file.write(withInstance(file.read(), set.name, asked.name, { sealed }));
      if (!this.#life(set.name, asked.name).process) await this.#restart(set.name, asked.name);
    }
  }

  #open(setName: string, instance: InstanceRecord): Readonly<Record<string, string>> | undefined {
    const { environment, key } = this.#context;
    const context = sealContext(environment, setName, instance.service);
    return openVariables(key, context, instance.sealed, instance.secretNames);
  }

  /** Starts the process of an instance whose record is kept. @throws TARGET_START_FAILED */
  async #launch(setName: string, service: string): Promise<void> {
    const { file, layout } = this.#context;
    const set = findSet(file.read(), setName)!;
    const instance = findInstance(set, service);
    const life = this.#life(setName, service);
    const variables = this.#open(setName, instance);
    const fail = (why: string) => startFailed(setName, service, why, "ringfence status");
    if (!variables) throw fail(KEY_LOST);
    const { command, args } = commandOf(instance);
    const facts = { version: set.version, data: layout.data, port: instance.port, mark: instance.mark };
    const env = environmentOf(variables, { environment: this.#context.environment, ...facts });
    let child: ChildProcess;
    try {
      child = spawnLogged(command, args, { cwd: layout.data, env }, this.#log(setName, service));
    } catch (error) {
      throw fail(systemCode(error) ?? String(error));
    }
    const failed = new Promise<Error | undefined>((resolve) => {
      child.once("error", resolve);
      child.once("spawn", () => resolve(undefined));
    });
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (!identity) throw fail(`${command}: ${systemCode(await failed) ?? "it did not start"}`);
    child.once("exit", (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `ended by ${signal}`;
      this.#ended(setName, service, identity, how);
    });
    Object.assign(life, { process: identity, isChild: true, startedMs: performance.now(), wasReady: false });
    try {
      file.write(withInstance(file.read(), setName, service, { process: identity }));
    } catch (error) {
      signalGroup(identity.pid, "SIGKILL");
      throw error;
    }
  }

  #ended(setName: string, service: string, identity: ProcessIdentity, how: string): void {
    const life = this.#lives.get(keyOf(setName, service));
    if (life?.process?.pid !== identity.pid) return;
    // Only a child's id is certainly not another's yet: it was collected just now.
    if (life.isChild) signalGroup(identity.pid, "SIGKILL");
    Object.assign(life, { process: undefined, isChild: false, lastEnd: how });
    this.#context.log(`${setName} ${service}: ${how}`);
    this.#restartLater(setName, service);
  }

  #restartLater(setName: string, service: string): void {
    const life = this.#life(setName, service);
    if (life.ending) return;
    const { ends, pauseMs } = afterEnd(life.ends, performance.now() - life.startedMs);
    life.ends = ends;
    life.restart = setTimeout(() => void this.#restart(setName, service), pauseMs);
  }

  async #restart(setName: string, service: string): Promise<void> {
    const { file, log, onMoved } = this.#context;
    const life = this.#life(setName, service);
    const set = findSet(file.read(), setName);
    if (!set || set.retiring) return;
    const instance = findInstance(set, service);
    const port = (await isFree(instance.port)) ? instance.port : await newPort(file.read(), new Set());
    if (life.ending || life.process) return;
    try {
      const restarts = instance.restarts + 1;
      file.write(withInstance(file.read(), setName, service, { port, restarts }));
      await this.#launch(setName, service);
      if (port !== instance.port) onMoved();
    } catch (error) {
      const why = error instanceof Error && "why" in error ? error.why : error;
      life.lastEnd = `can't be started: ${why}`;
      log(`${setName} ${service}: ${life.lastEnd}`);
      if (why !== KEY_LOST) this.#restartLater(setName, service);
    }
  }

  #log(setName: string, service: string): string {
    return join(this.#context.layout.logs, logName(setName, service));
  }

  #life(setName: string, service: string): Life {
    const key = keyOf(setName, service);
    const known = this.#lives.get(key);
    if (known) return known;
    const born: Life = {
      process: undefined,
      isChild: false,
      startedMs: performance.now(),
      ends: 0,
      wasReady: false,
      lastEnd: undefined,
      restart: undefined,
      ending: false,
    };
    this.#lives.set(key, born);
    return born;
  }
}

function keyOf(set: string, service: string): string {
  return JSON.stringify([set, service]);
}
