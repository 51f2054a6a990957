/**
 * Settings of a process that Ringfence did not start, from the compiled snapshot on this machine: selected, guarded
 * and recorded as `ringfence run` does it. Nothing is compiled here; what is not plainly usable is refused.
 */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { isRingfenceError } from "../base/error.ts";
import { shellWord } from "../base/shell-word.ts";
import { detect, guardNested, guardRun, type Selection } from "../snapshot/detection.ts";
import { ringfenceHome } from "../snapshot/home.ts";
import { overriddenKeys } from "../snapshot/override.ts";
import { readIndex } from "../snapshot/project-index.ts";
import { findProjectRoot, MANIFEST } from "../snapshot/project-root.ts";
import { readSnapshot, type Snapshot, type SnapshotReading } from "../snapshot/snapshot.ts";
import { appendSpool } from "../snapshot/spool.ts";
import { settingsErrors } from "./errors.ts";
import type { Variables } from "./specification.ts";

/** Which compiled settings are meant, where Ringfence did not start the process. */
export interface LoadOptions {
  /** As `-e`: without it the environment is detected as `ringfence run` does. */
  readonly environment?: string;
  /** The project's folder; else the nearest one upward from the working directory with a manifest. */
  readonly project?: string;
  /** As `--force`: why the host guard shall not count; recorded. */
  readonly force?: string;
  /** Ringfence's home folder, where it is not the usual one: `ringfence run` hands no way to keys down. */
  readonly home?: string;
}

/** A snapshot that may be used here, and how it was chosen. */
export interface OpenedSnapshot {
  readonly snapshot: Snapshot;
  readonly root: string;
  readonly home: string;
  readonly selection: Selection;
  readonly force?: string;
}

/** @throws SETTINGS_NO_PROJECT */
function rootOf(project: string | undefined): string {
  const folder = resolve(project ?? ".");
  const root = project === undefined ? findProjectRoot(folder) : existsSync(join(folder, MANIFEST)) && folder;
  if (root) return root;
  throw settingsErrors.SETTINGS_NO_PROJECT({
    what: "this process was not started by Ringfence, and there is no project to take its settings from",
    where: folder,
    why: `no ${MANIFEST} lies ${project === undefined ? "there or in any folder above" : "there"}`,
    fix: "ringfence run -- <command>",
  });
}

/** The command that compiles an environment. @param environment as it was selected; undefined to detect it. */
export function compileCommand(root: string, environment: string | undefined): string {
  const flag = environment === undefined ? "" : ` -e ${shellWord(environment)}`;
  return `ringfence config compile${flag} --project ${shellWord(root)}`;
}

function stale(root: string, environment: string | undefined, why: string): Error {
  return settingsErrors.SETTINGS_STALE({
    what: `the settings${environment === undefined ? "" : ` of ${environment}`} are not compiled as the files are now`,
    where: root,
    why,
    fix: compileCommand(root, environment),
  });
}

/** @throws SETTINGS_STALE, and what `readSnapshot` throws */
export function freshSnapshot(reading: SnapshotReading, root: string, environment: string): Snapshot {
  if ("snapshot" in reading) return reading.snapshot;
  throw stale(root, environment, reading.stale);
}

/** @throws SETTINGS_OVERRIDDEN */
function refuseOverridden(snapshot: Snapshot, variables: Variables): void {
  const names = overriddenKeys(snapshot, variables);
  if (names.length === 0) return;
  throw settingsErrors.SETTINGS_OVERRIDDEN({
    what: `the process environment sets ${names.join(", ")} to something else than the files do`,
    where: "the process environment",
    why: "other settings may refer to it, so that all of them must be resolved anew",
    fix: `unset ${names.join(" ")}   # or: ringfence run -e ${snapshot.environment} -- <command>`,
    details: { names },
  });
}

/**
 * The snapshot of the selected environment, if it is fresh and may be used on this host.
 *
 * @throws SETTINGS_NO_PROJECT, SETTINGS_STALE, SETTINGS_OVERRIDDEN; ENV_…, GUARD_…, SNAPSHOT_… as `run` does
 */
export function openSnapshotHere(options: LoadOptions, variables: Variables): OpenedSnapshot {
  const root = rootOf(options.project);
  const index = readIndex(root);
  if (!index) throw stale(root, options.environment, "nothing was compiled since the manifest changed");
  const facts = { flag: options.environment, variables, host: hostname() };
  const selection = detect(index.rule, facts);
  guardNested(selection, variables);
  const { environment } = selection;
  const home = options.home === undefined ? ringfenceHome(variables) : resolve(options.home);
  const owner = { project: index.project, environment };
  const snapshot = freshSnapshot(readSnapshot(root, home, owner), root, environment);
  // The index is not authenticated; the sealed rule decides.
  if (detect(snapshot.detection, facts).environment !== environment)
    throw stale(root, environment, "the project's index does not agree with the sealed settings");
  const forced = guardRun(snapshot.detection, selection, { host: facts.host, force: options.force });
  refuseOverridden(snapshot, variables);
  return { snapshot, root, home, selection, ...(forced && { force: forced.reason }) };
}

/**
 * Records that the settings were handed to this process. Where the kind requires no record, one that can't be written
 * keeps nobody from the settings: a library has nowhere to say it.
 *
 * @throws SPOOL_UNWRITABLE where a record is required
 */
export function recordOpening({ snapshot, root, selection, force }: OpenedSnapshot): void {
  const isRequired = snapshot.recordRequired || force !== undefined;
  const injection = {
    environment: snapshot.environment,
    command: basename(process.argv[1] ?? process.execPath),
    arguments: Math.max(process.argv.length - 2, 0),
    secrets: snapshot.secretNames,
    revision: snapshot.revision,
    method: selection.method,
    ...(force !== undefined && { force }),
  };
  try {
    appendSpool(root, injection, isRequired);
  } catch (error) {
    if (isRequired || !isRingfenceError(error, "SPOOL_UNWRITABLE")) throw error;
  }
}
