/** The hot path: a run from a sealed, fresh snapshot. Every doubt leaves it for the slow path, which decides. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { isRingfenceError } from "../../base/error.ts";
import { hostName } from "../../base/machine.ts";
import { detect, guardNested } from "../../snapshot/detection.ts";
import { ringfenceHome } from "../../snapshot/home.ts";
import { overriddenKeys } from "../../snapshot/override.ts";
import { readIndex } from "../../snapshot/project-index.ts";
import { findProjectRoot, MANIFEST } from "../../snapshot/project-root.ts";
import { readSnapshot } from "../../snapshot/snapshot.ts";
import { workingFolder } from "../working-folder.ts";
import { parseRun, type RunRequest } from "./arguments.ts";
import type { Execution } from "./execute.ts";

/** What is expected to fail here fails in the slow path too, and is said there with all its context. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isRingfenceError(error)) return undefined;
    throw error;
  }
}

function rootOf({ project }: RunRequest): string | undefined {
  if (project !== undefined) return existsSync(join(project, MANIFEST)) ? resolve(project) : undefined;
  return findProjectRoot(workingFolder());
}

/**
 * Everything {@link Execution} needs, or undefined for whatever is not plainly a run with a fresh snapshot.
 *
 * @throws GUARD_NESTED, SNAPSHOT_FORGED, SNAPSHOT_REPLAYED, SNAPSHOT_KEY_UNUSABLE, SNAPSHOT_HOME_DAMAGED
 */
export function prepareHot(argv: readonly string[]): Execution | undefined {
  const request = attempt(() => parseRun(argv));
  if (!request || request.json || request.dryRun || request.help) return undefined;
  if (request.set.length > 0 || request.phase !== undefined) return undefined;
  const root = rootOf(request);
  const index = root && readIndex(root);
  if (!index) return undefined;
  const host = hostName();
  // Copied once: each look into `process.env` asks the system.
  const variables: NodeJS.ProcessEnv = Object.assign(Object.create(null), process.env);
  const facts = { flag: request.environment, variables, host };
  const selection = attempt(() => detect(index.rule, facts));
  if (!selection) return undefined;
  // Before the values of the outer run could pass for overrides of this one's.
  guardNested(selection, variables);
  const owner = { project: index.project, environment: selection.environment };
  const reading = readSnapshot(root, ringfenceHome(), owner);
  if (!("snapshot" in reading) || reading.snapshot.programs) return undefined;
  if (overriddenKeys(reading.snapshot, variables).length > 0) return undefined;
  return { snapshot: reading.snapshot, root, request, variables, host };
}
