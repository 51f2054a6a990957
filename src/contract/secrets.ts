/** Who may open secrets, and what they could read, as every face shows it: names, never values. */

/** Somebody who may open an environment's secrets, or whom the file is encrypted to although nothing says so. */
export interface HolderView {
  readonly name: string;
  /** `key`: of a key service or PGP, which Ringfence adds to no file by itself. */
  readonly kind: "person" | "machine" | "identity" | "key" | "unknown";
  /** Of a key, its service and name: `kms:arn:…`. */
  readonly recipient: string;
  /** The entries of the manifest that let them in. */
  readonly via: readonly string[];
  /** `missing`: the manifest lets them in and the file does not; `surplus`: the file still does. */
  readonly state: "in" | "missing" | "surplus";
}

export interface RecipientsView {
  readonly environment: string;
  readonly file: string;
  /** False where there is no secrets file yet. */
  readonly isThere: boolean;
  readonly holders: readonly HolderView[];
}

/** A secret that somebody could read when they were let out. */
export interface ExposedSecret {
  readonly environment: string;
  readonly name: string;
  /** What the setting is for, from its declaration. */
  readonly doc: string | null;
  /** As written, where another store keeps the value: whether they could read it there, that store knows. */
  readonly reference: string | null;
  /** `same`: the value is still that one; `unknown`: this can't be told here; `elsewhere`: only its store can tell. */
  readonly state: "same" | "rotated" | "gone" | "unknown" | "elsewhere";
}

/** Earlier revisions of a secrets file in the project's version control, which stay readable to whoever has a copy. */
export interface ExposedHistory {
  readonly environment: string;
  readonly file: string;
  readonly commits: readonly string[];
  /** Secrets whose value there is another than now, or that are no longer there. */
  readonly earlier: readonly string[];
  /** How many of the commits can't be opened here. */
  readonly sealed: number;
}

/** A sealed copy of an environment's identity (`break-glass seal`) that somebody can open, and that still opens secrets. */
export interface OpenSealed {
  readonly environment: string;
  readonly file: string;
  /** Recipients of the identities that may lie in it. */
  readonly identities: readonly string[];
}

export interface RevocationView {
  readonly who: string;
  readonly at: string;
  readonly by: string;
  readonly operation: string;
  readonly secrets: readonly ExposedSecret[];
  readonly history: readonly ExposedHistory[];
  /** As long as there are some, no new value is safe from them either. */
  readonly sealed: readonly OpenSealed[];
}

/** A secret that was replaced in the store that keeps it. */
export interface SecretPushView {
  readonly environment: string;
  readonly name: string;
  readonly reference: string;
  /** The store's names for the version that everyone is given now, and for the one before; null where it has none. */
  readonly version: string | null;
  readonly previous: string | null;
  /** False where the store had this value already. */
  readonly isWritten: boolean;
  readonly operation: string;
}
