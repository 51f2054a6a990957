/** `ringfence env compare`: what each environment demands, has and runs, side by side. */
import * as z from "zod";
import { isRingfenceError } from "../../base/error.ts";
import type { EnvironmentComparisonView } from "../../contract/comparison.ts";
import type { Environment } from "../../model/project.ts";
import type { App } from "../app.ts";
import { comparedEnvironment } from "../comparison.ts";
import { defineQuery } from "../definition.ts";
import { comparedRows, type Subject } from "./compared-rows.ts";

/** What the store says; a store that can't be read leaves it unknown. */
async function deploymentOf(app: App, { name }: Environment): Promise<Subject["deployment"]> {
  try {
    return (await app.store.read((view) => view.deployments.current(name))) ?? null;
  } catch (error) {
    if (!isRingfenceError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

export const query = defineQuery({
  name: "env compare",
  summary: "Compare the environments: policies, settings, findings, what runs",
  scope: "project",
  input: z.object({ markdown: z.boolean().optional().meta({ description: "print Markdown" }) }),
  async run({ app }): Promise<EnvironmentComparisonView> {
    const subjects: Subject[] = [];
    for (const environment of app.project.environments) {
      const deployment = await deploymentOf(app, environment);
      subjects.push({ ...comparedEnvironment(app, environment), deployment });
    }
    return {
      environments: subjects.map(({ environment }) => environment.name),
      rows: comparedRows(subjects),
      problems: subjects.flatMap(({ problem }) => (problem ? [problem] : [])),
    };
  },
});
