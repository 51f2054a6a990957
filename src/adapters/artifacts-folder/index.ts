/**
 * Artifacts in a folder, one subfolder `sha256-<hex>` for each content. A subfolder appears whole or not at all:
 * it is written under a temporary name, flushed, then renamed. Nothing here knows releases or builds.
 */
import { randomBytes } from "node:crypto";
import {
  chmod,
  copyFile,
  mkdir,
  open as openFile,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Digest } from "../../base/digest.ts";
import { isRingfenceError, systemCode } from "../../base/error.ts";
import type { Artifact } from "../../model/release.ts";
import type { ArtifactStore } from "../../ports/artifacts.ts";
import { artifactErrors } from "./errors.ts";
import { digestOfListing, type ListedFile, listFolder } from "./listing.ts";

export { artifactErrors } from "./errors.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const INCOMING = ".incoming-";
/** What a writer that died left behind; no copy takes a day. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

async function flush(path: string): Promise<void> {
  const handle = await openFile(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function foldersOf(files: readonly ListedFile[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let at = dirname(file.path); at !== "."; at = dirname(at)) folders.add(at);
  }
  return [...folders].sort();
}

/** Copies the listed files, makes them read-only and flushes them and every folder to the disk. */
async function copyDurably(from: string, to: string, files: readonly ListedFile[]): Promise<void> {
  const folders = foldersOf(files);
  await mkdir(to, { recursive: true });
  for (const folder of folders) await mkdir(join(to, folder), { recursive: true });
  for (const { path, mode } of files) {
    if (mode === "link") {
      await symlink(await readlink(join(from, path)), join(to, path));
      continue;
    }
    await copyFile(join(from, path), join(to, path));
    await chmod(join(to, path), mode === "executable" ? 0o555 : 0o444);
    await flush(join(to, path));
  }
  for (const folder of [...folders.reverse(), ""]) await flush(join(to, folder));
}

async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(INCOMING)) continue;
    const found = await stat(join(root, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_AFTER_MS) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
}

function damaged(digest: Digest, folder: string, path: string, why: string): Error {
  return artifactErrors.ARTIFACT_DAMAGED({
    what: `${path} of a stored artifact is not what was built: ${why}`,
    where: join(folder, path),
    why: "an artifact never changes; someone or something wrote into the folder, or the disk did",
    fix: "create a release with a new version from the same commit: it builds and stores the artifact again",
    details: { digest, path },
  });
}

/** The first path, in order, that is not as it was listed, and how. */
function firstDifference(
  expected: readonly Pick<ListedFile, "path" | "digest">[],
  found: readonly Pick<ListedFile, "path" | "digest">[],
): { readonly path: string; readonly why: string } | undefined {
  const was = new Map(expected.map((file) => [file.path, file.digest]));
  const is = new Map(found.map((file) => [file.path, file.digest]));
  for (const path of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    if (!is.has(path)) return { path, why: "the file is missing" };
    if (!was.has(path)) return { path, why: "the file was added" };
    if (is.get(path) !== was.get(path)) return { path, why: "its content differs" };
  }
  return undefined;
}

async function listStored(digest: Digest, folder: string): Promise<ListedFile[]> {
  try {
    return await listFolder(folder);
  } catch (error) {
    if (!isRingfenceError(error, "ARTIFACT_UNFIT")) throw error;
    throw damaged(digest, folder, error.where ?? "", error.message);
  }
}

async function verify(artifact: Artifact, folder: string): Promise<void> {
  const found = await listStored(artifact.digest, folder);
  const difference = firstDifference(artifact.files, found);
  if (difference) throw damaged(artifact.digest, folder, difference.path, difference.why);
  if (digestOfListing(found) !== artifact.digest) {
    throw damaged(artifact.digest, folder, ".", "a file's permission to be executed differs");
  }
}

async function exists(folder: string): Promise<boolean> {
  const found = await stat(folder).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  return found?.isDirectory() ?? false;
}

/** A folder that holds the artifact as it should be: what is there stays unless it is damaged. */
async function settle(incoming: string, final: string, artifact: Artifact): Promise<void> {
  if (await exists(final)) {
    const fault = await verify(artifact, final).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fault === undefined) return;
    if (!isRingfenceError(fault, "ARTIFACT_DAMAGED")) throw fault;
    await rename(final, `${incoming}-damaged`);
  }
  try {
    await rename(incoming, final);
  } catch (error) {
    // Another process has put the same content in the meantime.
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
    await verify(artifact, final);
  }
}

function unwritable(root: string, error: unknown): unknown {
  const code = systemCode(error);
  if (!code || !["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EEXIST"].includes(code))
    return error;
  return artifactErrors.ARTIFACT_FOLDER_UNWRITABLE({
    what: `the artifact could not be written below ${root}`,
    where: root,
    why: error instanceof Error ? error.message : code,
    fix:
      code === "ENOSPC" || code === "EDQUOT"
        ? `df -h ${root}`
        : `ls -ld ${root}   # then give it back to yourself`,
    cause: error,
  });
}

/**
 * The artifacts below `path`, which is created with the first one.
 *
 * `put` throws ARTIFACT_UNFIT and ARTIFACT_FOLDER_UNWRITABLE, `open` ARTIFACT_MISSING and ARTIFACT_DAMAGED.
 */
export function openArtifactsFolder(path: string): ArtifactStore {
  const root = resolve(path);
  const folderOf = (digest: Digest) => join(root, digest.replace(":", "-"));

  return {
    async put(service, folder, start) {
      const files = await listFolder(folder);
      if (files.length === 0) {
        throw artifactErrors.ARTIFACT_UNFIT({
          what: `the build of ${service} left no file`,
          where: `ringfence.yaml services.${service}`,
          why: "an artifact holds at least one file",
          fix: `let services.${service}.build.output name the folder that the build writes`,
        });
      }
      const artifact: Artifact = {
        service,
        digest: digestOfListing(files),
        files: files.map(({ path: file, digest, bytes }) => ({ path: file, digest, bytes })),
        start: [...start],
      };
      const incoming = join(root, `${INCOMING}${process.pid}-${randomBytes(6).toString("hex")}`);
      try {
        await mkdir(root, { recursive: true });
        await sweep(root);
        try {
          await copyDurably(folder, incoming, files);
          await settle(incoming, folderOf(artifact.digest), artifact);
          await flush(root);
        } finally {
          await rm(incoming, { recursive: true, force: true });
          await rm(`${incoming}-damaged`, { recursive: true, force: true });
        }
      } catch (error) {
        throw unwritable(root, error);
      }
      return artifact;
    },

    async open(artifact) {
      const folder = folderOf(artifact.digest);
      if (!DIGEST.test(artifact.digest) || !(await exists(folder))) {
        throw artifactErrors.ARTIFACT_MISSING({
          what: `the artifact of ${artifact.service} is not on this machine`,
          where: DIGEST.test(artifact.digest) ? folder : root,
          why: "it was built elsewhere, or its folder was removed",
          fix: "run the command on the machine that made the release, or create a release with a new version here",
          details: { digest: artifact.digest },
        });
      }
      await verify(artifact, folder);
      return folder;
    },
  };
}
