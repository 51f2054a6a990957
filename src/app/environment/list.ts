/** `ringfence env list`: the environments of the project. */
import * as z from "zod";
import type { EnvironmentView } from "../../contract/environment.ts";
import { defineQuery } from "../definition.ts";

export const query = defineQuery({
  name: "env list",
  summary: "List the environments and what each demands",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<readonly EnvironmentView[]> {
    return app.project.environments.map(({ name, kind, policies, ports, hosts }) => ({
      name,
      kind,
      production: policies.production,
      approvals: policies.approvals,
      ports,
      hosts,
    }));
  },
});
