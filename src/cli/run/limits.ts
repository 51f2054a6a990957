/**
 * How the limits of a run are kept on this machine: by a control group of our own, by a scope of the user's systemd,
 * or by limits of each process (setrlimit(2)), whichever comes first; and what can't be kept here. Group and scope are
 * never mixed: a process is in one group of each hierarchy, so the scope would take it out of ours.
 */
import { spawnSync } from "node:child_process";
import { shellWord } from "../../base/shell-word.ts";
import { formatDuration, formatSize } from "../../base/units.ts";
import type { RunLimits } from "../../snapshot/conditions.ts";
import { withoutAccess } from "../../snapshot/key-variables.ts";
import { type CgroupPlace, type Controller, cgroupFacts, cgroupPlaces } from "./cgroup.ts";
import { findSystemProgram } from "./system-program.ts";

/** What this machine has to offer; asked for only as far as it is needed. */
export interface LimitMeans {
  places(wanted: readonly Controller[]): readonly CgroupPlace[];
  /** The words that start a command in a scope with these properties; none where the user's systemd makes no such scope. */
  scope(properties: readonly string[]): readonly string[];
  /** The superuser is exempt from the number of processes of a user. */
  readonly superuser: boolean;
  /** Whether there is a POSIX shell, which sets limits of processes. */
  readonly shell: boolean;
}

/** Tried with the very properties: the user's systemd may have been given only some of the controllers. */
function scopeOf(properties: readonly string[]): readonly string[] {
  const program = findSystemProgram("systemd-run");
  if (program === undefined) return [];
  const options = ["--user", "--scope", "--quiet", "--collect"];
  const words = [program, ...options, ...properties.flatMap((property) => ["-p", property]), "--"];
  const tried = spawnSync(program, [...words.slice(1), "/bin/sh", "-c", ":"], {
    stdio: "ignore",
    env: withoutAccess(process.env),
    timeout: 5_000,
  });
  return tried.status === 0 ? words : [];
}

export function machineMeans(): LimitMeans {
  return {
    places: (wanted) => cgroupPlaces(cgroupFacts(), wanted),
    scope: scopeOf,
    superuser: process.geteuid?.() === 0,
    shell: process.platform !== "win32",
  };
}

export interface LimitPlan {
  /** Each limit with how it is kept, for people: `memory 512MB (control group)`. */
  readonly kept: readonly string[];
  /** Each limit that can't be kept here, with the reason. */
  readonly unkept: readonly string[];
  /** Where groups are to be made. */
  readonly places: readonly CgroupPlace[];
  /** The words that start the command in a scope; none: no scope. */
  readonly scope: readonly string[];
  /** Shell commands that set limits of the process; each must succeed. */
  readonly shell: readonly string[];
}

interface Shared {
  readonly text: string;
  readonly controller: Controller;
  readonly properties: readonly string[];
  /** What the shell can do that comes near, and what that bounds; a text: why nothing. */
  readonly shell: { readonly command: string; readonly note: string } | string;
}

const NO_BOUNDARY = "there is neither a control group nor a systemd scope for it";

/** The limits that all processes share. */
function sharedLimits({ memoryBytes, processes, cpus }: RunLimits, { superuser }: LimitMeans): Shared[] {
  const shared: Shared[] = [];
  if (memoryBytes !== undefined) {
    shared.push({
      text: `memory ${formatSize(memoryBytes)}`,
      controller: "memory",
      properties: [`MemoryMax=${memoryBytes}`, "MemorySwapMax=0"],
      shell: {
        command: `ulimit -v ${Math.ceil(memoryBytes / 1024)}`,
        note: "the address space of each process",
      },
    });
  }
  if (cpus !== undefined) {
    shared.push({
      text: `cpu ${cpus}`,
      controller: "cpu",
      properties: [`CPUQuota=${Math.max(1, Math.round(cpus * 100))}%`],
      shell: NO_BOUNDARY,
    });
  }
  if (processes !== undefined) {
    shared.push({
      text: `processes ${processes}`,
      controller: "pids",
      properties: [`TasksMax=${processes}`],
      shell: superuser
        ? `${NO_BOUNDARY}, and the superuser is exempt from ulimit`
        : {
            // What bash and others call -u is -p in dash.
            command: `{ ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes}; }`,
            note: "all processes of this user",
          },
    });
  }
  return shared;
}

/** Where all that processes share is bounded: in groups of our own, as far as they suffice, or all of it in a scope. */
function boundary(shared: readonly Shared[], means: LimitMeans): Pick<LimitPlan, "places" | "scope"> {
  if (shared.length === 0) return { places: [], scope: [] };
  const places = means.places(shared.map(({ controller }) => controller));
  const isWhole = places.flatMap(({ controllers }) => controllers).length === shared.length;
  const scope = isWhole ? [] : means.scope(shared.flatMap(({ properties }) => properties));
  return scope.length > 0 ? { places: [], scope } : { places, scope };
}

/** What becomes of each limit. */
export function planLimits(limits: RunLimits, means: LimitMeans): LimitPlan {
  const shared = sharedLimits(limits, means);
  const { places, scope } = boundary(shared, means);
  const grouped = places.flatMap(({ controllers }) => controllers);
  const kept: string[] = [];
  const unkept: string[] = [];
  const shell: string[] = [];
  for (const { text, controller, shell: way } of shared) {
    if (scope.length > 0) kept.push(`${text} (systemd scope)`);
    else if (grouped.includes(controller)) kept.push(`${text} (control group)`);
    else if (typeof way === "string") unkept.push(`${text}: ${way}`);
    else if (!means.shell) unkept.push(`${text}: this system has no such limit`);
    else {
      // Of each process or of the whole user is not of the run: it takes the place of the limit only where it may.
      unkept.push(`${text}: ${NO_BOUNDARY}; ulimit bounds ${way.note}, not the run`);
      if (limits.unenforced === "warn") shell.push(way.command);
    }
  }
  if (limits.openFiles !== undefined) {
    const text = `openFiles ${limits.openFiles}`;
    if (means.shell) {
      kept.push(`${text} (ulimit)`);
      shell.push(`ulimit -n ${limits.openFiles}`);
    } else unkept.push(`${text}: this system has no such limit`);
  }
  if (limits.timeMs !== undefined) kept.push(`time ${formatDuration(limits.timeMs)}`);
  return { kept, unkept, places, scope, shell };
}

/** Where the shell says that it could not do what comes before the command. */
export const FAILURE_HANDLE = 3;

/**
 * The command with what must be done in its process first. The shell that does it becomes the command; where
 * anything fails it writes to {@link FAILURE_HANDLE} and ends.
 *
 * @param joinFiles of the control group.
 */
export function limitedCommand(
  { scope, shell }: Pick<LimitPlan, "scope" | "shell">,
  joinFiles: readonly string[],
  command: readonly string[],
): readonly string[] {
  const scoped = [...scope, ...command];
  const steps = [...joinFiles.map((file) => `echo $$ >${shellWord(file)}`), ...shell];
  if (steps.length === 0) return scope.length === 0 ? command : scoped;
  const script = `{ ${steps.join(" && ")}; } || { echo failed >&${FAILURE_HANDLE}; exit 1; }`;
  return ["/bin/sh", "-c", `${script}; exec "$@" ${FAILURE_HANDLE}>&-`, "ringfence", ...scoped];
}
