/** `ringfence which`: which environment this is, and how that was found. */
import * as z from "zod";
import type { WhichView } from "../../contract/environment.ts";
import { describeInput } from "../../snapshot/inputs.ts";
import { writeIndex } from "../../snapshot/project-index.ts";
import type { App } from "../app.ts";
import { keepForNextTime } from "../cache.ts";
import { defineQuery } from "../definition.ts";
import { ruleOf } from "../rule.ts";

/** Lets the next `which` answer without reading the manifest. */
function rememberIndex({ project }: App): void {
  keepForNextTime(() => {
    const manifest = describeInput(project.root, project.manifest);
    writeIndex(project.root, { format: 1, project: project.name, manifest, rule: ruleOf(project) });
  });
}

export const query = defineQuery({
  name: "which",
  summary: "Say which environment this is and how that was found",
  scope: "environment",
  input: z.object({}),
  async run({ app, environment, method }): Promise<WhichView> {
    rememberIndex(app);
    const at = new Date(app.clock.now()).toISOString();
    return { environment: environment.name, method, host: app.host, at };
  },
});
