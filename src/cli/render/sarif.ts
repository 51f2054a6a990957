/**
 * A check as SARIF 2.1.0 (OASIS, 27 March 2020), which code scanning reads: one run an environment. Results carry
 * fingerprints that hold while lines move, so that what is known already is not reported as new.
 */
import { digestOf } from "../../base/digest.ts";
import { RINGFENCE_VERSION } from "../../base/version.generated.ts";
import type { CheckedFinding, CheckView } from "../../contract/check.ts";
import type { SecretScanView } from "../../contract/secret-scan.ts";
import type { Severity } from "../../model/finding.ts";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  advice: "note",
};
const PLACE = /^(.+):(\d+):(\d+)$/s;
/** A path; other places, such as `process environment`, are words. */
const PATH = /^[^\s]*(\/|\.\w+$)/;

/** A reference by RFC 3986, relative to the project's root. */
function uriOf(file: string): string {
  return file.split("/").map(encodeURIComponent).join("/");
}

function artifact(file: string, region?: { startLine: number; startColumn: number }) {
  const artifactLocation = { uri: uriOf(file), uriBaseId: "%SRCROOT%" };
  return { physicalLocation: { artifactLocation, ...(region && { region }) } };
}

function locationOf(where: string) {
  const [, file, line, column] = PLACE.exec(where) ?? [];
  if (file !== undefined) return artifact(file, { startLine: Number(line), startColumn: Number(column) });
  if (PATH.test(where)) return artifact(where);
  return { logicalLocations: [{ fullyQualifiedName: where }] };
}

function fileOf(where: string): string {
  return PLACE.exec(where)?.[1] ?? where;
}

function ruleOf(code: string, stage: string, summary: string, tag: string) {
  const text = summary || code;
  return {
    id: code,
    shortDescription: { text },
    help: { text, markdown: text },
    properties: { tags: [tag, stage] },
  };
}

type Rules = readonly { readonly id: string }[];

function resultOf(finding: CheckedFinding, rules: Rules, fingerprint: string) {
  const { code, severity, setting, where, why, fix, stage } = finding;
  return {
    ruleId: code,
    ruleIndex: rules.findIndex(({ id }) => id === code),
    level: LEVELS[severity],
    message: { text: `${why}. Fix: ${fix}` },
    locations: [locationOf(where)],
    // The second is the one that GitHub's code scanning looks at.
    partialFingerprints: { "ringfence/v1": fingerprint, primaryLocationLineHash: fingerprint },
    properties: { stage, ...(setting !== undefined && { setting }) },
  };
}

/** One run: what was looked at, and what was found. */
interface SarifRun extends Pick<CheckView, "findings" | "codes"> {
  /** Ends in a slash: runs of the same id follow each other. */
  readonly id: string;
  readonly tag: string;
}

function runOf({ id, tag, findings, codes }: SarifRun) {
  const stages = new Map(findings.map(({ code, stage }) => [code, stage]));
  const rules = [...stages].map(([code, stage]) => ruleOf(code, stage, codes[code] ?? "", tag));
  const seen = new Map<string, number>();
  const results = findings.map((finding) => {
    const { code, setting = null, where } = finding;
    const digest = digestOf([code, setting, fileOf(where)]);
    const times = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, times);
    return resultOf(finding, rules, `${digest}:${times}`);
  });
  return {
    tool: { driver: { name: "Ringfence", version: RINGFENCE_VERSION, rules } },
    automationDetails: { id },
    originalUriBaseIds: {
      "%SRCROOT%": { description: { text: "The folder that holds ringfence.yaml, or that was looked at." } },
    },
    columnKind: "utf16CodeUnits",
    results,
  };
}

function sarifLogOf(runs: readonly SarifRun[]) {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: runs.map(runOf),
  };
}

/** The log of checks of one or more environments. */
export function sarifLog(views: readonly CheckView[]) {
  return sarifLogOf(
    views.map(({ environment, findings, codes }) => ({
      id: `ringfence/config-check/${environment}/`,
      tag: "configuration",
      findings,
      codes,
    })),
  );
}

/** The log of a scan for leaked secrets. */
export function scanSarifLog({ mode, findings, codes }: SecretScanView) {
  return sarifLogOf([{ id: `ringfence/secret-scan/${mode}/`, tag: "secrets", findings, codes }]);
}
