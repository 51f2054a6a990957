/** `ringfence which`: which environment this is, and how that was found. */
import * as z from "zod";
import type { WhichView } from "../../contract/environment.ts";
import { defineQuery } from "../definition.ts";

export const query = defineQuery({
  name: "which",
  summary: "Say which environment this is and how that was found",
  scope: "environment",
  input: z.object({}),
  async run({ app, environment, method }): Promise<WhichView> {
    const at = new Date(app.clock.now()).toISOString();
    return { environment: environment.name, method, host: app.host, at };
  },
});
