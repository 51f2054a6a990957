/**
 * Releases as processes of this machine: for local, preview and demo environments. One supervisor per
 * environment outlives the command line, one router stands in front of each public port.
 * `docs/target-process.md` describes it for its users.
 */
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../ports/clock.ts";
import type { ProbeResult, SetState, Target, TargetState, Traffic } from "../../ports/target.ts";
import { targetErrors } from "./errors.ts";
import { layoutOf } from "./folders.ts";
import { callSupervisor, type LaunchOptions, livingSupervisor } from "./launch.ts";
import { isRunning } from "./process-identity.ts";
import { readState } from "./state-file.ts";
import { pause, until } from "./wait.ts";

export { targetErrors } from "./errors.ts";

/** Longest time that any call but `retire` takes: a supervisor's recovery and ten seconds of grace for services. */
const CALL_TIMEOUT_MS = 60_000;
const GONE_TIMEOUT_MS = 15_000;

const systemClock: Clock = { now: () => Date.now(), wait: (milliseconds) => pause(milliseconds) };

export interface ProcessTargetOptions {
  readonly environment: string;
  /** Absolute path of the environment's own folder; created when needed. */
  readonly folder: string;
  /**
   * File whose content is the environment's identity: the settings of running services are sealed with a key
   * derived from it, so that a new supervisor can restart them. Undefined: with a random key that only the
   * living supervisor knows.
   */
  readonly keyFile: string | undefined;
  /** True for production kinds, which this target is not made for; see {@link Target.limits}. */
  readonly production: boolean;
  readonly clock?: Clock;
  /** The built entry files, when they are not beside this module. */
  readonly supervisorEntry?: string;
  readonly routerEntry?: string;
}

/** The entry file beside this module: as it stands in the sources, or as it was built. */
function entry(name: string): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`${name}.${extension}`, import.meta.url));
}

function launchOptions(options: ProcessTargetOptions): LaunchOptions {
  if (!isAbsolute(options.folder)) throw new TypeError(`${options.folder} is no absolute path`);
  return {
    environment: options.environment,
    folder: options.folder,
    keyFile: options.keyFile ?? null,
    layout: layoutOf(options.folder),
    clock: options.clock ?? systemClock,
    supervisorEntry: options.supervisorEntry ?? entry("supervisor"),
    routerEntry: options.routerEntry ?? entry("router"),
  };
}

function unknownSet(environment: string, set: string) {
  return targetErrors.TARGET_SET_UNKNOWN({
    what: `no set ${set} stands in ${environment}`,
    where: `set ${set}`,
    why: "nothing runs in this environment",
    fix: "ringfence status",
  });
}

/** A target for one environment. Opening it starts and changes nothing. */
export function openProcessTarget(options: ProcessTargetOptions): Target {
  const launch = launchOptions(options);
  const { layout, environment } = launch;
  const call = (name: string, input: unknown, timeoutMs = CALL_TIMEOUT_MS) =>
    callSupervisor(launch, name, input, timeoutMs);
  /** Whether there is something to look after; a question alone starts no supervisor for nothing. */
  const occupied = () => livingSupervisor(layout) !== undefined || (readState(layout)?.sets.length ?? 0) > 0;

  return {
    kind: "process",
    limits: options.production ? ["processes on one machine: for local, preview and demo"] : [],

    async claim(fence) {
      await call("claim", { fence });
    },
    async start(fence, definition) {
      await call("start", { fence, definition });
    },
    async inspect(set) {
      return occupied() ? ((await call("inspect", { set })) as SetState | undefined) : undefined;
    },
    async probe(set, service, path) {
      if (!occupied()) throw unknownSet(environment, set);
      return (await call("probe", { set, service, path })) as ProbeResult;
    },
    async route(fence, set, guard) {
      await call("route", { fence, set, guard });
    },
    async traffic(set) {
      if (!occupied()) throw unknownSet(environment, set);
      return (await call("traffic", { set })) as Traffic[];
    },
    async retire(fence, set, timeoutMs) {
      await call("retire", { fence, set, timeoutMs }, CALL_TIMEOUT_MS + timeoutMs);
    },
    async state() {
      if (occupied()) return (await call("state", {})) as TargetState;
      const kept = readState(layout);
      return kept && { fence: kept.fence, routed: null, sets: [], addresses: {} };
    },
    async shutdown(fence) {
      if (!livingSupervisor(layout) && !readState(layout)) return;
      const before = livingSupervisor(layout);
      await call("shutdown", { fence });
      if (before) await until(() => !isRunning(before), GONE_TIMEOUT_MS);
      await until(() => livingSupervisor(layout) === undefined, GONE_TIMEOUT_MS);
    },
    describe: () => ({
      kind: "process",
      environment,
      folder: layout.folder,
      data: layout.data,
      logs: layout.logs,
    }),
  };
}
