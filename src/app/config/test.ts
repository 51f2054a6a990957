/** `ringfence config test`: what the project expects of its settings, held against every environment, and parity. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import { checkExpectations, expectationFindings, matrixOf, parity } from "../../config/index.ts";
import type { ConfigTestView } from "../../contract/config-test.ts";
import type { ExpectationVerdict } from "../../model/expectation.ts";
import { stageOf } from "../../model/finding-code.ts";
import { FindingList } from "../../model/finding-list.ts";
import type { App } from "../app.ts";
import {
  type ComparedEnvironment,
  comparedEnvironment,
  designRules,
  ephemeralFingerprint,
} from "../comparison.ts";
import { defineQuery } from "../definition.ts";
import { projectExpectations } from "./expectation-files.ts";

function parityOf({ project }: App, compared: readonly ComparedEnvironment[]) {
  const sides = compared.map(({ side }) => side);
  const options = {
    byDesign: designRules(project),
    fingerprint: ephemeralFingerprint(),
    declared: project.settings,
  };
  return parity(sides, matrixOf(sides, options));
}

/** What is not known to be so is not good; nor is a test that asks for nothing. */
function isGood(view: Omit<ConfigTestView, "ok">, expects: boolean): boolean {
  const { failed, unknown, findings, problems, minParity, parity: found } = view;
  const isWrong = problems.length > 0 || findings.some(({ severity }) => severity === "error");
  const isNear = minParity === null || (found.score !== null && found.score >= minParity);
  return failed === 0 && unknown === 0 && !isWrong && isNear && (expects || minParity !== null);
}

export const query = defineQuery({
  name: "config test",
  summary:
    "Test what the project expects of its settings, in all environments or one; exit 3 unless all is met",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({
    "min-parity": z.coerce
      .number()
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: "also fail where the parity of the environments is lower" }),
    junit: z.boolean().optional().meta({ description: "print JUnit XML, for CI" }),
  }),
  async run({ app, named }, input): Promise<ConfigTestView> {
    const { project } = app;
    const compared = project.environments.map((one) => comparedEnvironment(app, one));
    const { expectations, drafts } = projectExpectations(project);
    const mistakes = new FindingList();
    mistakes.addAll(drafts);
    const resolutions = compared.map(({ side }) => side.resolution);
    mistakes.addAll(expectationFindings(expectations, project, resolutions));
    const tested = compared.filter((one) => named === undefined || one.environment === named);
    const environments = tested.map(({ environment: one, side }) => ({
      environment: one.name,
      results: checkExpectations(expectations, project, one, side.resolution),
    }));
    const count = (wanted: ExpectationVerdict) =>
      environments.flatMap(({ results }) => results).filter(({ verdict }) => verdict === wanted).length;
    const view = {
      environments,
      passed: count("passed"),
      failed: count("failed"),
      unknown: count("unknown"),
      findings: mistakes.sorted().map((finding) => ({ ...finding, stage: stageOf(finding.code) })),
      problems: tested.flatMap(({ problem }) => (problem ? [problem] : [])),
      parity: parityOf(app, compared),
      minParity: input["min-parity"] ?? null,
    };
    return { ...view, ok: isGood(view, expectations.length > 0) };
  },
  exit: ({ ok }: ConfigTestView) => (ok ? EXIT.ok : EXIT.findings),
});
