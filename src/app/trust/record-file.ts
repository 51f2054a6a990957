/** Where this machine keeps what is trusted: in Ringfence's home, one file for a project in a folder. */
import { realpathSync, rmSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { sha256 } from "../../base/digest.ts";
import { systemCode } from "../../base/error.ts";
import { formatTrustRecord, parseTrustRecord, type TrustRecord, trustErrors } from "../../trust/index.ts";
import type { App } from "../app.ts";
import { readTextIfThere } from "../project.ts";

type Home = Pick<App, "home" | "project">;

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return path;
    throw error;
  }
}

/** Absolute path of the record, whether it is there or not. */
export function trustRecordPath({ home, project }: Home): string {
  const folder = sha256(realPath(project.root)).toString("hex").slice(0, 16);
  return join(home, "trust", `${project.name}-${folder}.json`);
}

/** What lies in the project comes with it: a record there would be the project's own word. */
function refuseHomeInside({ home, project }: Home): void {
  const root = realPath(project.root);
  if (!`${realPath(home)}${sep}`.startsWith(`${root}${sep}`)) return;
  throw trustErrors.TRUST_HOME_IN_PROJECT({
    what: "Ringfence's home lies inside the project",
    where: home,
    why: "whoever writes the project's files could then trust its programs for you",
    fix: "unset RINGFENCE_HOME, or set it to a folder outside of the project",
  });
}

function damaged(path: string, why: string): Error {
  return trustErrors.TRUST_RECORD_DAMAGED({
    what: "the record of what is trusted here does not count",
    where: path,
    why,
    fix: "ringfence trust revoke   # forgets it; then: ringfence trust",
  });
}

/**
 * What was trusted for this project in this folder; undefined where nothing was.
 *
 * @throws TRUST_HOME_IN_PROJECT, TRUST_RECORD_DAMAGED
 */
export function readTrustRecord(at: Home): TrustRecord | undefined {
  refuseHomeInside(at);
  const path = trustRecordPath(at);
  const text = readTextIfThere(path);
  if (text === undefined) return undefined;
  const { mode } = statSync(path);
  if (process.platform !== "win32" && (mode & 0o022) !== 0)
    throw damaged(path, `others may write it: its permissions are ${(mode & 0o777).toString(8)}`);
  const record = parseTrustRecord(text, { project: at.project.name, root: realPath(at.project.root) });
  if (!record) throw damaged(path, "it is no record of this project in this folder");
  return record;
}

/** The record with nothing in it. */
export function emptyTrustRecord({ project }: Home): TrustRecord {
  return { format: 1, project: project.name, root: realPath(project.root), programs: [] };
}

/** @throws TRUST_HOME_IN_PROJECT, or the system's error */
export function writeTrustRecord(at: Home, record: TrustRecord): void {
  refuseHomeInside(at);
  writeFileAtomic(trustRecordPath(at), formatTrustRecord(record), 0o600);
}

export function removeTrustRecord(at: Home): void {
  rmSync(trustRecordPath(at), { force: true });
}
