/** Files that are either wholly the old or wholly the new content, whatever happens in between. */
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { nodeCrypto } from "./node-crypto.ts";

/** Makes the names in a folder durable: without it a new file may be gone after a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file with all of its content, durable, under a name of its own beside the path. */
function writeBeside(path: string, content: string | Uint8Array, mode: number): string {
  const temporary = `${path}.${process.pid}.${nodeCrypto().randomBytes(4).toString("hex")}.tmp`;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    const handle = openSync(temporary, "wx", mode);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return temporary;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a new file, whole or not at all, and never in the place of another, whoever comes at the same time.
 *
 * @param mode permission bits, 0o644 unless told.
 * @throws the system's error: `EEXIST` where there is a file, or a link, already.
 */
export function createFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: (mode & 0o077) === 0 ? 0o700 : 0o755 });
  const temporary = writeBeside(path, content, mode);
  try {
    // A link is made only where nothing has the name; a rename would replace what has it.
    linkSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(folder);
}

/**
 * Writes a file atomically: a temporary file beside it, fsync, rename, fsync of the folder.
 * Missing folders are created (0700 when the mode is private to the owner).
 *
 * @param mode permission bits, 0o644 unless told.
 * @throws the system's error; the old file is then untouched.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: (mode & 0o077) === 0 ? 0o700 : 0o755 });
  const temporary = writeBeside(path, content, mode);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}
