/** `ringfence config matrix`: every setting in every environment, and how near the environments are. */
import * as z from "zod";
import { filterMatrix, matrixOf, parity } from "../../config/index.ts";
import type { SettingsMatrixView } from "../../contract/comparison.ts";
import { comparedEnvironment, countFindings, designRules, ephemeralFingerprint } from "../comparison.ts";
import { defineQuery } from "../definition.ts";

export const query = defineQuery({
  name: "config matrix",
  summary: "Show every setting in every environment, and their parity",
  scope: "project",
  input: z.object({
    only: z.string().optional().meta({ description: "only keys that fit, as DB_*" }),
    differing: z.boolean().optional().meta({ description: "only what is not known to be the same" }),
    missing: z.boolean().optional().meta({ description: "only what is required somewhere and has no value" }),
    markdown: z.boolean().optional().meta({ description: "print Markdown" }),
  }),
  async run({ app }, filter): Promise<SettingsMatrixView> {
    const { project } = app;
    const compared = project.environments.map((environment) => comparedEnvironment(app, environment));
    const sides = compared.map(({ side }) => side);
    const options = {
      byDesign: designRules(project),
      fingerprint: ephemeralFingerprint(),
      declared: project.settings,
    };
    const whole = matrixOf(sides, options);
    return {
      ...filterMatrix(whole, filter),
      settings: whole.rows.length,
      findings: Object.fromEntries(
        sides.map(({ name, resolution }) => [name, countFindings(resolution)] as const),
      ),
      problems: compared.flatMap(({ problem }) => (problem ? [problem] : [])),
      parity: parity(sides, whole),
    };
  },
});
