/** `ringfence secret recipients apply`: an environment's secrets file becomes encrypted to whom the manifest names. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { planRekey, rekeyEffects } from "../rekeyed-secrets.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

export const operation = defineOperation({
  name: "secret recipients apply",
  summary: "Encrypt an environment's secrets anew to whom the manifest names now",
  scope: "environment",
  input: z.object({}),
  async plan(context) {
    const { app, environment } = context;
    const planned = await planRekey(context, [], [environment.name]);
    const isDue = planned.secrets.length > 0;
    const notes = isDue ? [] : ["the secrets file is encrypted to exactly whom the manifest names"];
    const reason = context.reason ?? "secret recipients apply";
    return {
      summary: `encrypt the secrets of ${environment.name} to whom the manifest names`,
      environment: environment.name,
      effects: [...rekeyEffects(app, planned), ...notes],
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason })),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
