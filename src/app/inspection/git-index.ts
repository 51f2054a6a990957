/**
 * Which files git has, read from its index file directly: nothing is executed, so that a foreign repository's
 * settings can't run anything. Format: gitformat-index (versions 2 to 4) of the git project.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { GitState } from "../../model/inspection.ts";
import { isIgnored } from "./git-ignore.ts";

const LARGEST_INDEX = 128 * 1024 * 1024;
const HEADER = 12;
/** Bytes of an entry before its object's digest: times, device, owner, size. */
const FIXED = 40;
const EXTENDED = 0x4000;
const NAME_LENGTH = 0xfff;

/** A number of git's "offset" coding: seven bits a byte, the highest bit set on all but the last. */
function readOffset(data: Buffer, from: number): { value: number; next: number } {
  let at = from;
  let byte = data[at++]!;
  let value = byte & 0x7f;
  while (byte & 0x80) {
    byte = data[at++]!;
    value = ((value + 1) << 7) | (byte & 0x7f);
  }
  return { value, next: at };
}

function readEntries(data: Buffer, digestBytes: number): { paths: Set<string>; end: number } | undefined {
  const version = data.readUInt32BE(4);
  const count = data.readUInt32BE(8);
  const paths = new Set<string>();
  let previous = Buffer.alloc(0);
  let at = HEADER;
  for (let entry = 0; entry < count; entry++) {
    const start = at;
    const flags = data.readUInt16BE(start + FIXED + digestBytes);
    at = start + FIXED + digestBytes + (flags & EXTENDED && version > 2 ? 4 : 2);
    let kept = 0;
    if (version === 4) {
      const offset = readOffset(data, at);
      kept = previous.length - offset.value;
      at = offset.next;
    }
    const end = data.indexOf(0, at);
    if (end < 0 || kept < 0) return undefined;
    const path = Buffer.concat([previous.subarray(0, kept), data.subarray(at, end)]);
    const length = flags & NAME_LENGTH;
    if (length < NAME_LENGTH && length !== path.length) return undefined;
    paths.add(path.toString("utf8"));
    previous = path;
    // Versions 2 and 3 pad each entry with one to eight zeros to a multiple of eight.
    at = version === 4 ? end + 1 : start + Math.ceil((end - start + 1) / 8) * 8;
  }
  return { paths, end: at };
}

/** True where the index only holds what changed against another file. */
function isSplit(data: Buffer, end: number, digestBytes: number): boolean {
  for (let at = end; at + 8 <= data.length - digestBytes; at += 8 + data.readUInt32BE(at + 4)) {
    if (data.toString("latin1", at, at + 4) === "link") return true;
  }
  return false;
}

/** The paths of an index; undefined for one that can't be understood. Object digests may be SHA-1 or SHA-256. */
export function readIndexPaths(data: Buffer): ReadonlySet<string> | undefined {
  if (data.length < HEADER || data.toString("latin1", 0, 4) !== "DIRC") return undefined;
  if (![2, 3, 4].includes(data.readUInt32BE(4))) return undefined;
  for (const digestBytes of [20, 32]) {
    try {
      const read = readEntries(data, digestBytes);
      if (read) return isSplit(data, read.end, digestBytes) ? undefined : read.paths;
    } catch {
      // Read with the wrong length of digests, or cut: the next length is tried, else it is unknown.
    }
  }
  return undefined;
}

/** The folder of git's data: `.git` itself, or where the file of that name leads in a worktree. */
function gitFolder(root: string): string | undefined {
  const path = join(root, ".git");
  if (!existsSync(path)) return undefined;
  if (statSync(path).isDirectory()) return path;
  const [, folder] = /^gitdir: (.+?)\s*$/.exec(readFileSync(path, "utf8")) ?? [];
  return folder === undefined ? undefined : isAbsolute(folder) ? folder : resolve(root, folder);
}

function indexOf(root: string): ReadonlySet<string> | undefined {
  try {
    const folder = gitFolder(root);
    if (folder === undefined) return undefined;
    const path = join(folder, "index");
    const { size } = statSync(path);
    return size > LARGEST_INDEX ? undefined : readIndexPaths(readFileSync(path));
  } catch {
    return undefined;
  }
}

function repositoryOf(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Says of each file of a folder whether git has it. */
export function gitStates(folder: string): (path: string) => GitState {
  const repository = repositoryOf(folder);
  const paths = repository === undefined ? undefined : indexOf(repository);
  if (repository === undefined || !paths) return () => "unknown";
  const prefix = relative(repository, resolve(folder)).replaceAll("\\", "/");
  const known = new Map<string, GitState>();
  const stateOf = (whole: string): GitState =>
    paths.has(whole) ? "tracked" : isIgnored(repository, whole) ? "ignored" : "untracked";
  return (path) => {
    const state = known.get(path) ?? stateOf(prefix === "" ? path : `${prefix}/${path}`);
    known.set(path, state);
    return state;
  };
}
