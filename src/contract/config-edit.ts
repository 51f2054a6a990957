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
