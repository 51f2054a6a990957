/** The rows of `env compare`: what each environment has, with its source where that is known. */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { shortDigest } from "../../base/digest.ts";
import { formatDuration, formatSize } from "../../base/units.ts";
import type { ComparedCell, ComparedRow } from "../../contract/comparison.ts";
import type { Deployment } from "../../model/deployment.ts";
import type { PolicyName } from "../../model/policy.ts";
import type { Environment } from "../../model/project.ts";
import { type ComparedEnvironment, countFindings } from "../comparison.ts";

/** One environment with all that is asked of it. */
export interface Subject extends ComparedEnvironment {
  /** Null: nothing was released there. A text: why that is not known. */
  readonly deployment: Deployment | null | string;
}

/** What policies are called, in the order in which they are shown. */
const POLICY_LABELS: Readonly<Record<PolicyName, string>> = {
  users: "users",
  data: "data",
  uptimePercent: "uptime, percent",
  uptimeHours: "uptime, hours",
  debug: "debug mode",
  logLevel: "log level",
  errors: "errors shown",
  escalation: "escalation",
  tokenLifetimeMs: "token lifetime",
  emailVerification: "e-mail verification",
  rateLimits: "rate limits",
  tls: "TLS",
  minKeyLength: "shortest key",
  corsWildcard: "CORS for any origin",
  externalServices: "external services",
  monitoring: "monitoring",
  scaling: "scales by itself",
  backupRetentionMs: "backups kept",
  deploy: "deployed on",
  approvals: "approvals",
  approverRole: "approver's role",
  production: "production",
  runOutput: "output of run",
  runRecordRequired: "run needs a record",
  runMemoryBytes: "memory of a run",
  runCpus: "processors of a run",
  runProcesses: "processes of a run",
  runOpenFiles: "open files of a run",
  runTimeMs: "longest run",
  runUnenforced: "unenforceable limits",
  runUmask: "umask of a run",
  runView: "files that a run sees",
  runWritable: "writable besides",
  logFormat: "log format",
  logSink: "logs go to",
  logFile: "log file",
  logRotateBytes: "log rotated at",
  logRotateMs: "log rotated after",
  logKeep: "former logs kept",
  logRetentionMs: "logs kept for",
  signedSecrets: "secrets are signed",
  secretsCacheMs: "store values kept",
  secretsOfflineMs: "store values offline",
  secretsRotateMs: "secrets rotated",
  breakGlassLongestMs: "break-glass at most",
  breakGlassApprovals: "approvals of break-glass",
  strictSettings: "unknown settings are errors",
  observeMs: "watched for",
};

function textOf(value: Json, field = ""): string {
  if (value === null) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && field.endsWith("Ms")) return formatDuration(value);
  if (typeof value === "number") return field.endsWith("Bytes") ? formatSize(value) : String(value);
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map((item) => textOf(item)).join(" ") || "–" : canonicalJson(value);
}

const known = (value: Json, text = textOf(value), source: string | null = null): ComparedCell => ({
  value,
  text,
  source,
  known: true,
});

const unknown = (why: string): ComparedCell => ({ value: null, text: "unknown", source: why, known: false });

function rowOf(
  field: string,
  label: string,
  subjects: readonly Subject[],
  cellOf: (subject: Subject) => ComparedCell,
): ComparedRow {
  const cells = subjects.map((subject) => [subject.environment.name, cellOf(subject)] as const);
  const values = new Set(cells.map(([, { value }]) => canonicalJson(value)));
  const differs = cells.length > 1 && (values.size > 1 || cells.some(([, cell]) => !cell.known));
  return { field, label, differs, cells: Object.fromEntries(cells) };
}

function policyRows(subjects: readonly Subject[]): ComparedRow[] {
  return Object.entries(POLICY_LABELS).map(([field, label]) =>
    rowOf(`policies.${field}`, label, subjects, ({ environment }) => {
      const name = field as PolicyName;
      const value: Json = environment.policies[name] ?? null;
      return known(value, textOf(value, field), environment.policySources[name]);
    }),
  );
}

function portsText(ports: Environment["ports"]): string {
  const all = Object.entries(ports).map(([service, port]) => `${service}:${port}`);
  return all.join(" ") || "–";
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function findingsCell({ side }: Subject): ComparedCell {
  const { errors, warnings } = countFindings(side.resolution);
  const text =
    errors + warnings === 0 ? "none" : `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
  return known({ errors, warnings }, text);
}

function secretsCell({ side, problem }: Subject): ComparedCell {
  if (problem) return unknown(`${problem.code}: ${problem.why}`);
  const secrets = [...side.resolution.settings.values()].filter(({ secret }) => secret);
  const sealed = secrets.filter((setting) => setting.sealed).length;
  return known(secrets.length, sealed > 0 ? `${secrets.length} (${sealed} sealed here)` : undefined);
}

function deployed(read: (deployment: Deployment) => ComparedCell): (subject: Subject) => ComparedCell {
  return ({ deployment }) => {
    if (typeof deployment === "string") return unknown(deployment);
    return deployment === null ? known(null, "none") : read(deployment);
  };
}

/** Kind, policies, hosts and ports, settings and what runs there. */
export function comparedRows(subjects: readonly Subject[]): readonly ComparedRow[] {
  const row = (field: string, label: string, cellOf: (subject: Subject) => ComparedCell) =>
    rowOf(field, label, subjects, cellOf);
  return [
    row("kind", "kind", ({ environment }) => known(environment.kind)),
    ...policyRows(subjects),
    row("hosts", "hosts", ({ environment }) => known(environment.hosts)),
    row("ports", "ports", ({ environment }) => known(environment.ports, portsText(environment.ports))),
    row("settings", "settings", ({ side }) => known(side.resolution.settings.size)),
    row("secrets", "secret settings", secretsCell),
    row("findings", "findings", findingsCell),
    row(
      "release",
      "release",
      deployed(({ version, at }) => known(version, version, `since ${at}`)),
    ),
    row(
      "revision",
      "configuration in place",
      deployed(({ revision }) => known(revision, shortDigest(revision))),
    ),
  ];
}
