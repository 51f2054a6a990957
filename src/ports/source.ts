/** The project's version control. */

export interface SourceChange {
  /** Full id of the commit. */
  readonly commit: string;
  /** The author's name as the commit has it, without control characters. */
  readonly author: string;
}

/** A file as one commit has it. */
export interface SourceVersion {
  /** Full id of the commit. */
  readonly commit: string;
  readonly text: string;
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
  /**
   * Every content that the file (relative to the project) has had in any branch or tag, the newest first. None where
   * there is no repository, or it was never committed.
   */
  versions(path: string): Promise<readonly SourceVersion[]>;
  /** The project's folder below the repository's root, without a final slash; empty where it is the root itself. */
  folder(): Promise<string>;
  /** Sets values of the repository's own configuration, by name. Throws `SOURCE_NO_REPOSITORY`. */
  configure(values: Readonly<Record<string, string>>): Promise<void>;
  /** Writes the project's files at a commit into an empty folder; nothing of the work tree leaks in. */
  checkout(commit: string, folder: string): Promise<void>;
}
