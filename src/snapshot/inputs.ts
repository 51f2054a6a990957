/** The files that a compiled snapshot hangs on, and whether they are still the same. Reads files, writes none. */
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { absolutePath } from "../base/absolute-path.ts";
import { type Digest, digestOfBytes } from "../base/digest.ts";

/** A file that was read, or looked for and missing. */
export interface SnapshotInput {
  /** Relative to the project's root, or absolute. */
  readonly path: string;
  /** 0 for a missing file. */
  readonly bytes: number;
  /** Inode, size, and both times to the nanosecond; null for a missing file; empty when too young to be trusted. */
  readonly stamp: string | null;
  /** Null for a missing file. */
  readonly digest: Digest | null;
}

/**
 * Two changes within one tick of the file system's clock leave the same times (git calls it "racily clean").
 * A file that changed so recently is compared by its digest.
 */
const YOUNG_MS = 100n;

function pathFrom(root: string, path: string): string {
  return isAbsolute(path) ? path : absolutePath(`${root}/${path}`);
}

/** Undefined for what is not there. */
function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function stampOf(stat: BigIntStats): string {
  return `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

/**
 * Describes a file as it is now. Call it *before* reading what is compiled: a change in between is then seen later.
 *
 * @throws the system's error when the file is there but can't be read.
 */
export function describeInput(root: string, path: string): SnapshotInput {
  const absolute = pathFrom(root, path);
  const stat = statOf(absolute);
  if (!stat) return { path, bytes: 0, stamp: null, digest: null };
  const digest = digestOfBytes(readFileSync(absolute));
  const ageMs = BigInt(Date.now()) - stat.ctimeNs / 1_000_000n;
  return { path, bytes: Number(stat.size), stamp: ageMs < YOUNG_MS ? "" : stampOf(stat), digest };
}

/** True when the file is as it was described. Reads its content only when the stamp is not enough to tell. */
export function isUnchanged(root: string, input: SnapshotInput): boolean {
  const absolute = pathFrom(root, input.path);
  try {
    const stat = statOf(absolute);
    if (!stat || input.stamp === null) return !stat && input.stamp === null;
    if (stampOf(stat) === input.stamp) return true;
    return Number(stat.size) === input.bytes && digestOfBytes(readFileSync(absolute)) === input.digest;
  } catch {
    return false;
  }
}
