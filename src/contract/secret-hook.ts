/** The hook that scans what is about to be committed, as every face shows it. */

export interface SecretHookView {
  /** Absolute. */
  readonly file: string;
  readonly state: "installed" | "removed" | "unchanged";
  /** Where a hook of others lies now; null where there is none. */
  readonly former: string | null;
  readonly operation: string;
}
