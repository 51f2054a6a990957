/** Files that are either wholly the old or wholly the new content, whatever happens in between. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
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
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}
