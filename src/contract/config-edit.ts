/** Edits of a configuration as every face shows them: names and files, never values. */
import type { Digest } from "../base/digest.ts";

export interface ConfigEditView {
  /** What was done, in one line. */
  readonly summary: string;
  /** Paths of the files that were written; none where nothing had to be. */
  readonly files: readonly string[];
  /** The revisions that it made. */
  readonly revisions: readonly { readonly environment: string; readonly revision: Digest }[];
  /** What a person should know or do now. */
  readonly notes: readonly string[];
  readonly operation: string;
}

export interface ConfigSyncView extends ConfigEditView {
  /** What became of each setting that the source has. */
  readonly settings: readonly {
    readonly name: string;
    readonly fate: "write" | "same" | "kept" | "conflict" | "pinned" | "sensitive";
  }[];
}
