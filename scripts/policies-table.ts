/** The table of policies by kind in docs/manifest.md, made from the kinds themselves. */
import { formatDuration, formatSize } from "../src/base/units.ts";
import { KIND_POLICIES, type KindName } from "../src/model/kind.ts";
import type { PolicyName } from "../src/model/policy.ts";

interface Row {
  /** As the manifest has it; `production` is no key. */
  readonly key: string;
  readonly policy: PolicyName;
  readonly what: string;
}

const ROWS: readonly Row[] = [
  { key: "users", policy: "users", what: "Who uses it, in words." },
  { key: "data", policy: "data", what: "Class of the data that may lie there." },
  { key: "uptime.percent", policy: "uptimePercent", what: "Share of the time that it must answer." },
  { key: "uptime.hours", policy: "uptimeHours", what: "When that counts, in words." },
  { key: "debug", policy: "debug", what: "Whether debug modes may be on." },
  { key: "logLevel", policy: "logLevel", what: "The usual log level." },
  {
    key: "errors",
    policy: "errors",
    what: "`detailed` with stack traces, or `operational`: a code and the next step.",
  },
  { key: "escalation", policy: "escalation", what: "Who is asked next when something fails." },
  { key: "tokenLifetime", policy: "tokenLifetimeMs", what: "Longest life of a token." },
  { key: "emailVerification", policy: "emailVerification", what: "Whether addresses must be verified." },
  { key: "rateLimits", policy: "rateLimits", what: "Whether requests are limited." },
  { key: "tls", policy: "tls", what: "Whether addresses must use an encrypted protocol." },
  { key: "minKeyLength", policy: "minKeyLength", what: "Fewest characters of a key." },
  { key: "corsWildcard", policy: "corsWildcard", what: "Whether CORS may allow any origin." },
  { key: "externalServices", policy: "externalServices", what: "What stands behind external services." },
  { key: "monitoring", policy: "monitoring", what: "How closely it is watched." },
  { key: "scaling", policy: "scaling", what: "Whether it scales by itself." },
  { key: "backups.keep", policy: "backupRetentionMs", what: "How long backups are kept." },
  { key: "deploy", policy: "deploy", what: "What starts a deployment." },
  {
    key: "approvals",
    policy: "approvals",
    what: "People other than the author who must approve a promotion.",
  },
  { key: "approverRole", policy: "approverRole", what: "Only people with this role may approve." },
  {
    key: "run.output",
    policy: "runOutput",
    what: "`direct` replaces the process, `scrubbed` removes secret values.",
  },
  { key: "run.record: required", policy: "runRecordRequired", what: "No run without a record." },
  { key: "run.limits.memory", policy: "runMemoryBytes", what: "Memory of a run's processes together." },
  { key: "run.limits.cpu", policy: "runCpus", what: "Processors that a run keeps busy." },
  { key: "run.limits.processes", policy: "runProcesses", what: "Processes and threads of a run." },
  { key: "run.limits.openFiles", policy: "runOpenFiles", what: "Files that each process has open." },
  { key: "run.limits.time", policy: "runTimeMs", what: "How long a run takes at most." },
  {
    key: "run.limits.unenforced",
    policy: "runUnenforced",
    what: "What becomes of a run whose limits can't be enforced.",
  },
  { key: "run.umask", policy: "runUmask", what: "Permissions that its files don't get." },
  { key: "run.view", policy: "runView", what: "`own`: no files of other environments." },
  { key: "run.writable", policy: "runWritable", what: "Where it may write then, besides its folders." },
  { key: "logs.format", policy: "logFormat", what: "How logs are written." },
  { key: "logs.sink", policy: "logSink", what: "`file`: output of a run is kept in a file, too." },
  { key: "logs.file", policy: "logFile", what: "That file, with `{env}` and `{command}`." },
  { key: "logs.rotate.size", policy: "logRotateBytes", what: "Size from which a new file is begun." },
  { key: "logs.rotate.every", policy: "logRotateMs", what: "Age from which a new file is begun." },
  { key: "logs.rotate.keep", policy: "logKeep", what: "How many former files are kept." },
  { key: "logs.retention", policy: "logRetentionMs", what: "Age from which they are removed." },
  {
    key: "secrets.signed",
    policy: "signedSecrets",
    what: "Secrets files must be signed by one of `people`.",
  },
  { key: "settings.strict", policy: "strictSettings", what: "Undeclared settings are errors, not warnings." },
  { key: "rollout.observe", policy: "observeMs", what: "How long a new set is watched under traffic." },
];

const KINDS: readonly KindName[] = ["local", "development", "preview", "testing", "staging", "production"];

function cell(name: PolicyName, kind: KindName): string {
  const value = KIND_POLICIES[kind][name];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (name.endsWith("Bytes")) return formatSize(Number(value));
  return name.endsWith("Ms") ? formatDuration(Number(value)) : String(value);
}

/** The page with its table as the kinds have it. @throws when the page has no such table */
export function withPolicies(page: string): string {
  const lines = [
    `| key | what | ${KINDS.join(" | ")} |`,
    `|---|---|${KINDS.map(() => "---|").join("")}`,
    ...ROWS.map(
      ({ key, policy, what }) =>
        `| \`${key}\` | ${what} | ${KINDS.map((kind) => cell(policy, kind)).join(" | ")} |`,
    ),
  ];
  const table = /^\| key \| what \| local \|.*?(?=\n\n)/ms;
  if (!table.test(page)) throw new Error("docs/manifest.md has no table of policies");
  return page.replace(table, () => lines.join("\n"));
}
