/** The project's version control. */

export interface Source {
  /** Full id of a revision (`HEAD` unless told). Throws `SOURCE_UNKNOWN_REVISION`, `SOURCE_NO_REPOSITORY`. */
  commit(revision?: string): Promise<string>;
  /** Paths that differ from the commit in the work tree, relative to the project. */
  changes(): Promise<readonly string[]>;
  /** Writes the project's files at a commit into an empty folder; nothing of the work tree leaks in. */
  checkout(commit: string, folder: string): Promise<void>;
}
