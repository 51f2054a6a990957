/** Tests of the configuration for a terminal, as test runners show them, and as JUnit XML. */
import type { ConfigTestView, TestedEnvironment } from "../../contract/config-test.ts";
import type { Parity } from "../../model/comparison.ts";
import type { ExpectationResult } from "../../model/expectation.ts";
import { labelled, styled } from "../style.ts";
import { counted, findingText, problemText } from "./check.ts";
import { type JunitSuite, junitDocument } from "./junit.ts";
import { deductionTexts, parityText } from "./matrix.ts";
import { shownLines, shownText } from "./shown.ts";

function resultText({ setting, target, verdict, reasons, where, valueAt }: ExpectationResult): string {
  const mark = verdict === "failed" ? styled("red", "✗") : styled("yellow", "?");
  return [
    `  ${mark} ${shownText(setting)} ${styled("dim", `(${shownText(target)})`)}`,
    ...reasons.map((reason) => `    ${shownLines(reason)}`),
    labelled("    expected at", styled("dim", shownText(where)), 17),
    ...(valueAt === null ? [] : [labelled("    set at", styled("dim", shownText(valueAt)), 17)]),
  ].join("\n");
}

function environmentText({ environment, results }: TestedEnvironment): string {
  const bad = results.filter(({ verdict }) => verdict !== "passed");
  const passed = results.length - bad.length;
  const unknown = bad.filter(({ verdict }) => verdict === "unknown").length;
  const failed = bad.length - unknown;
  const mark = bad.length === 0 ? styled("green", "✓") : styled("red", "✗");
  const counts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return [`${mark} ${environment} ${styled("dim", counts.join(", "))}`, ...bad.map(resultText)].join("\n");
}

function isNear({ score }: Parity, minParity: number | null): boolean {
  return minParity === null || (score !== null && score >= minParity);
}

/** What lowers parity is told where the score is too low; `config matrix` tells it always. */
function parityLines({ parity, minParity }: ConfigTestView): string[] {
  const limit = minParity === null ? "" : `, ${minParity} asked for`;
  const line = `${parityText(parity)}${limit}`;
  if (isNear(parity, minParity)) return [line];
  return [styled("red", line), ...deductionTexts(parity)];
}

function summaryLine({ passed, failed, unknown, findings }: ConfigTestView): string {
  const parts = [
    styled("green", `${passed} passed`),
    ...(failed > 0 ? [styled("red", `${failed} failed`)] : []),
    ...(unknown > 0 ? [styled("yellow", `${unknown} unknown`)] : []),
    ...(findings.length > 0 ? [styled("red", `${counted(findings.length, "mistake")} in expectations`)] : []),
  ];
  return parts.join(", ");
}

function expectsNothing({ passed, failed, unknown, findings }: ConfigTestView): boolean {
  return passed + failed + unknown + findings.length === 0;
}

function terminalTest(view: ConfigTestView): string {
  const nothing = styled("yellow", "nothing is expected here: declare it under expect in ringfence.yaml");
  return [
    ...view.findings.map(findingText),
    ...view.environments.map(environmentText),
    ...view.problems.map(problemText),
    ...parityLines(view),
    expectsNothing(view) ? nothing : summaryLine(view),
  ].join("\n");
}

function suites({ environments, findings, parity, minParity }: ConfigTestView): JunitSuite[] {
  const tested = environments.map(({ environment, results }) => ({
    name: environment,
    cases: results.map(({ setting, target, verdict, reasons, where, valueAt }) => ({
      name: `${setting} (${target} at ${where})`,
      verdict,
      message: reasons.join("; "),
      detail: `expected at ${where}${valueAt === null ? "" : `\nset at ${valueAt}`}`,
    })),
  }));
  const mistakes = findings.map(({ code, where, why, fix }) => ({
    name: `${code} at ${where}`,
    verdict: "failed" as const,
    message: why,
    detail: `fix: ${fix}`,
  }));
  const near = {
    name: `at least ${minParity}`,
    verdict: isNear(parity, minParity) ? ("passed" as const) : ("failed" as const),
    message: parityText(parity),
    detail: parity.deductions.map(({ why }) => why).join("\n"),
  };
  return [
    ...(mistakes.length > 0 ? [{ name: "expectations", cases: mistakes }] : []),
    ...tested,
    ...(minParity === null ? [] : [{ name: "parity", cases: [near] }]),
  ];
}

export function renderConfigTest(view: ConfigTestView, { junit }: { readonly junit?: boolean }): string {
  return junit ? junitDocument("ringfence config test", suites(view)) : terminalTest(view);
}
