/**
 * Where the process target keeps things: the environment's own folder, and a short private folder for sockets
 * (a socket's path may have about 100 bytes, a project's folder may have more). Starts and runs nothing.
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "../../base/digest.ts";
import { systemCode } from "../../base/error.ts";
import { targetErrors } from "./errors.ts";

/** sun_path holds 108 bytes on Linux and 104 elsewhere, the closing zero included (unix(7)). */
const LONGEST_SOCKET_PATH = 103;
/** Room for `/` and the longest file name that is used below the socket folder. */
const SOCKET_NAME_LENGTH = 24;

export interface Layout {
  readonly folder: string;
  /** Working folder of the services. */
  readonly data: string;
  readonly logs: string;
  readonly run: string;
  /** What the supervisor knows; survives it. */
  readonly state: string;
  /** Where the living supervisor can be reached: {@link Address}. */
  readonly address: string;
  /** Locked by the living supervisor. */
  readonly lock: string;
  readonly supervisorLog: string;
}

export function layoutOf(folder: string): Layout {
  const run = join(folder, "run");
  return {
    folder,
    data: join(folder, "data"),
    logs: join(folder, "logs"),
    run,
    state: join(run, "supervisor.json"),
    address: join(run, "supervisor.address.json"),
    lock: join(run, "supervisor.lock"),
    supervisorLog: join(folder, "logs", "supervisor.log"),
  };
}

export function routerFileOf(layout: Layout, port: number): string {
  return join(layout.run, `router-${port}.json`);
}

/** Creates what is missing, readable by its owner only. @throws TARGET_FOLDER_UNUSABLE */
export function createFolders(layout: Layout): void {
  for (const folder of [layout.folder, layout.data, layout.logs, layout.run]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
    } catch (error) {
      throw targetErrors.TARGET_FOLDER_UNUSABLE({
        what: `${folder} can't be created: ${systemCode(error) ?? error}`,
        where: folder,
        why: "the environment keeps its data, logs and state there",
        fix: `mkdir -p '${layout.folder}' && chmod 700 '${layout.folder}'`,
        cause: error,
      });
    }
  }
}

/** Tells one folder from another that was created in its place; undefined when there is none. */
export function folderIdentity(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return found?.isDirectory() ? `${found.dev}:${found.ino}` : undefined;
}

function ensurePrivate(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  const found = lstatSync(folder);
  const owner = process.getuid?.();
  const foreign = owner !== undefined && found.uid !== owner;
  if (found.isDirectory() && !foreign && (found.mode & 0o077) === 0) return;
  throw targetErrors.TARGET_SOCKET_UNSAFE({
    what: `${folder} is not a private folder of ours`,
    where: folder,
    why: !found.isDirectory()
      ? "it is no folder"
      : foreign
        ? `it belongs to user ${found.uid}, not to ${owner}`
        : `its mode is ${(found.mode & 0o777).toString(8)}: others may enter`,
    fix: foreign || !found.isDirectory() ? `sudo rm -r '${folder}'` : `chmod 700 '${folder}'`,
  });
}

/**
 * The folder for the sockets of one environment, created and verified: `ringfence-<user>/<12 digits of the
 * folder's digest>` below the user's run-time folder, or the temporary one where that is missing or too long.
 *
 * @throws TARGET_SOCKET_UNSAFE when someone else could have made it or may enter it.
 */
export function socketFolder(folder: string): string {
  const user = process.getuid?.() ?? 0;
  const name = sha256(folder).toString("hex").slice(0, 12);
  const bases = [process.env.XDG_RUNTIME_DIR, tmpdir(), "/tmp"].filter(
    (base) => base && folderIdentity(base) !== undefined,
  ) as string[];
  const fits = (base: string) =>
    Buffer.byteLength(join(base, `ringfence-${user}`, name)) + SOCKET_NAME_LENGTH <= LONGEST_SOCKET_PATH;
  const base = bases.find(fits);
  if (base === undefined) {
    throw targetErrors.TARGET_SOCKET_UNSAFE({
      what: "no folder with a path short enough for a socket",
      where: bases.join(", "),
      why: `a socket's path may have ${LONGEST_SOCKET_PATH} bytes`,
      fix: "export TMPDIR=/tmp",
    });
  }
  const own = join(base, `ringfence-${user}`);
  ensurePrivate(own);
  ensurePrivate(join(own, name));
  return join(own, name);
}

/**
 * Removes a socket and, when nothing else is in it, its folder.
 *
 * @param all also the sockets of killed processes. Only for whoever holds the environment: when its folder was
 * removed and made anew, another supervisor's sockets may be there.
 */
export function removeSockets(socket: string, all: boolean): void {
  rmSync(all ? dirname(socket) : socket, { recursive: true, force: true });
  try {
    if (!all) rmdirSync(dirname(socket));
  } catch {
    // Others are in it, or it is gone.
  }
}

/** Refuses a socket that lies in a folder where others could have put it. @throws TARGET_SOCKET_UNSAFE */
export function verifySocketFolder(folder: string): void {
  if (folderIdentity(folder) !== undefined) ensurePrivate(folder);
}

/** The parsed content of a JSON file; undefined when there is none, null when it is no JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
