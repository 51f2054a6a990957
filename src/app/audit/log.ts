/** `ringfence audit log`: the record, newest last. */
import * as z from "zod";
import { isRingfenceError } from "../../base/error.ts";
import type { AuditLogView } from "../../contract/audit.ts";
import { defineQuery } from "../definition.ts";
import { takeOverSpools } from "../spool.ts";

export const query = defineQuery({
  name: "audit log",
  summary: "Show the record: who did what, where, when, why, with what result",
  scope: "project",
  input: z.object({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(50)
      .meta({ description: "the latest so many events" }),
    operation: z.string().optional().meta({ description: "only those of this operation" }),
  }),
  async run({ app }, { limit, operation }): Promise<AuditLogView> {
    try {
      await takeOverSpools(app);
    } catch (error) {
      // An altered record takes nothing over, and is read all the same: whoever looks into it needs to.
      if (!isRingfenceError(error, "AUDIT_LOG_INVALID")) throw error;
    }
    return app.store.read(async ({ events }) => {
      const size = await events.size();
      const from = operation ? 0 : Math.max(0, size - limit);
      const stored = await events.range(from, size);
      const all = stored.map(({ index, body }) => ({ index, ...JSON.parse(body) }));
      const wanted = operation ? all.filter((event) => event.operation === operation) : all;
      return { size, events: wanted.slice(-limit) };
    });
  },
});
