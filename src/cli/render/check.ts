/** What a check has found, for people: by stage, each finding with its place and its fix. */
import type { CheckAllView, CheckView, ConfigFixView, StageCount } from "../../contract/check.ts";
import type { Finding, Severity } from "../../model/finding.ts";
import type { CheckStage } from "../../model/finding-code.ts";
import { labelled, styled } from "../style.ts";
import { sarifLog } from "./sarif.ts";
import { shownLines, shownText } from "./shown.ts";

const SEVERITY: Record<Severity, Parameters<typeof styled>[0]> = {
  error: "red",
  warning: "yellow",
  advice: "cyan",
};

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === "advice" ? "" : "s"}`;
}

export function findingText({ code, severity, where, why, fix }: Finding): string {
  return [
    `${styled(SEVERITY[severity], severity)} ${styled("dim", code)} ${shownLines(why)}`,
    labelled("  where", shownText(where), 9),
    labelled("  fix", shownLines(fix), 9),
  ].join("\n");
}

function stageText(stage: string, { errors, warnings, advice }: StageCount): string {
  const parts = [
    ...(errors > 0 ? [styled("red", counted(errors, "error"))] : []),
    ...(warnings > 0 ? [styled("yellow", counted(warnings, "warning"))] : []),
    ...(advice > 0 ? [styled("cyan", counted(advice, "advice"))] : []),
  ];
  return parts.length > 0 ? `${stage} ${parts.join(" and ")}` : `${stage} ${styled("green", "✓")}`;
}

function verdictText(environment: string, findings: readonly Finding[]): string {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  const verdict = count("error") > 0 ? styled("red", "not usable") : styled("green", "usable");
  return `${environment} is ${verdict}: ${counted(count("error"), "error")}, ${counted(count("warning"), "warning")}`;
}

/** Findings of an environment without their stages, and what they come to. */
export function renderFindings(view: {
  readonly environment: string;
  readonly findings: readonly Finding[];
}): string {
  return [...view.findings.map(findingText), verdictText(view.environment, view.findings)].join("\n");
}

function environmentText({ environment, findings, stages, fixable }: CheckView): string {
  const all = Object.entries(stages) as [CheckStage, StageCount][];
  const groups = all.flatMap(([stage]) => {
    const own = findings.filter((finding) => finding.stage === stage);
    return own.length > 0 ? [styled("bold", stage), ...own.map(findingText)] : [];
  });
  return [
    ...groups,
    all.map(([stage, counts]) => stageText(stage, counts)).join(", "),
    verdictText(environment, findings),
    ...(fixable > 0
      ? [
          styled(
            "dim",
            `next: ringfence config fix -e ${environment} --dry-run   # ${fixable} may be safe to fix`,
          ),
        ]
      : []),
  ].join("\n");
}

export function problemText({ environment, code, why, fix }: CheckAllView["problems"][number]): string {
  const lines = [
    `${environment}'s secrets are unknown: ${code}, ${why}`,
    ...(fix ? [`  fix    ${fix}`] : []),
  ];
  return styled("yellow", shownLines(lines.join("\n")));
}

export function renderCheck(
  answer: CheckView | CheckAllView,
  { sarif }: { readonly sarif?: boolean },
): string {
  const views = "environments" in answer ? answer.environments : [answer];
  if (sarif) return JSON.stringify(sarifLog(views), null, 2);
  const problems = "problems" in answer ? answer.problems.map(problemText) : [];
  return [...views.map(environmentText), ...problems].join("\n\n");
}

export function renderConfigFix({ environment, fixed, left, findings, files }: ConfigFixView): string {
  const rest = left.map((words) => styled("dim", `  – left: ${shownLines(words)}`));
  if (fixed.length === 0) return ["nothing was fixed: no finding has a safe fix", ...rest].join("\n");
  return [
    ...fixed.map((words) => `${styled("green", "✓")} ${shownLines(words)}`),
    ...rest,
    `${counted(findings.before, "finding")} of ${environment} became ${findings.after}`,
    styled("dim", `next: git diff ${shownText(files.join(" "))}`),
  ].join("\n");
}
