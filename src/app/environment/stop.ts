/** `ringfence env stop`: stops everything that runs in an environment; its data stays. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";

export const operation = defineOperation({
  name: "env stop",
  summary: "Stop everything that runs in an environment; its data stays",
  scope: "environment",
  input: z.object({}),
  async plan({ app, environment }) {
    const state = await app.target(environment).state();
    const sets = state?.sets.map(
      (set) => `stop ${set.version} (${set.services.map(({ service }) => service).join(", ")})`,
    );
    return {
      summary: `stop ${environment.name}`,
      environment: environment.name,
      effects: sets && sets.length > 0 ? sets : ["nothing runs there"],
      facts: { sets: state?.sets.map(({ name }) => name) ?? [] },
    };
  },
  steps({ app, environment }) {
    return [
      {
        key: "shutdown",
        title: "stop every set and router",
        async run({ fence }) {
          const target = app.target(environment);
          await target.claim(fence);
          await target.shutdown(fence);
          return null;
        },
      },
    ];
  },
});
