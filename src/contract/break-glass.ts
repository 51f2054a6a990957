/** Identities of environments that were handed out for a time. Times are ISO 8601, UTC. */

export interface GlassOpened {
  readonly environment: string;
  readonly person: string;
  readonly until: string;
  readonly reason: string;
  readonly operation: string;
}

export interface GlassClosed {
  readonly environment: string;
  /** The operation that had handed it out; null where nothing was handed out on this machine. */
  readonly opening: string | null;
  /** Names of what was opened meanwhile, to be rotated. */
  readonly secrets: readonly string[];
  readonly operation: string;
}

/** One time that an identity was handed out. */
export interface GlassOpening extends GlassOpened {
  readonly at: string;
  readonly state: "open" | "over";
  /** Null where it lasted until its time was over. */
  readonly closed: { readonly by: string; readonly at: string } | null;
  readonly review: { readonly by: string; readonly at: string; readonly reason: string } | null;
  /** Names of what it opened, to be rotated. */
  readonly secrets: readonly string[];
}

export interface GlassSealed {
  readonly environment: string;
  readonly file: string;
  readonly people: readonly string[];
  readonly operation: string;
}
