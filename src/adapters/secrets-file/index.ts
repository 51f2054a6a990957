/** Secrets that lie in files, one in each, as Docker and Kubernetes mount them. Nothing is written. */
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, join, sep } from "node:path";
import { systemCode } from "../../base/error.ts";
import type { SecretAnswer, SecretReference, SecretStore } from "../../ports/secret-store.ts";

const SCHEME = "file";
const LARGEST_BYTES = 1024 * 1024;

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

async function readOpen(file: FileHandle): Promise<SecretAnswer> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.min(size, LARGEST_BYTES) + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > LARGEST_BYTES) return invalid("the file is larger than 1 MiB");
  return decoded(bytes.subarray(0, length));
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
