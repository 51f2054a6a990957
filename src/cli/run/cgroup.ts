/**
 * Control groups: where a group of our own can be made, with bounds for all processes in it together. Version 2 where
 * its controllers are handed on to somewhere above us that we may write to, within our service, else version 1
 * (cgroups(7)).
 *
 * A group is called `ringfence-<pid>-<start>` after the process that made it, so that one that was left behind (that
 * process was killed) is known, and removed by the next run.
 */
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { systemCode } from "../../base/error.ts";
import { processStart } from "../../base/machine.ts";

export type Controller = "memory" | "pids" | "cpu";

/** What the kernel says of this process: `/proc/self/cgroup` and `/proc/self/mountinfo` (proc(5)). */
export interface CgroupFacts {
  readonly membership: string;
  readonly mounts: string;
}

/** A folder in which a group for these controllers can be made. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  readonly folder: string;
  readonly controllers: readonly Controller[];
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

export function cgroupFacts(): CgroupFacts {
  return {
    membership: readOrNothing("/proc/self/cgroup"),
    mounts: readOrNothing("/proc/self/mountinfo"),
  };
}

interface Mount {
  readonly version: 1 | 2;
  /** What of the hierarchy is mounted there. */
  readonly root: string;
  readonly at: string;
  readonly options: readonly string[];
}

/** Spaces and the like stand as octal escapes. */
const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

function mountsOf(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "", at = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    if (type !== "cgroup" && type !== "cgroup2") return [];
    const version = type === "cgroup" ? 1 : 2;
    return [{ version, root: unescaped(root), at: unescaped(at), options: options.split(",") }];
  });
}

/** The folder of our own group below a mount; undefined where the mount does not show it. */
function ownFolder({ root, at }: Mount, path: string): string | undefined {
  const below = relative(root, path);
  // A path that leads upward is how the kernel names a group outside our namespace.
  return path.includes("..") || below.startsWith("..") ? undefined : join(at, below);
}

function isWritable(folder: string): boolean {
  try {
    // Moving a process into a group needs both its list of processes and the one of the common group above.
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What systemd bounds and ends as one (systemd.service(5), systemd.scope(5)). */
const UNIT = /\.(?:service|scope)$/;

/**
 * The nearest group upward whose children have some of these controllers. No process may sit in a group that hands them
 * on. Not above our service or scope: a run there would be out of its bounds, and would outlive it.
 */
function placeOfVersion2(mount: Mount, path: string, wanted: readonly Controller[]): CgroupPlace | undefined {
  for (let folder = ownFolder(mount, path); folder?.startsWith(mount.at); folder = dirname(folder)) {
    const handedOn = readOrNothing(join(folder, "cgroup.subtree_control")).trim().split(/\s+/);
    const controllers = wanted.filter((one) => handedOn.includes(one));
    if (controllers.length > 0 && isWritable(folder)) return { version: 2, folder, controllers };
    if (UNIT.test(basename(folder))) return undefined;
  }
  return undefined;
}

/** Where groups can be made for as many of the controllers as possible; each stands in one place at most. */
export function cgroupPlaces(facts: CgroupFacts, wanted: readonly Controller[]): CgroupPlace[] {
  const lines = facts.membership.split("\n").map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const mounts = mountsOf(facts.mounts);
  const pathOf = (controller: string): string | undefined =>
    lines.find((line) => line?.[1]?.split(",").includes(controller))?.[2];
  const places: CgroupPlace[] = [];
  const unified = mounts.find(({ version }) => version === 2);
  const ownPath = pathOf("");
  const second = unified && ownPath !== undefined ? placeOfVersion2(unified, ownPath, wanted) : undefined;
  if (second) places.push(second);
  for (const controller of wanted) {
    if (second?.controllers.includes(controller)) continue;
    const mount = mounts.find(({ version, options }) => version === 1 && options.includes(controller));
    const path = mount && pathOf(controller);
    const folder = mount && path !== undefined ? ownFolder(mount, path) : undefined;
    if (!folder || !isWritable(folder)) continue;
    const same = places.findIndex((place) => place.folder === folder);
    if (same < 0) places.push({ version: 1, folder, controllers: [controller] });
    else places[same] = { ...places[same]!, controllers: [...places[same]!.controllers, controller] };
  }
  return places;
}

export interface CgroupBounds {
  readonly memoryBytes?: number | undefined;
  readonly processes?: number | undefined;
  readonly cpus?: number | undefined;
}

const PERIOD_US = 100_000;

/** File and content of each bound, in the order in which they must be written; those marked may be missing. */
function boundFiles(
  { version, controllers }: CgroupPlace,
  { memoryBytes, processes, cpus }: CgroupBounds,
): (readonly [file: string, content: string, mayBeMissing?: boolean])[] {
  const quota = cpus === undefined ? undefined : String(Math.max(1_000, Math.round(cpus * PERIOD_US)));
  const has = (controller: Controller): boolean => controllers.includes(controller);
  return [
    ...(has("memory") && memoryBytes !== undefined
      ? version === 2
        ? ([
            ["memory.max", String(memoryBytes)],
            // What is swapped out is used all the same.
            ["memory.swap.max", "0", true],
          ] as const)
        : ([
            ["memory.limit_in_bytes", String(memoryBytes)],
            ["memory.memsw.limit_in_bytes", String(memoryBytes), true],
          ] as const)
      : []),
    ...(has("pids") && processes !== undefined ? [["pids.max", String(processes)] as const] : []),
    ...(has("cpu") && quota !== undefined
      ? version === 2
        ? [["cpu.max", `${quota} ${PERIOD_US}`] as const]
        : ([
            ["cpu.cfs_period_us", String(PERIOD_US)],
            ["cpu.cfs_quota_us", quota],
          ] as const)
      : []),
  ];
}

/** Removes groups whose maker is gone, as far as nothing runs in them. */
function removeLeftOver(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid, start] = /^ringfence-(\d+)-(\d+)$/.exec(name) ?? [];
    if (pid === undefined || processStart(Number(pid)) === start) continue;
    removeAll([join(folder, name)]);
  }
}

export interface Cgroup {
  /** The files into which a process writes its id to belong to it. */
  readonly joinFiles: readonly string[];
  /** How many processes were ended because the memory of all did not suffice. */
  killedForMemory(): number;
  /** Ends every process in it. */
  kill(): void;
  /** Removes it, once nothing runs in it; what runs on keeps it until a later run. */
  remove(): void;
}

/** The groups that a command made within its own. */
function groupsIn(folder: string): string[] {
  try {
    const found = readdirSync(folder, { withFileTypes: true });
    return found.filter((one) => one.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function killAll(folder: string): void {
  try {
    // Since Linux 5.14, version 2 only: all at once, so that none can escape by forking.
    writeFileSync(join(folder, "cgroup.kill"), "1", { flag: "r+" });
    return;
  } catch {
    // One by one, then.
  }
  groupsIn(folder).forEach(killAll);
  for (const pid of readOrNothing(join(folder, "cgroup.procs")).split("\n").filter(Boolean)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // Gone by itself.
    }
  }
}

function removeAll(folders: readonly string[]): void {
  for (const folder of folders) {
    removeAll(groupsIn(folder));
    try {
      rmdirSync(folder);
    } catch {
      // Something that the command left behind runs in it, or another run has just removed it.
    }
  }
}

/** Makes the groups with their bounds. @throws the system's error; nothing is left of them then. */
export function createCgroup(places: readonly CgroupPlace[], bounds: CgroupBounds): Cgroup {
  const name = `ringfence-${process.pid}-${processStart(process.pid)}`;
  const folders = places.map(({ folder }) => join(folder, name));
  try {
    for (const [at, place] of places.entries()) {
      removeLeftOver(place.folder);
      mkdirSync(folders[at]!);
      for (const [file, content, mayBeMissing] of boundFiles(place, bounds)) {
        try {
          writeFileSync(join(folders[at]!, file), content, { flag: "r+" });
        } catch (error) {
          if (!(mayBeMissing && systemCode(error) === "ENOENT")) throw error;
        }
      }
    }
  } catch (error) {
    removeAll(folders);
    throw error;
  }
  const events = places.map(({ version }, at) =>
    join(folders[at]!, version === 2 ? "memory.events" : "memory.oom_control"),
  );
  return {
    joinFiles: folders.map((folder) => join(folder, "cgroup.procs")),
    killedForMemory: () =>
      Math.max(0, ...events.map((path) => Number(/^oom_kill (\d+)$/m.exec(readOrNothing(path))?.[1] ?? 0))),
    kill: () => folders.forEach(killAll),
    remove: () => removeAll(folders),
  };
}
