/** `ringfence secret recipients apply`: an environment's secrets file becomes encrypted to whom the manifest names. */
import { join } from "node:path";
import * as z from "zod";
import { type Environment, expandTemplate } from "../../model/project.ts";
import type { App } from "../app.ts";
import { defineOperation } from "../definition.ts";
import { readTextIfThere } from "../project.ts";
import { planRekey, rekeyEffects } from "../rekeyed-secrets.ts";
import { undeclaredKeys } from "../service-keys.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

/** Why a file is left as it is. */
function whyNothing({ project }: App, environment: Environment): string {
  const file = expandTemplate(project.secretsPath, environment);
  const text = readTextIfThere(join(project.root, file));
  const foreign = text === undefined ? [] : undeclaredKeys(environment, text, file);
  return foreign.length > 0
    ? `${file} also names ${foreign.join(", ")}, which the manifest does not: --drop-keys takes that out`
    : "the secrets file is encrypted to exactly whom the manifest names";
}

export const operation = defineOperation({
  name: "secret recipients apply",
  summary: "Encrypt an environment's secrets anew to whom the manifest names now",
  scope: "environment",
  input: z.object({
    "drop-keys": z.boolean().default(false).meta({
      description: "take out keys of key services and PGP that the manifest does not name under keys:",
    }),
  }),
  async plan(context, { "drop-keys": dropsKeys }) {
    const { app, environment } = context;
    const planned = await planRekey({ ...context, dropsKeys }, [], [environment.name]);
    const notes = planned.secrets.length > 0 ? [] : [whyNothing(app, environment)];
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
