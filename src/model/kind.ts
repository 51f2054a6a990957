/** Environment kinds and the policies that each brings by default. A project overrides them per environment. */

/** The kinds that every project knows; a project may declare its own, derived from one of these. */
export const KIND_NAMES = [
  "local",
  "development",
  "preview",
  "testing",
  "integration",
  "staging",
  "production",
  "disaster-recovery",
] as const;

export type KindName = (typeof KIND_NAMES)[number];

/** What an environment demands. Every field has a default by kind and can be overridden. */
export interface Policies {
  /** Explicit selection, signed secrets, recorded injections, scrubbed output. */
  readonly production: boolean;
  /** How many people other than the author must approve a promotion's plan. */
  readonly approvals: number;
  /** Only someone with this role may approve; undefined: anyone in `people`. */
  readonly approverRole: string | undefined;
  /** `direct` replaces the process, `scrubbed` pipes the child's output through the scrubber. */
  readonly runOutput: "direct" | "scrubbed";
  /** Without a record no run. */
  readonly runRecordRequired: boolean;
  /** Secrets files must be signed by one of `people`. */
  readonly signedSecrets: boolean;
  /** How long a new set is watched under traffic before the old one is stopped. */
  readonly observeMs: number;
  /** Unknown settings in a layer are errors instead of warnings. */
  readonly strictSettings: boolean;
}

const relaxed: Policies = {
  production: false,
  approvals: 0,
  approverRole: undefined,
  runOutput: "direct",
  runRecordRequired: false,
  signedSecrets: false,
  strictSettings: false,
  observeMs: 2_000,
};
const shared: Policies = { ...relaxed, runOutput: "scrubbed", strictSettings: true };
const production: Policies = {
  ...shared,
  production: true,
  approvals: 1,
  runRecordRequired: true,
  signedSecrets: true,
  observeMs: 5_000,
};

/** Default policies of each kind. */
export const KIND_POLICIES: Readonly<Record<KindName, Policies>> = {
  local: relaxed,
  development: relaxed,
  preview: shared,
  testing: shared,
  integration: shared,
  staging: { ...shared, approvals: 1 },
  production,
  "disaster-recovery": production,
};
