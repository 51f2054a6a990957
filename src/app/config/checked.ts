/** A check's findings by stage, with what belongs to the environment's target; and how the check ends. */
import { EXIT } from "../../base/error.ts";
import { formatPlace } from "../../base/place.ts";
import { fixesFor, type LayerText, type Resolution } from "../../config/index.ts";
import type { CheckAllView, CheckedFinding, CheckView, StageCount } from "../../contract/check.ts";
import type { Finding, Severity } from "../../model/finding.ts";
import { CHECK_STAGES, type CheckStage, FINDING_CODES, stageOf } from "../../model/finding-code.ts";
import type { Environment } from "../../model/project.ts";
import { hostMatches } from "../../snapshot/detection.ts";
import type { App } from "../app.ts";
import { holderFindings } from "../secret-holders.ts";

/** Findings about the target: what it is not made for, where that matters. */
function targetFindings(app: App, environment: Environment): Finding[] {
  const real = environment.hosts.some((pattern) => hostMatches(pattern, app.host));
  if (!environment.policies.production || !real || app.project.services.length === 0) return [];
  return app.target(environment).limits.map((limit) => ({
    code: "TARGET_LIMITED",
    severity: "warning",
    setting: undefined,
    where: formatPlace(environment.place),
    why: `${environment.name} would run on this host: ${limit}`,
    fix: "run production on a target with its own controller (Docker host, Kubernetes, ECS)",
  }));
}

function countOf(findings: readonly Finding[]): StageCount {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  return { errors: count("error"), warnings: count("warning"), advice: count("advice") };
}

/** What a check of a resolution says. @param layers that it was resolved from @param more what was found besides */
export function checkedView(
  app: App,
  environment: Environment,
  resolution: Resolution,
  layers: readonly LayerText[],
  more: readonly Finding[] = [],
): CheckView {
  const found = [
    ...resolution.findings,
    ...more,
    ...targetFindings(app, environment),
    ...holderFindings(app, environment),
  ];
  const findings = found.map((finding): CheckedFinding => ({ ...finding, stage: stageOf(finding.code) }));
  const stages = Object.fromEntries(
    CHECK_STAGES.map((stage) => [stage, countOf(findings.filter((finding) => finding.stage === stage))]),
  ) as Record<CheckStage, StageCount>;
  const codes = Object.fromEntries(
    [...new Set(findings.map(({ code }) => code))].map((code) => [code, FINDING_CODES[code]?.summary ?? ""]),
  );
  const fixable = fixesFor(resolution, layers).length;
  return { environment: environment.name, findings, stages, codes, fixable };
}

/** The worst that a check has found. */
export function checkExit(answer: CheckView | CheckAllView): number {
  const views = "environments" in answer ? answer.environments : [answer];
  const isWrong = views.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
  if ("problems" in answer && answer.problems.length > 0) return EXIT.undecryptable;
  return isWrong ? EXIT.findings : EXIT.ok;
}
