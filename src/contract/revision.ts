/** Revisions of a configuration as every face shows them: names of keys, never values. */
import type { Digest } from "../base/digest.ts";
import type { Revision } from "../model/revision.ts";

/** What differs from the revision before. */
export interface RevisionDifference {
  /** Names of the keys that layers set differently, in the order of the layers. */
  readonly keys: readonly string[];
  /** Paths of the layers' files that differ, also where no key does. */
  readonly files: readonly string[];
  /** The secrets file differs. */
  readonly secrets: boolean;
  /** The manifest declares settings differently. */
  readonly schema: boolean;
}

export interface RevisionView
  extends Pick<Revision, "digest" | "parent" | "at" | "author" | "reason" | "operation" | "source"> {
  readonly changed: RevisionDifference;
}

export interface ConfigHistoryView {
  readonly environment: string;
  /** What the files hold, where that is not the latest revision; null where it is. */
  readonly unrecorded: { readonly digest: Digest; readonly changed: RevisionDifference } | null;
  /** Newest first. */
  readonly revisions: readonly RevisionView[];
}

export interface ConfigRecordView {
  readonly environment: string;
  readonly revision: Digest;
  /** False where the files held the latest revision already. */
  readonly recorded: boolean;
  readonly operation: string;
}

export interface ConfigRollbackView {
  readonly environment: string;
  /** The revision that was gone back to. */
  readonly target: Digest;
  /** The revision that it made: the secrets file and the declarations are today's. */
  readonly revision: Digest;
  readonly files: readonly string[];
  /** Other environments that share a file and have a new revision as well. */
  readonly others: readonly { readonly environment: string; readonly revision: Digest }[];
  readonly operation: string;
}
