/** `ringfence isolation`: for every pair of environments that nothing is shared, or what is, with both places. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import type { IsolationView } from "../../contract/isolation.ts";
import { proveIsolation } from "../../guards/index.ts";
import { fingerprint } from "../../secrets/index.ts";
import { defineQuery } from "../definition.ts";
import { factsOf, realPathFrom } from "./facts.ts";

export const query = defineQuery({
  name: "isolation",
  summary: "Prove that the environments share nothing; exit 3 when they do, or when it is unknown",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({ markdown: z.boolean().optional().meta({ description: "print Markdown" }) }),
  async run({ app, named }): Promise<IsolationView> {
    const { project } = app;
    // The key to the fingerprints is made for this proof and forgotten with it: only verdicts are left.
    const key = randomBytes(32);
    const today = new Date(app.clock.now()).toISOString().slice(0, "2026-11-21".length);
    const proof = proveIsolation({
      environments: project.environments.map((environment) => factsOf(app, environment)),
      services: project.services.map(({ name }) => name),
      exceptions: project.exceptions,
      today,
      manifest: project.manifest,
      only: named?.name,
      fingerprint: (text) => fingerprint(key, text),
      realPath: realPathFrom(project.root),
    });
    return { environments: project.environments.map(({ name }) => name), today, ...proof };
  },
  exit: ({ verdict }: IsolationView) => (verdict === "isolated" ? EXIT.ok : EXIT.findings),
});
