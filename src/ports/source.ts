/** The project's version control. */

export interface SourceChange {
  /** Full id of the commit. */
  readonly commit: string;
  /** The author's name as the commit has it, without control characters. */
  readonly author: string;
}

export interface Source {
  /** Full id of a revision (`HEAD` unless told). Throws `SOURCE_UNKNOWN_REVISION`, `SOURCE_NO_REPOSITORY`. */
  commit(revision?: string): Promise<string>;
  /** Paths that differ from the commit in the work tree, relative to the project. */
  changes(): Promise<readonly string[]>;
  /**
   * Who made the latest commit that changed one of the paths (relative to the project). Undefined where that can't
   * be told, for whatever reason: no repository, never committed, or one of them differs from the commit.
   */
  lastChange(paths: readonly string[]): Promise<SourceChange | undefined>;
  /** Writes the project's files at a commit into an empty folder; nothing of the work tree leaks in. */
  checkout(commit: string, folder: string): Promise<void>;
}
