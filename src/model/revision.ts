/**
 * Revisions: content-addressed versions of an environment's configuration, as the history keeps them. A release
 * carries its own copy of a configuration (`release.ts`); this is what stood in the files, and who changed it.
 */
import type { Digest } from "../base/digest.ts";

/** One file of a configuration. */
export interface RevisionFile {
  /** Relative to the project's root, with the environment's name in it. */
  readonly path: string;
  /** Of the file's bytes; null where there is no file. */
  readonly digest: Digest | null;
}

/** What a revision's digest is over. */
export interface RevisionContent {
  readonly environment: string;
  /** The declared layers, lowest first, each path once. Their bytes are kept by digest. */
  readonly files: readonly RevisionFile[];
  /** The secrets file. Its text is not kept: a secret that was changed must not come back. */
  readonly secrets: RevisionFile;
  /** Digest of what the manifest declares under `settings`. */
  readonly schema: Digest;
}

/** One entry of an environment's history. */
export interface Revision extends RevisionContent {
  /** Digest of {@link RevisionContent}. The same content may come again later in the history. */
  readonly digest: Digest;
  /** Digest of the entry before it in the environment's history; null for the first. */
  readonly parent: Digest | null;
  /** ISO 8601, UTC: when it was recorded. */
  readonly at: string;
  /** Who made it; `unknown` where nobody can tell. */
  readonly author: string;
  readonly reason: string;
  /** The operation that recorded it. */
  readonly operation: string | null;
  /** `files`: the files were found like this, changed by something else than an operation. */
  readonly source: "operation" | "files";
}
