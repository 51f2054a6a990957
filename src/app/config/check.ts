/** `ringfence config check`: everything that is wrong with an environment's configuration, at once. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import { formatPlace } from "../../base/place.ts";
import type { CheckView } from "../../contract/settings.ts";
import type { Finding } from "../../model/finding.ts";
import type { Environment } from "../../model/project.ts";
import { hostMatches } from "../../snapshot/detection.ts";
import type { App } from "../app.ts";
import { settingFlags } from "../config-flags.ts";
import { defineQuery } from "../definition.ts";
import { configure } from "../resolution.ts";

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

export const query = defineQuery({
  name: "config check",
  summary: "Check an environment's configuration; exit 3 when there are errors",
  scope: "environment",
  input: z.object(settingFlags),
  async run({ app, environment }, flags): Promise<CheckView> {
    const { findings } = configure(app, environment, flags);
    return { environment: environment.name, findings: [...findings, ...targetFindings(app, environment)] };
  },
  exit: (answer: CheckView) =>
    answer.findings.some(({ severity }) => severity === "error") ? EXIT.findings : EXIT.ok,
});
