/**
 * The compiled settings of one environment, sealed under a key of that environment: what `run` reads instead of
 * the manifest, the layers and the secrets file. It lies in the project's `.ringfence/cache` and may be deleted at
 * any time. Compiling it is not done here.
 *
 * Form: AES-256-GCM (base/seal) of the UTF-8 JSON of {@link Snapshot}; no header, so that every byte is authentic.
 */
import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../base/atomic-file.ts";
import type { Digest } from "../base/digest.ts";
import { systemCode } from "../base/error.ts";
import { deriveKey, open, seal } from "../base/seal.ts";
import { RINGFENCE_VERSION } from "../base/version.generated.ts";
import type { RunConditions } from "./conditions.ts";
import type { DetectionRule } from "./detection.ts";
import { snapshotErrors } from "./errors.ts";
import type { FailurePolicy } from "./failure-variables.ts";
import { highestRevision, identityMaterial, machineMaterial } from "./home.ts";
import { isUnchanged, type SnapshotInput } from "./inputs.ts";
import type { SettingShapes } from "./setting-shapes.ts";
import { ensureStateFolder, stateFolder } from "./state-folder.ts";

export interface Snapshot {
  readonly format: 4;
  readonly project: string;
  readonly environment: string;
  readonly kind: string;
  readonly production: boolean;
  readonly runOutput: "direct" | "scrubbed";
  /** Without a record no run. */
  readonly recordRequired: boolean;
  readonly detection: DetectionRule;
  /** Every file that was read, or looked for and missing. */
  readonly inputs: readonly SnapshotInput[];
  /** Programs gave some of it: what they would say now its inputs can't tell, so `run` compiles anew. */
  readonly programs: boolean;
  /** What a process gets: settings and secrets as text. */
  readonly variables: Readonly<Record<string, string>>;
  /** Settings that a layer took away: a process has them from nowhere else either. */
  readonly removed: readonly string[];
  /** What the declared settings are, for applications. */
  readonly shapes: SettingShapes;
  readonly failures: FailurePolicy;
  readonly conditions: RunConditions;
  /** Which of the variables are secret. */
  readonly secretNames: readonly string[];
  /** Every key that decides what a process gets: where the process environment sets one to something else, settings are resolved anew. */
  readonly declared: readonly string[];
  /** Revision of the secrets file; 0 without one. */
  readonly secretsRevision: number;
  /** The configuration's revision. */
  readonly revision: Digest;
  /** Version of Ringfence that compiled it. */
  readonly program: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Until when values of other stores count, milliseconds since 1970; null where it holds none. */
  readonly expiresAtMs: number | null;
}

/** Whose snapshot it is: part of the key and authenticated. */
export interface SnapshotOwner {
  readonly project: string;
  readonly environment: string;
}

export function snapshotPath(root: string, environment: string): string {
  return `${stateFolder(root)}/cache/${environment}.snapshot`;
}

function purposeOf({ project, environment }: SnapshotOwner): string {
  return `snapshot:${project}:${environment}`;
}

/** @param keyMaterial of the environment, see `keyMaterial` in home. */
export function sealSnapshot(snapshot: Snapshot, keyMaterial: string | Uint8Array): Buffer {
  const purpose = purposeOf(snapshot);
  return seal(deriveKey(keyMaterial, purpose), purpose, Buffer.from(JSON.stringify(snapshot)));
}

/** Undefined when it was sealed with another key, for another project or environment, or changed by a single bit. */
export function openSnapshot(
  bytes: Uint8Array,
  keyMaterial: string | Uint8Array,
  owner: SnapshotOwner,
): Snapshot | undefined {
  const purpose = purposeOf(owner);
  const content = open(deriveKey(keyMaterial, purpose), purpose, bytes);
  return content && (JSON.parse(content.toString()) as Snapshot);
}

/** Seals and writes a snapshot (0600, atomically). @throws the system's error. */
export function writeSnapshot(root: string, snapshot: Snapshot, keyMaterial: string | Uint8Array): void {
  ensureStateFolder(root);
  writeFileAtomic(snapshotPath(root, snapshot.environment), sealSnapshot(snapshot, keyMaterial), 0o600);
}

/** Values of other stores count for a while only; a clock that was put back makes none young again. */
function isExpired({ expiresAtMs, createdAt }: Snapshot): boolean {
  if (expiresAtMs === null) return false;
  const now = Date.now();
  return now >= expiresAtMs || now < Date.parse(createdAt);
}

export type SnapshotReading =
  | { readonly snapshot: Snapshot }
  /** It must be compiled (again). Why, for people; foreign: by this version of Ringfence. */
  | { readonly stale: string; readonly foreign?: true };

function forged(path: string): Error {
  return snapshotErrors.SNAPSHOT_FORGED({
    what: "the compiled settings are not what Ringfence sealed",
    where: path,
    why: "they were changed, come from elsewhere, or the environment's identity was replaced or removed since",
    fix: `rm '${path}'   # they are then compiled again from the checked files`,
  });
}

/**
 * Reads the snapshot of an environment as far as it can be trusted.
 *
 * @param home Ringfence's home folder.
 * @throws SNAPSHOT_FORGED, SNAPSHOT_REPLAYED (a secrets revision below the highest seen), SNAPSHOT_KEY_UNUSABLE.
 */
export function readSnapshot(root: string, home: string, owner: SnapshotOwner): SnapshotReading {
  const path = snapshotPath(root, owner.environment);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return { stale: systemCode(error) === "ENOENT" ? "no snapshot yet" : "the snapshot cannot be read" };
  }
  const identity = identityMaterial(home, owner.project, owner.environment);
  if (identity === "locked") return { stale: "the identity is locked" };
  const machine = identity === undefined ? machineMaterial(home) : undefined;
  const material = identity?.key ?? machine;
  if (material === undefined) return { stale: "no key yet" };
  const snapshot = openSnapshot(bytes, material, owner);
  if (!snapshot) {
    // Compiled before this environment had an identity: ours, but under the machine's key.
    const before = identity === undefined ? undefined : machineMaterial(home);
    if (before !== undefined && openSnapshot(bytes, before, owner)) return { stale: "the identity is new" };
    throw forged(path);
  }
  if (snapshot.format !== 4 || snapshot.program !== RINGFENCE_VERSION)
    return { stale: "compiled by another version", foreign: true };
  // First: after a secret was set anew, the old snapshot is merely stale. Only one whose inputs are old, too, is a replay.
  if (!snapshot.inputs.every((input) => isUnchanged(root, input))) return { stale: "an input has changed" };
  if (isExpired(snapshot)) return { stale: "the values of other stores in it are too old" };
  const highest = highestRevision(home, owner.project, owner.environment);
  if (snapshot.secretsRevision < highest) {
    throw snapshotErrors.SNAPSHOT_REPLAYED({
      what: `the compiled settings hold secrets of revision ${snapshot.secretsRevision}; this machine has seen ${highest}`,
      where: path,
      why: "an older file was put in the place of a newer one",
      fix: `rm '${path}'   # they are then compiled again from the checked files`,
    });
  }
  return { snapshot };
}
