/** Who can open secrets without Ringfence, and what became of them with it: names, never values. */

/** Somebody, or something, whose key opens a secrets file as it is. */
export interface AccessHolder {
  readonly name: string;
  /** `identity`: one that the manifest names by its key alone, as an environment's own; `unknown`: nobody's. */
  readonly kind: "person" | "machine" | "identity" | "key service" | "unknown";
  /** The age or SSH recipient, or a key service's key as the manifest's `keys` name it. */
  readonly key: string;
  /** `surplus`: the manifest lets them in no more, or never did. `missing`: it does, and the file does not yet. */
  readonly state: "in" | "missing" | "surplus";
  readonly roles: readonly string[];
}

/** Who could open earlier revisions of the file, which lie in version control, and can't open it now. */
export interface FormerHolder extends Pick<AccessHolder, "name" | "kind" | "key"> {
  /** In how many of its revisions. */
  readonly revisions: number;
  /** The newest commit of them. */
  readonly commit: string;
  readonly secrets: readonly string[];
}

export interface SecretAccess {
  readonly environment: string;
  readonly file: string;
  readonly secrets: readonly string[];
  /** How many groups of keys have to agree; 1 for all but files with several. */
  readonly threshold: number;
  readonly holders: readonly AccessHolder[];
  readonly former: readonly FormerHolder[];
  /** A sealed copy of the environment's identity for emergencies; null where there is none. */
  readonly breakGlass: string | null;
  /** Whose signature counts; null where none is demanded: then whoever can write the file. */
  readonly writers: readonly string[] | null;
}
