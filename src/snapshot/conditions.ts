/** The conditions of a run: what it may use, where it may write, where its output is kept. Pure. */
import { resolve } from "node:path";

/** Bounds of a run; those that are undefined are none. */
export interface RunLimits {
  /** Of its processes together. */
  readonly memoryBytes?: number | undefined;
  /** Processors that it keeps busy, also a fraction. */
  readonly cpus?: number | undefined;
  /** Processes and threads. */
  readonly processes?: number | undefined;
  /** Of each process. */
  readonly openFiles?: number | undefined;
  readonly timeMs?: number | undefined;
  /** What becomes of a run whose limits this machine can't enforce. */
  readonly unenforced: "refuse" | "warn";
}

/** A folder of the environment's own. */
export interface RunFolder {
  /** What lies there: `data`, `logs`. */
  readonly name: string;
  /** Relative to the project's root, or absolute. */
  readonly path: string;
  /** Permissions that it is made with, and that it may not exceed. */
  readonly mode: number;
}

/** A file system that holds nothing of other environments. Paths are relative to the root, or absolute. */
export interface RunView {
  /** Files and folders of other environments. */
  readonly hidden: readonly string[];
  /** Where it may write besides its folders. */
  readonly writable: readonly string[];
}

/** Where the output of runs is kept. */
export interface LogFile {
  /** Relative to the root, or absolute; `{command}` stands for the command's name. */
  readonly path: string;
  /** Size from which a new file is begun. */
  readonly rotateBytes: number;
  /** Age from which a new file is begun. */
  readonly rotateMs?: number | undefined;
  /** How many former files are kept. */
  readonly keep: number;
  /** Age from which former files are removed. */
  readonly retentionMs?: number | undefined;
}

export interface RunConditions {
  readonly limits?: RunLimits | undefined;
  readonly folders: readonly RunFolder[];
  readonly umask?: number | undefined;
  /** Undefined: all files that its user may see. */
  readonly view?: RunView | undefined;
  readonly logLevel: string;
  readonly logFormat: "text" | "json";
  /** Undefined: output is only shown. */
  readonly logFile?: LogFile | undefined;
}

/** True where a run needs more than its variables. */
export function hasConditions({ limits, folders, umask, view, logFile }: RunConditions): boolean {
  return (
    folders.length > 0 ||
    limits !== undefined ||
    umask !== undefined ||
    view !== undefined ||
    logFile !== undefined
  );
}

/** What a command is called in the name of its log file: the last part of its path, in letters that every file system has. */
function commandName(command: string): string {
  const name = command.slice(command.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]/g, "_");
  return name.replace(/^\.+/, "_") || "_";
}

/** Absolute path of the log file of a command. */
export function logPath(root: string, { path }: LogFile, command: string): string {
  return resolve(
    root,
    path.replaceAll("{command}", () => commandName(command)),
  );
}

const OWN = ["RINGFENCE_FOLDER_", "RINGFENCE_LOG_"];

/**
 * What a process is told of its conditions: `RINGFENCE_FOLDER_<NAME>`, the absolute path of each folder (hyphens as
 * underscores), and `RINGFENCE_LOG_LEVEL`, `_FORMAT`, `_SINK` and `_FILE`. Takes away what the caller has of these.
 */
export function tellConditions(
  variables: Record<string, string>,
  { folders, logLevel, logFormat, logFile }: RunConditions,
  { root, command }: { readonly root: string; readonly command: string },
): void {
  for (const name of Object.keys(variables))
    if (OWN.some((start) => name.startsWith(start))) delete variables[name];
  for (const { name, path } of folders) {
    variables[`RINGFENCE_FOLDER_${name.toUpperCase().replaceAll("-", "_")}`] = resolve(root, path);
  }
  variables.RINGFENCE_LOG_LEVEL = logLevel;
  variables.RINGFENCE_LOG_FORMAT = logFormat;
  variables.RINGFENCE_LOG_SINK = logFile ? "file" : "console";
  if (logFile) variables.RINGFENCE_LOG_FILE = logPath(root, logFile, command);
}
