/**
 * Where built artifacts are kept, by digest.
 *
 * What an adapter owes: `put` is all or nothing and durable; putting the same content again changes nothing;
 * `open` verifies every file against the artifact before it answers and throws `ARTIFACT_DAMAGED` naming the
 * first file that is missing or differs, `ARTIFACT_MISSING` when the artifact is not there.
 */
import type { Artifact } from "../model/release.ts";

export interface ArtifactStore {
  /** Takes over all files below a folder. Symbolic links that lead out of it are refused. */
  put(service: string, folder: string, start: readonly string[]): Promise<Artifact>;
  /** Absolute folder with the verified files, to be read only. */
  open(artifact: Artifact): Promise<string>;
}
