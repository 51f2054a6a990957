/** `ringfence operation list`: the latest operations. */
import * as z from "zod";
import { defineQuery } from "../definition.ts";
import { viewOf } from "../operation.ts";

export const query = defineQuery({
  name: "operation list",
  summary: "List the latest operations, newest first",
  scope: "project",
  input: z.object({
    limit: z.coerce.number().int().min(1).max(1_000).default(20).meta({ description: "at most this many" }),
    state: z
      .enum(["waiting", "running", "refused", "succeeded", "failed", "cancelled"])
      .optional()
      .meta({ description: "only those in this state" }),
  }),
  async run({ app }, { limit, state }) {
    const filter = state ? { limit, state } : { limit };
    const records = await app.store.read((view) => view.operations.list(filter));
    return records.map(viewOf);
  },
});
