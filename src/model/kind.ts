/** Environment kinds and the policies that each brings by default. A project overrides them per kind and environment. */
import type { Policies } from "./policy.ts";

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

const DAY_MS = 86_400_000;

/** Nothing bounded, nothing hidden; output on the console, as people read it. */
const unbounded = {
  runMemoryBytes: undefined,
  runCpus: undefined,
  runProcesses: undefined,
  runOpenFiles: undefined,
  runTimeMs: undefined,
  runUnenforced: "refuse",
  runUmask: undefined,
  runView: "all",
  runWritable: [],
  logFormat: "text",
  logSink: "console",
  logFile: undefined,
  logRotateBytes: 10_000_000,
  logRotateMs: undefined,
  logKeep: 5,
  logRetentionMs: undefined,
} satisfies Partial<Policies>;

const local: Policies = {
  ...unbounded,
  production: false,
  users: "one developer",
  data: "synthetic",
  uptimePercent: undefined,
  uptimeHours: undefined,
  debug: true,
  logLevel: "DEBUG",
  errors: "detailed",
  escalation: [],
  tokenLifetimeMs: DAY_MS,
  emailVerification: false,
  rateLimits: false,
  tls: "optional",
  minKeyLength: 8,
  corsWildcard: true,
  externalServices: "mock",
  monitoring: "none",
  scaling: false,
  backupRetentionMs: undefined,
  deploy: "manual",
  approvals: 0,
  approverRole: undefined,
  runOutput: "direct",
  runRecordRequired: false,
  signedSecrets: false,
  secretsCacheMs: 0,
  secretsOfflineMs: undefined,
  secretsRotateMs: undefined,
  breakGlassLongestMs: 4 * 60 * 60_000,
  breakGlassApprovals: 0,
  strictSettings: false,
  observeMs: 2_000,
};
const development: Policies = {
  ...local,
  users: "developers",
  externalServices: "sandbox",
  monitoring: "basic",
  backupRetentionMs: 7 * DAY_MS,
  deploy: "merge",
};
const shared: Policies = {
  ...development,
  users: "developers and testers",
  runOutput: "scrubbed",
  strictSettings: true,
};
const testing: Policies = { ...shared, debug: false, emailVerification: true, minKeyLength: 32 };
const staging: Policies = {
  ...testing,
  users: "the team and invited customers",
  data: "sanitised",
  uptimePercent: 95,
  logLevel: "INFO",
  logFormat: "json",
  errors: "operational",
  tokenLifetimeMs: 60 * 60_000,
  rateLimits: true,
  tls: "required",
  corsWildcard: false,
  monitoring: "full",
  scaling: true,
  backupRetentionMs: 14 * DAY_MS,
  deploy: "push",
  approvals: 1,
};
const production: Policies = {
  ...staging,
  production: true,
  users: "everyone",
  data: "real",
  uptimePercent: 99.9,
  uptimeHours: "24/7",
  externalServices: "real",
  monitoring: "alerting",
  backupRetentionMs: 30 * DAY_MS,
  deploy: "approval",
  breakGlassApprovals: 1,
  runRecordRequired: true,
  logSink: "file",
  logRotateMs: DAY_MS,
  logKeep: 30,
  logRetentionMs: 30 * DAY_MS,
  signedSecrets: true,
  observeMs: 5_000,
};

/** Default policies of each kind; those of development, staging and production are the usual comparison of the three. */
export const KIND_POLICIES: Readonly<Record<KindName, Policies>> = {
  local,
  development,
  preview: { ...shared, users: "reviewers of one change", deploy: "branch", backupRetentionMs: undefined },
  testing,
  integration: testing,
  staging,
  production,
  "disaster-recovery": { ...production, users: "everyone, after a failover" },
};
