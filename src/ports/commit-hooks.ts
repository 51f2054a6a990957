/** Where the repository's version control looks for what it runs before a commit. */

export interface HookPlace {
  /** Absolute; it need not exist. */
  readonly folder: string;
  /** The work tree's root, absolute. */
  readonly top: string;
  /** The project's path below the work tree's root; empty where it is the root. */
  readonly project: string;
  /** The folder belongs to this repository; else a setting of git's makes several share it. */
  readonly own: boolean;
}

export interface CommitHooks {
  /** @throws SOURCE_NO_REPOSITORY, SOURCE_TOOL_MISSING */
  place(): Promise<HookPlace>;
}
