/** What an environment demands and allows. Kinds bring the values; this file says what each one means. */

/** Every field has a default by kind and can be overridden by a kind of the project's own and by the environment. */
export interface Policies {
  /** Explicit selection, guarded mutations. Comes with the kind and can't be overridden. */
  readonly production: boolean;
  /** Who uses it, in words. */
  readonly users: string;
  /** Class of the data that may lie there. */
  readonly data: "synthetic" | "sanitised" | "real";
  /** Share of the time that it must answer; undefined: no target. */
  readonly uptimePercent: number | undefined;
  /** When the target counts, in words, such as `24/7`; undefined: not said. */
  readonly uptimeHours: string | undefined;
  readonly debug: boolean;
  readonly logLevel: string;
  /** `detailed` shows stack traces; `operational` a code, the escalation path and the next step. */
  readonly errors: "detailed" | "operational";
  /** Who is asked next when something fails there, in order. */
  readonly escalation: readonly string[];
  /** Longest life of a token. */
  readonly tokenLifetimeMs: number;
  readonly emailVerification: boolean;
  readonly rateLimits: boolean;
  /** `required`: settings that are addresses must use an encrypted protocol. */
  readonly tls: "required" | "optional";
  /** Fewest characters of a signing or encryption key. */
  readonly minKeyLength: number;
  /** Whether CORS may allow any origin. */
  readonly corsWildcard: boolean;
  /** What stands behind external services. */
  readonly externalServices: "real" | "sandbox" | "mock";
  readonly monitoring: "none" | "basic" | "full" | "alerting";
  readonly scaling: boolean;
  /** How long backups are kept; undefined: none are demanded. */
  readonly backupRetentionMs: number | undefined;
  /** What starts a deployment. */
  readonly deploy: "manual" | "branch" | "merge" | "push" | "approval";
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
  /** How long compiled settings may hold values of other stores; 0: each run asks for them. */
  readonly secretsCacheMs: number;
  /** How old an earlier answer of a store may be that is used while the store can't be reached; undefined: none is. */
  readonly secretsOfflineMs: number | undefined;
  /** How old a secret may get whose declaration says nothing of it; undefined: as old as people like. */
  readonly secretsRotateMs: number | undefined;
  /** How long an identity is handed out at most. */
  readonly breakGlassLongestMs: number;
  /** How many people other than the author must approve that one is handed out. */
  readonly breakGlassApprovals: number;
  /** Unknown settings in a layer are errors instead of warnings. */
  readonly strictSettings: boolean;
  /** Memory that a run's processes have together, in bytes; undefined: no bound. So for the others. */
  readonly runMemoryBytes: number | undefined;
  /** Processors that a run keeps busy, also a fraction. */
  readonly runCpus: number | undefined;
  /** Processes and threads of a run. */
  readonly runProcesses: number | undefined;
  /** Files that each process of a run has open. */
  readonly runOpenFiles: number | undefined;
  /** How long a run takes at most. */
  readonly runTimeMs: number | undefined;
  /** What becomes of a run whose limits this machine can't enforce. */
  readonly runUnenforced: "refuse" | "warn";
  /** Permissions that files of a run don't get, in octal digits; undefined: the caller's. */
  readonly runUmask: string | undefined;
  /** Which files a run sees: all that its user may, or none of other environments'. */
  readonly runView: "all" | "own";
  /** Where a run with a view of its own may write besides its folders; relative to the root, or absolute. */
  readonly runWritable: readonly string[];
  readonly logFormat: "text" | "json";
  /** `file`: the output of a run is kept in a file, too. */
  readonly logSink: "console" | "file";
  /** Path of that file with `{env}` and `{command}`; undefined: in the environment's folder for logs. */
  readonly logFile: string | undefined;
  /** Size from which a new file is begun. */
  readonly logRotateBytes: number;
  /** Age from which a new file is begun; undefined: none. */
  readonly logRotateMs: number | undefined;
  /** How many former files are kept. */
  readonly logKeep: number;
  /** Age from which former files are removed; undefined: none. */
  readonly logRetentionMs: number | undefined;
  /** How long a new set is watched under traffic before the old one is stopped. */
  readonly observeMs: number;
}

export type PolicyName = keyof Policies;

/** Where each policy's value comes from: `kind production`, or the place in the manifest. */
export type PolicySources = Readonly<Record<PolicyName, string>>;

/** Policies that a setting can take its default from, by `policy:` in its declaration. */
export const SETTABLE_POLICIES = [
  "debug",
  "logLevel",
  "logFormat",
  "logSink",
  "tokenLifetime",
  "emailVerification",
  "rateLimits",
  "externalServices",
] as const;

export type SettablePolicy = (typeof SETTABLE_POLICIES)[number];
