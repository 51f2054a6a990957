/** How a project's environments are told apart on this machine. */
import type { Project } from "../model/project.ts";
import type { DetectionRule } from "../snapshot/detection.ts";

/** The rule by which a project's environments are detected. */
export function ruleOf(project: Project): DetectionRule {
  const { variable, fallback } = project.detect;
  const environments = project.environments.map(({ name, kind, policies, hosts }) => ({
    name,
    kind,
    production: policies.production,
    hosts,
  }));
  return { variable, fallback, environments };
}
