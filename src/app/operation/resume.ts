/** `ringfence operation resume ID`: carries on an operation that waits or was interrupted, or takes it back. */
import * as z from "zod";
import { defineContinuation } from "../definition.ts";

export const continuation = defineContinuation({
  name: "operation resume",
  summary: "Carry on an operation that waits or was interrupted; --undo takes it back",
  scope: "project",
  input: z.object({
    id: z.string().meta({ position: 0, description: "the operation's id" }),
    undo: z.boolean().default(false).meta({ description: "take back what it had done" }),
  }),
  target: ({ id, undo }) => ({ id, undo }),
});
