/**
 * One service's process: what is run, with which environment, and when it is started again. Pure except for
 * looking whether a file exists.
 *
 *   starting --ready--> ready --not ready--> unready --ready--> ready
 *   any of these --the process ends--> exited --after a pause--> starting
 *
 * The pause doubles from 100 ms to 10 s with each end in a row; a process that ran for 30 s begins anew.
 */
import { statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { isInside } from "../../base/folder.ts";
import type { InstanceState, ServiceInstance } from "../../ports/target.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A process that ran this long was well: what ends it now is a new incident. */
const WELL_AFTER_MS = 30_000;

/** What a service inherits of the machine; everything else is its own settings. */
const INHERITED = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];

/** The variable that marks a process as an instance, see `InstanceRecord.mark`. */
export const MARK = "RINGFENCE_INSTANCE";

/** The pause before the next start, and the number of ends in a row to pass next time. */
export function afterEnd(endsInARow: number, upMs: number): { ends: number; pauseMs: number } {
  const ends = upMs >= WELL_AFTER_MS ? 1 : endsInARow + 1;
  return { ends, pauseMs: Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(ends - 1, 20)) };
}

/** What one look says. @param wasReady whether this process was seen ready before. */
export function stateOf(seen: { running: boolean; ready: boolean; wasReady: boolean }): InstanceState {
  if (!seen.running) return "exited";
  if (seen.ready) return "ready";
  return seen.wasReady ? "unready" : "starting";
}

function fileInside(folder: string, argument: string): string | undefined {
  if (argument === "" || argument.startsWith("-") || isAbsolute(argument)) return undefined;
  const path = resolve(folder, argument);
  if (!isInside(folder, path)) return undefined;
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}

/**
 * The command to run: a first word `node` is Ringfence's own Node, and every argument that names a file of the
 * artifact becomes its absolute path, because the working folder is the environment's data folder.
 */
export function commandOf(service: Pick<ServiceInstance, "folder" | "start">): {
  command: string;
  args: string[];
} {
  const [first = "", ...rest] = service.start;
  const command = first === "node" ? process.execPath : (fileInside(service.folder, first) ?? first);
  return { command, args: rest.map((argument) => fileInside(service.folder, argument) ?? argument) };
}

/** Where the command is found, as execvp(3) would; undefined when nowhere. */
export function findCommand(command: string, searchPath: string): string | undefined {
  const candidates = command.includes("/")
    ? [command]
    : searchPath.split(":").map((folder) => join(folder || ".", command));
  return candidates.find((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() && (found.mode & 0o111) !== 0;
  });
}

/** A machine's variables without anything of Ringfence's own: keys, folders, selection. */
export function inheritedEnvironment(machine: NodeJS.ProcessEnv): Record<string, string> {
  const kept = INHERITED.map((name) => [name, machine[name]] as const);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The whole environment of a process; what Ringfence says of it can't be overridden by a setting. */
export function environmentOf(
  own: Readonly<Record<string, string>>,
  facts: { environment: string; version: string; data: string; port: number; mark: string },
  machine: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return {
    ...inheritedEnvironment(machine),
    ...own,
    PORT: String(facts.port),
    RINGFENCE_ENVIRONMENT: facts.environment,
    RINGFENCE_RELEASE: facts.version,
    RINGFENCE_DATA: facts.data,
    [MARK]: facts.mark,
  };
}
