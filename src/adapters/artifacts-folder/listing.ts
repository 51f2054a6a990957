/** Reads a folder into the listing that its digest is made of. Reads only; refuses what can't be kept. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { type Digest, digestOf, digestOfBytes } from "../../base/digest.ts";
import { systemCode } from "../../base/error.ts";
import { isInside } from "../../base/folder.ts";
import { artifactErrors } from "./errors.ts";

/** As git does, a symbolic link counts as a file whose content is its target. */
export type FileMode = "file" | "executable" | "link";

export interface ListedFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly mode: FileMode;
}

async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}

function unfit(path: string, what: string, why: string): Error {
  return artifactErrors.ARTIFACT_UNFIT({
    what,
    where: path,
    why,
    fix: `let the build leave ${path} out of its output, or write a plain file in its place`,
  });
}

async function checkLink(root: string, path: string, target: string): Promise<void> {
  const outside = unfit(path, `the link ${path} leads out of the artifact`, `it points to ${target}`);
  if (isAbsolute(target)) throw outside;
  const end = await realpath(join(root, path)).catch((error: unknown) => {
    const word = systemCode(error) === "ELOOP" ? "in a circle" : "nowhere";
    throw unfit(path, `the link ${path} leads ${word}`, `it points to ${target}`);
  });
  if (!isInside(await realpath(root), end)) throw outside;
}

async function listEntry(root: string, path: string): Promise<ListedFile[]> {
  const full = join(root, path);
  const found = await lstat(full);
  if (found.isDirectory()) return listBelow(root, path);
  if (found.isSymbolicLink()) {
    const target = await readlink(full);
    await checkLink(root, path, target);
    return [{ path, digest: digestOfBytes(target), bytes: Buffer.byteLength(target), mode: "link" }];
  }
  if (!found.isFile()) throw unfit(path, `${path} is no file`, "sockets, pipes and devices can't be kept");
  const mode = (found.mode & 0o111) !== 0 ? "executable" : "file";
  return [{ path, digest: await digestOfFile(full), bytes: found.size, mode }];
}

async function listBelow(root: string, path: string): Promise<ListedFile[]> {
  const listed: ListedFile[] = [];
  for (const name of await readdir(join(root, path))) {
    listed.push(...(await listEntry(root, path === "" ? name : `${path}/${name}`)));
  }
  return listed;
}

/**
 * All files below a folder, sorted by path; empty folders leave no trace.
 *
 * @throws ARTIFACT_UNFIT for links that lead out or nowhere, and for special files.
 */
export async function listFolder(folder: string): Promise<ListedFile[]> {
  const listed = await listBelow(folder, "");
  return listed.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The artifact's address: paths, contents and modes of all files. */
export function digestOfListing(files: readonly ListedFile[]): Digest {
  return digestOf(files.map(({ path, digest, mode }) => ({ path, digest, mode })));
}
