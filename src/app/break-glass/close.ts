/** `ringfence break-glass close`: takes the identity that was handed out on this machine away again. */
import * as z from "zod";
import type { GlassClosed } from "../../contract/break-glass.ts";
import { defineOperation } from "../definition.ts";
import { dropIdentity, endIdentity, heldIdentity, heldPath } from "./held.ts";
import { glassOpenings } from "./openings.ts";

const factsOf = (plan: { readonly facts: unknown }) => plan.facts as { readonly opening: string | null };

export const operation = defineOperation({
  name: "break-glass close",
  summary:
    "Take the identity that was handed out on this machine away, and list what it opened, to be rotated",
  scope: "environment",
  explicit: true,
  input: z.object({}),
  async plan({ app, environment }) {
    const held = heldIdentity(app, environment);
    const path = heldPath(app, environment);
    return {
      summary: `close the break-glass of ${environment.name}`,
      environment: environment.name,
      effects: [held ? `remove ${path}` : `nothing of ${environment.name} is handed out here`],
      facts: { opening: held?.operation ?? null },
    };
  },
  // What was over in between is closed all the same.
  changed: async () => undefined,
  steps({ app, environment }, plan) {
    return [
      {
        key: "close",
        title: "take the identity away",
        async run() {
          const { opening } = factsOf(plan);
          if (opening === null) dropIdentity(app, environment);
          else endIdentity(app, environment, opening);
          return null;
        },
      },
    ];
  },
  async answer({ app, environment }, record): Promise<GlassClosed> {
    const { opening } = factsOf(record.plan);
    const all = opening === null ? [] : await glassOpenings(app);
    const secrets = all.find(({ operation: id }) => id === opening)?.secrets ?? [];
    return { environment: environment.name, opening, secrets, operation: record.id };
  },
});
