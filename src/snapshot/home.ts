/**
 * Ringfence's home folder of one user on one machine: identities, the machine's own key, the highest revisions seen.
 * Nothing in it belongs into a repository.
 */
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { absolutePath } from "../base/absolute-path.ts";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { systemCode } from "../base/error.ts";
import { nodeCrypto } from "../base/node-crypto.ts";
import { snapshotErrors } from "./errors.ts";
import { withFileLock } from "./file-lock.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** `RINGFENCE_HOME`, else `$XDG_CONFIG_HOME/ringfence`, else `~/.config/ringfence`. */
export function ringfenceHome(variables: Variables = process.env): string {
  if (variables.RINGFENCE_HOME) return absolutePath(variables.RINGFENCE_HOME);
  return `${variables.XDG_CONFIG_HOME || `${variables.HOME || process.getBuiltinModule("node:os").homedir()}/.config`}/ringfence`;
}

/** Where the age identity of an environment lies. */
export function identityPath(home: string, project: string, environment: string): string {
  return `${home}/identities/${project}/${environment}.txt`;
}

/** Costs less than failing to open, and most of these files are mostly not there. Throws what else keeps us out. */
function isMissing(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) === undefined;
}

/**
 * The content of a key file; undefined when there is none.
 *
 * @throws SNAPSHOT_KEY_UNUSABLE when group or others may do anything with it, it is no plain file, or it cannot be read.
 */
export function readKeyBytes(path: string): Buffer | undefined {
  let handle: number;
  try {
    if (isMissing(path)) return undefined;
    handle = openSync(path, "r");
  } catch (error) {
    throw snapshotErrors.SNAPSHOT_KEY_UNUSABLE({
      what: "a key file cannot be read",
      where: path,
      why: error instanceof Error ? error.message : String(error),
      fix: `ls -l '${path}'`,
      cause: error,
    });
  }
  try {
    // Asked of the open file, so that nobody can exchange it in between.
    const { mode } = fstatSync(handle);
    const plain = (mode & 0o170000) === 0o100000;
    if (!plain || (process.platform !== "win32" && (mode & 0o077) !== 0)) {
      throw snapshotErrors.SNAPSHOT_KEY_UNUSABLE({
        what: plain ? "a key file is open to other users" : "a key is no plain file",
        where: path,
        why: plain ? `its permissions are ${(mode & 0o777).toString(8)}; they must be 600` : undefined,
        fix: plain ? `chmod 600 '${path}'` : `ls -l '${path}'`,
      });
    }
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The text of a key file; undefined when there is none. @throws as {@link readKeyBytes} */
export function readKeyFile(path: string): string | undefined {
  return readKeyBytes(path)?.toString();
}

/**
 * Whether an identity file is an age file, so that a passphrase protects what is in it. Its bytes are no key: whoever
 * reads the file has them without the passphrase.
 */
export function isLockedKey(text: string): boolean {
  const start = text.trimStart();
  return (
    start.startsWith("-----BEGIN AGE ENCRYPTED FILE-----") || start.startsWith("age-encryption.org/v1\n")
  );
}

function machineKeyPath(home: string): string {
  return `${home}/machine.key`;
}

/** The key itself: comments and blank lines of an identity file may change without a new key. */
function keyLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("\n");
}

/** Key material of an environment's identity; `locked` where a passphrase keeps it. */
export type IdentityMaterial = { readonly key: string } | "locked";

/** Key material of an environment that has an identity; undefined when it has none here. */
export function identityMaterial(
  home: string,
  project: string,
  environment: string,
): IdentityMaterial | undefined {
  const text = readKeyFile(identityPath(home, project, environment));
  if (text === undefined) return undefined;
  return isLockedKey(text) ? "locked" : { key: keyLines(text) };
}

/** Key material of this machine, for environments without an identity; undefined before it was first needed. */
export function machineMaterial(home: string): string | undefined {
  const text = readKeyFile(machineKeyPath(home));
  return text === undefined ? undefined : keyLines(text);
}

function createMachineKey(home: string): void {
  const path = machineKeyPath(home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const { randomBytes } = nodeCrypto();
  const own = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  writeFileSync(own, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    // A link never replaces: of two processes that start at once, one key stays.
    linkSync(own, path);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Key material of this machine, created on first need. */
export function neededMachineMaterial(home: string): string {
  const there = machineMaterial(home);
  if (there !== undefined) return there;
  createMachineKey(home);
  return machineMaterial(home)!;
}

/**
 * What an environment's snapshot is sealed with: its identity, or the machine's key where it has none. Undefined for a
 * locked identity: what is sealed without its passphrase would be opened without it, too.
 */
export function keyMaterial(home: string, project: string, environment: string): string | undefined {
  const identity = identityMaterial(home, project, environment);
  return identity === "locked" ? undefined : (identity?.key ?? neededMachineMaterial(home));
}

function revisionPath(home: string, project: string, environment: string): string {
  return `${home}/revisions/${project}/${environment}`;
}

/** The highest secrets revision ever seen here; 0 before the first. @throws SNAPSHOT_HOME_DAMAGED */
export function highestRevision(home: string, project: string, environment: string): number {
  const path = revisionPath(home, project, environment);
  const damaged = (why: string): Error =>
    snapshotErrors.SNAPSHOT_HOME_DAMAGED({
      what: `the highest revision of ${environment}'s secrets cannot be read`,
      where: path,
      why: `${why}; without it an old secrets file could be replayed unseen`,
      fix: `ringfence secret list -e ${environment}   # shows the current revision; write that number into the file`,
    });
  let text: string;
  try {
    if (isMissing(path)) return 0;
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  const revision = Number(text);
  if (!Number.isSafeInteger(revision) || revision < 0 || String(revision) !== text.trimEnd())
    throw damaged("it must hold one whole number");
  return revision;
}

/** Remembers a secrets revision; a lower one than is known changes nothing. */
export function raiseRevision(home: string, project: string, environment: string, revision: number): void {
  if (highestRevision(home, project, environment) >= revision) return;
  const path = revisionPath(home, project, environment);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  withFileLock(`${path}.lock`, () => {
    if (highestRevision(home, project, environment) >= revision) return;
    writeFileAtomic(path, `${revision}\n`, 0o600);
  });
}
