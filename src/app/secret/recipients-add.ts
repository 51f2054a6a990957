/** `ringfence secret recipients add ENTRY`: lets somebody open an environment's secrets. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { planRekey, recipientEntries, rekeyEffects } from "../rekeyed-secrets.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

export const operation = defineOperation({
  name: "secret recipients add",
  summary: "Let a person, machine, role or recipient open an environment's secrets",
  scope: "environment",
  input: z.object({
    entry: z.string().meta({
      position: 0,
      description: "person:NAME, machine:NAME, role:NAME, age1… or ssh-ed25519 AAAA…",
    }),
  }),
  async plan(context, { entry }) {
    const { app, environment } = context;
    const { name } = environment;
    const isThere = recipientEntries(environment).includes(entry);
    const path = ["environments", name, "recipients"];
    const planned = await planRekey(context, isThere ? [] : [{ do: "add", path, item: entry }], [name]);
    const notes = isThere ? [`${entry} is among the recipients of ${name} already`] : [];
    const reason = context.reason ?? `secret recipients add ${entry}`;
    return {
      summary: `let ${entry} open the secrets of ${name}`,
      environment: name,
      effects: [...rekeyEffects(app, planned), ...notes],
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason })),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
