/**
 * `ringfence secret revoke WHO`: a person or machine is taken out of all recipients, every file is encrypted anew, and
 * what they could read is listed, to be rotated where it comes from.
 */
import * as z from "zod";
import type { RevocationView } from "../../contract/secrets.ts";
import { defineOperation } from "../definition.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";
import { revocationOf } from "./revocation.ts";
import { planRevoke } from "./revoke-plan.ts";

export const operation = defineOperation({
  name: "secret revoke",
  summary: "Take a person or machine out of all secrets, encrypt them anew, and list what has to be rotated",
  scope: "project",
  input: z.object({
    who: z.string().meta({ position: 0, description: "a person's name, or machine:NAME" }),
    remove: z.boolean().default(false).meta({
      description: "take a person out of people: altogether; their approvals and signatures stop counting",
    }),
  }),
  plan: (context, input) => planRevoke(context, input),
  ...REKEYING,
  async answer({ app }, record): Promise<RevocationView & ReturnType<typeof rekeyAnswer>> {
    return { ...revocationOf(app, record), ...rekeyAnswer(record) };
  },
});
