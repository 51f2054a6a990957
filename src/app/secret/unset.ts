/** `ringfence secret unset NAME`: takes a secret out of an environment's secrets file. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { planValues } from "../rekeyed-secrets.ts";
import { readSecrets } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { assertKnown } from "./known.ts";
import { assertNonePending } from "./pending-rotation.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

export const operation = defineOperation({
  name: "secret unset",
  summary: "Take a secret out of an environment's secrets file",
  scope: "environment",
  input: z.object({ name: z.string().meta({ position: 0, description: "the secret's name" }) }),
  async plan(context, { name }) {
    const { app, environment } = context;
    const secrets = readSecrets(app, environment);
    assertKnown(secrets, environment, name, "unset");
    assertWritable(context, secrets);
    await assertNonePending(context, secrets, [name]);
    const { [name]: _gone, ...values } = valuesOf(secrets.opened);
    const planned = await planValues(context, secrets, values);
    const isRequired = app.project.settings.some((one) => one.name === name);
    const notes = isRequired ? [`${name} is declared in ${app.project.manifest} still`] : [];
    return {
      summary: `take ${name} out of the secrets of ${environment.name}`,
      environment: environment.name,
      effects: [`take ${name} out of ${secrets.file}`, ...notes],
      facts: JSON.parse(
        JSON.stringify({ ...planned, notes, reason: context.reason ?? `secret unset ${name}` }),
      ),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
