/**
 * Revisions of configurations: only ever added, one history for each environment; and the bytes of their files, each
 * kept once by its digest. The store keeps what it is given; digests are computed and checked by who calls.
 */
import type { Digest } from "../../base/digest.ts";
import type { Revision } from "../../model/revision.ts";

export interface RevisionStore {
  /** The latest of an environment. */
  current(environment: string): Promise<Revision | undefined>;
  /** Newest first. */
  history(environment: string, limit: number): Promise<readonly Revision[]>;
  /** Those whose digest begins with this (`sha256:` and hexadecimal digits), newest first. */
  find(environment: string, prefix: string): Promise<readonly Revision[]>;
  /** A parent that is not the environment's latest revision is a bug and throws. */
  add(revision: Revision): Promise<void>;
  /** The bytes of that digest. */
  text(digest: Digest): Promise<Uint8Array | undefined>;
  /** Bytes that are kept already stay as they are. */
  putText(digest: Digest, bytes: Uint8Array): Promise<void>;
}
