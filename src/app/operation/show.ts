/** `ringfence operation show ID`: one operation with its plan, gates and steps. */
import * as z from "zod";
import { defineQuery } from "../definition.ts";
import { unknownOperation, viewOf } from "../operation.ts";

export const query = defineQuery({
  name: "operation show",
  summary: "Show one operation: its plan, gates, steps and evidence",
  scope: "project",
  input: z.object({ id: z.string().meta({ position: 0, description: "the operation's id" }) }),
  async run({ app }, { id }) {
    const record = await app.store.read((view) => view.operations.get(id));
    if (!record) throw unknownOperation(id);
    return viewOf(record);
  },
});
