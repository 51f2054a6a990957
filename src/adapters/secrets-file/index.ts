/** Secrets that lie in files, one in each, as Docker and Kubernetes mount them. Nothing is written. */
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, join, sep } from "node:path";
import { systemCode } from "../../base/error.ts";
import type { SecretAnswer, SecretReference, SecretStore } from "../../ports/secret-store.ts";

const SCHEME = "file";
const LARGEST_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

export interface FileSecretsOptions {
  /** Absolute; relative paths lie below it, and lead nowhere else. */
  readonly root: string;
}

type Failure = Exclude<SecretAnswer, { kind: "found" }>;

function invalid(why: string): Failure {
  return { kind: "invalid", why };
}

/** What a failing system call means. */
function failureOf(error: unknown): Failure {
  const code = systemCode(error);
  if (code === undefined) throw error;
  if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing", why: "there is no such file" };
  if (code === "EACCES" || code === "EPERM")
    return { kind: "denied", why: "this user may not read the file" };
  if (code === "ELOOP" || code === "ENAMETOOLONG") return invalid(`it is no path of a file (${code})`);
  return { kind: "unreachable", why: `the file could not be read (${code})` };
}

function decoded(bytes: Uint8Array): SecretAnswer {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { kind: "found", text: text.replace(/\r?\n$/, ""), version: undefined };
  } catch {
    return invalid("the file is no UTF-8 text");
  }
}

/** To its end, whatever size the system tells: that of `/proc`, of some FUSE mounts, and of a file that grows is wrong. */
async function readOpen(file: FileHandle): Promise<SecretAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length <= LARGEST_BYTES) {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(CHUNK_BYTES) });
    if (bytesRead === 0) return decoded(Buffer.concat(chunks));
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return invalid("the file is larger than 1 MiB");
}

async function readFile(root: string, { scheme, path }: SecretReference): Promise<SecretAnswer> {
  if (scheme !== SCHEME) return invalid(`files are not asked by ${scheme}`);
  try {
    const real = await realpath(isAbsolute(path) ? path : join(root, path));
    if (!isAbsolute(path) && !real.startsWith(`${await realpath(root)}${sep}`))
      return invalid("a relative path must stay inside the project");
    // A pipe without a writer would be waited for.
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return (await file.stat()).isFile() ? await readOpen(file) : invalid("it is no regular file");
    } finally {
      await file.close();
    }
  } catch (error) {
    return failureOf(error);
  }
}

/** The store of `file:` references. One trailing line break belongs to the file, not to the secret. */
export function openFileSecrets({ root }: FileSecretsOptions): SecretStore {
  return {
    schemes: [SCHEME],
    read: (references, signal) =>
      Promise.all(
        references.map((reference) =>
          signal.aborted
            ? ({ kind: "unreachable", why: "there was no time to read it" } as const)
            : readFile(root, reference),
        ),
      ),
  };
}
