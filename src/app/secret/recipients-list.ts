/** `ringfence secret recipients list`: who may open an environment's secrets. Needs no identity. */
import * as z from "zod";
import type { RecipientsView } from "../../contract/secrets.ts";
import { defineQuery } from "../definition.ts";
import { holdersOfSecrets } from "../secret-holders.ts";

export const query = defineQuery({
  name: "secret recipients list",
  summary: "List who may open an environment's secrets, and where file and manifest differ",
  scope: "environment",
  input: z.object({}),
  async run({ app, environment }): Promise<RecipientsView> {
    return holdersOfSecrets(app, environment);
  },
});
