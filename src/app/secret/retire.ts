/** `ringfence secret retire`: forgets former values whose overlap has ended, or those that are named. */
import * as z from "zod";
import { rotationErrors } from "../../rotation/index.ts";
import type { SecretPast } from "../../secrets/index.ts";
import { type Context, defineOperation } from "../definition.ts";
import { NOTHING_TO_WRITE, planValues } from "../rekeyed-secrets.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { assertKnown } from "./known.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

/** @throws SECRETS_UNKNOWN, ROTATION_NO_PREVIOUS */
function assertKept({ environment }: Context, secrets: SecretsState, name: string): void {
  assertKnown(secrets, environment, name, "retire");
  if (secrets.opened?.pasts.get(name)?.previous) return;
  throw rotationErrors.ROTATION_NO_PREVIOUS({
    what: `no former value of ${name} is kept in ${environment.name}`,
    where: secrets.file,
    fix: `ringfence secret status -e ${environment.name}`,
  });
}

/** Names of former values whose time is over. */
function endedNames({ app }: Context, { opened }: SecretsState): string[] {
  const now = app.clock.now();
  return [...(opened?.pasts ?? [])].flatMap(([name, { previous }]) =>
    previous && !(Date.parse(previous.until) > now) ? [name] : [],
  );
}

export const operation = defineOperation({
  name: "secret retire",
  summary: "Forget former values of rotated secrets whose overlap has ended, or those that are named",
  scope: "environment",
  input: z.object({
    names: z.string().optional().meta({
      position: 0,
      description: "whose former value, also before its time; several joined by commas",
    }),
  }),
  async plan(context, { names: joined }) {
    const { app, environment } = context;
    const secrets = readSecrets(app, environment);
    assertWritable(context, secrets);
    const told = joined?.split(",").flatMap((one) => one.trim() || []);
    const names = told ?? endedNames(context, secrets);
    for (const name of names) assertKept(context, secrets, name);
    const pasts = names.map((name): [string, SecretPast] => {
      const { previous: _previous, ...past } = secrets.opened?.pasts.get(name) ?? {};
      return [name, past];
    });
    const values = valuesOf(secrets.opened);
    const planned =
      names.length === 0 ? NOTHING_TO_WRITE : await planValues(context, secrets, values, new Map(pasts));
    const notes =
      names.length === 0
        ? ["no former value is to be retired"]
        : names.map((name) => `forget the former ${name}`);
    return {
      summary: `retire former values of ${environment.name}`,
      environment: environment.name,
      effects: notes,
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason: context.reason ?? "secret retire" })),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
