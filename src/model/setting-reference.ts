/** What a project's manifest says of its settings, for who reads about them: no environment's values. */

export interface SettingReference {
  readonly name: string;
  readonly type: string;
  readonly secret: boolean;
  /** Names of the environments that require it, in the manifest's order. */
  readonly required: readonly string[];
  /** As a process would get it, references as they are written; null where there is none, as for every secret. */
  readonly default: string | null;
  /** What an enum allows, else empty. */
  readonly values: readonly string[];
  readonly pattern: string | null;
  /** Bounds as they are written, with units. */
  readonly min: string | null;
  readonly max: string | null;
  /** When it is needed; empty where always. */
  readonly phases: readonly string[];
  /** The policy that gives the value where no layer does. */
  readonly policy: string | null;
  /** What holds otherwise in an environment or kind, a sentence each. */
  readonly otherwise: readonly string[];
  /** Findings that it does not get, and why: `SECURITY_TLS: inside the cluster`. */
  readonly allowed: readonly string[];
  /** Why it should not be used any more. */
  readonly deprecated: string | null;
  readonly doc: string | null;
  /** `file:line:column` of the declaration. */
  readonly where: string;
}

export interface SettingsReference {
  readonly project: string;
  readonly environments: readonly string[];
  /** In the manifest's order. */
  readonly settings: readonly SettingReference[];
}
