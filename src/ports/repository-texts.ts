/**
 * What a repository holds besides the files that lie there: what would be committed, and all that ever was.
 *
 * What an adapter owes: paths are relative to the folder, with forward slashes; texts come one after the other and are
 * read while they come; the repository is not changed, nothing of it is run and nothing is fetched.
 */

/** Where a content lay. */
export interface TextPlace {
  readonly path: string;
  readonly commit: string | undefined;
}

export interface RepositoryText {
  /** Of a message: `commit <id>` or `tag <name>`. */
  readonly path: string;
  /** It is no file but what a commit or a tag says. */
  readonly isMessage: boolean;
  /** The oldest commit that has it; undefined for what is not committed, and for tags. */
  readonly commit: string | undefined;
  /** Other paths at which the same content lay, each with the oldest commit that had it there. */
  readonly copies: readonly TextPlace[];
  /** Bytes of the whole. Undefined where the repository does not have the object here. */
  readonly bytes: number | undefined;
  /** To be read before the next text is asked for; what is left is skipped. */
  readonly chunks: AsyncIterable<Buffer>;
}

export interface StagedText extends RepositoryText {
  /** What the last commit has at this path; undefined where it has nothing. */
  former(): Promise<string | undefined>;
}

export interface RepositoryTexts {
  /** Files that git has or would add; undefined where there is no repository or no git. */
  files(): Promise<readonly string[] | undefined>;
  /** @throws SOURCE_NO_REPOSITORY, SOURCE_TOOL_MISSING, SOURCE_FAILED */
  staged(): AsyncIterable<StagedText>;
  /**
   * Every content once, and the messages of commits and tags; the oldest first.
   *
   * @param range as git takes it (`main..HEAD`); everything that any ref reaches unless told
   * @param counted told how many there are, before the first
   * @throws SOURCE_UNKNOWN_REVISION, SOURCE_NO_REPOSITORY, SOURCE_TOOL_MISSING, SOURCE_FAILED
   */
  history(range: string | undefined, counted: (texts: number) => void): AsyncIterable<RepositoryText>;
  /** Every content that ever lay at a path, as text; nothing where there is no repository. */
  versions(path: string): AsyncIterable<string>;
  /** True for a clone that lacks the older commits. */
  isShallow(): Promise<boolean>;
}
