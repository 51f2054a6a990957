/** `ringfence break-glass list`: who held which environment's identity for a time, what it opened, and who looked at that. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import type { GlassOpening } from "../../contract/break-glass.ts";
import { defineQuery } from "../definition.ts";
import { glassOpenings } from "./openings.ts";

export const query = defineQuery({
  name: "break-glass list",
  summary:
    "List identities that were handed out for a time, and what they opened; exit 3 while a review is due",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({
    all: z.boolean().default(false).meta({ description: "also those that were reviewed" }),
  }),
  async run({ app, named }, { all }): Promise<readonly GlassOpening[]> {
    const openings = await glassOpenings(app);
    return openings.filter(
      ({ environment, review }) => (all || !review) && (!named || named.name === environment),
    );
  },
  exit: (answer: readonly GlassOpening[]) =>
    answer.some(({ state, review }) => state === "over" && !review) ? EXIT.findings : EXIT.ok,
});
