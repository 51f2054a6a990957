/** What an environment's policies and folders demand of a run, as `run` reads it. Pure. */
import { posix } from "node:path";
import { type Environment, expandTemplate, layersFor, type Project } from "../model/project.ts";
import type { LogFile, RunConditions, RunFolder, RunLimits, RunView } from "../snapshot/conditions.ts";

function limitsOf({ policies }: Environment): RunLimits | undefined {
  const limits = {
    memoryBytes: policies.runMemoryBytes,
    cpus: policies.runCpus,
    processes: policies.runProcesses,
    openFiles: policies.runOpenFiles,
    timeMs: policies.runTimeMs,
  };
  if (Object.values(limits).every((bound) => bound === undefined)) return undefined;
  return { ...limits, unenforced: policies.runUnenforced };
}

function foldersOf(environment: Environment): RunFolder[] {
  return environment.folders.map(({ name, path, mode }) => ({
    name,
    path: expandTemplate(path, environment),
    mode,
  }));
}

/** Files and folders that belong to an environment, its secrets and layers with them. */
function belongings(project: Project, environment: Environment): string[] {
  return [
    ...foldersOf(environment).map(({ path }) => path),
    expandTemplate(project.secretsPath, environment),
    ...layersFor(project, environment)
      .filter(({ declaration }) => declaration.program?.kind !== "command")
      .map(({ path }) => path),
  ].map((path) => posix.normalize(path));
}

function viewOf(project: Project, environment: Environment): RunView | undefined {
  if (environment.policies.runView !== "own") return undefined;
  const own = new Set(belongings(project, environment));
  const others = project.environments
    .filter((other) => other !== environment)
    .flatMap((other) => belongings(project, other));
  return {
    hidden: [...new Set(others)].filter((path) => !own.has(path)),
    writable: environment.policies.runWritable.map((path) => expandTemplate(path, environment)),
  };
}

function logFileOf(environment: Environment): LogFile | undefined {
  const { policies, name } = environment;
  if (policies.logSink !== "file") return undefined;
  const folder = foldersOf(environment).find((one) => one.name === "logs")?.path;
  return {
    path: expandTemplate(
      policies.logFile ?? `${folder ?? `.ringfence/logs/${name}`}/{command}.log`,
      environment,
    ),
    rotateBytes: policies.logRotateBytes,
    rotateMs: policies.logRotateMs,
    keep: policies.logKeep,
    retentionMs: policies.logRetentionMs,
  };
}

/** What a run of the environment must keep to. */
export function conditionsOf(project: Project, environment: Environment): RunConditions {
  const { runUmask, logLevel, logFormat } = environment.policies;
  return {
    limits: limitsOf(environment),
    folders: foldersOf(environment),
    umask: runUmask === undefined ? undefined : Number.parseInt(runUmask, 8),
    view: viewOf(project, environment),
    logLevel,
    logFormat,
    logFile: logFileOf(environment),
  };
}
