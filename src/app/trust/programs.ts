/** A project's programs as they stand in a folder, and whether this machine trusts them. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../base/error.ts";
import {
  contentOf,
  isThere,
  type Program,
  type ProgramTrust,
  type ReadFile,
  type TrustRecord,
  trustOf,
  trustRequired,
} from "../../trust/index.ts";
import type { App } from "../app.ts";
import { readTrustRecord } from "./record-file.ts";

/** What to do where something is not trusted. */
export const TRUST_FIX = "ringfence trust   # after reading what it lists";

/** Reads plain files of a folder. Throws the system's error for one that is there and can't be read. */
function readIn(folder: string): ReadFile {
  return (path) => {
    const file = join(folder, path);
    try {
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
      return readFileSync(file);
    } catch (error) {
      // What can't be a path of a file here is only a word.
      if (["ENAMETOOLONG", "ELOOP", "ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
      throw error;
    }
  };
}

/**
 * What is known of programs; modules that are not there are left out.
 *
 * @param folder the project's root, or a checkout of it
 * @param record undefined: nothing is trusted
 */
export function trustIn(
  folder: string,
  programs: readonly Program[],
  record: TrustRecord | undefined,
): ProgramTrust[] {
  const read = readIn(folder);
  return programs
    .map((program) => contentOf(program, folder, read))
    .filter(isThere)
    .map((content) => ({ content, trust: trustOf(content, record) }));
}

/**
 * Lets programs pass that are trusted as they stand; where there are none, no record is asked.
 *
 * @throws TRUST_REQUIRED, TRUST_HOME_IN_PROJECT, TRUST_RECORD_DAMAGED
 */
export function requireTrust(
  app: App,
  programs: readonly Program[],
  { folder = app.project.root, fix = TRUST_FIX } = {},
): void {
  if (programs.length === 0) return;
  const refused = trustIn(folder, programs, readTrustRecord(app)).filter(
    ({ trust }) => trust.state !== "trusted",
  );
  if (refused.length > 0) throw trustRequired(refused, fix);
}
