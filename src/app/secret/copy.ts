/**
 * `ringfence secret copy NAME --from ENV`: gives an environment a secret that another has. Two environments then share a
 * credential, which is what Ringfence is there to prevent: so only with a reason, which the record keeps.
 */
import * as z from "zod";
import { authorise } from "../../access/index.ts";
import { nearest } from "../../base/nearest.ts";
import { type Environment, environmentOf } from "../../model/project.ts";
import type { SecretPast } from "../../secrets/index.ts";
import { reasonOf } from "../config/reason.ts";
import { type Context, defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { noIdentity } from "../identities.ts";
import { planValues } from "../rekeyed-secrets.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { assertKeptHere } from "./kept-here.ts";
import { assertKnown } from "./known.ts";
import { assertNonePending } from "./pending-rotation.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

/** @throws APP_BAD_INPUT for no other environment of the project */
function otherEnvironment({ app, environment }: Context, name: string): Environment {
  const others = app.project.environments.filter((one) => one.name !== environment.name);
  const other = environmentOf(app.project, name);
  if (other && other.name !== environment.name) return other;
  const names = others.map((one) => one.name);
  throw appErrors.APP_BAD_INPUT({
    what: other ? `${name} is where it would be copied to` : `${name} is no environment of this project`,
    where: "--from",
    why: `others are ${names.join(", ")}`,
    fix: `ringfence secret copy NAME --from ${nearest(name, names) ?? names[0] ?? name} -e ${environment.name}`,
  });
}

/** The values of the names there, and since when they are there. @throws SECRETS_UNKNOWN, SECRETS_NO_IDENTITY */
function valuesFrom({ app, actor }: Context, from: Environment, names: readonly string[]) {
  authorise(app.project, actor.person, from);
  const secrets = readSecrets(app, from);
  for (const name of names) assertKnown(secrets, from, name, "get");
  if (!secrets.opened)
    throw noIdentity(app, from, { what: `${secrets.file} can't be opened here`, file: secrets.file });
  const values = valuesOf(secrets.opened);
  return {
    values: Object.fromEntries(names.map((name) => [name, values[name]!])),
    since: new Map(names.map((name) => [name, secrets.opened?.pasts.get(name)?.changedAt])),
  };
}

/** What is kept beside them where they go to: a copy is as old as what it was made from; a former value stays. */
function pastsWith(
  { opened }: SecretsState,
  since: ReadonlyMap<string, string | undefined>,
): Map<string, SecretPast> {
  return new Map(
    [...since].map(([name, changedAt]) => {
      const { changedAt: _before, ...kept } = opened?.pasts.get(name) ?? {};
      return [name, changedAt === undefined ? kept : { ...kept, changedAt }];
    }),
  );
}

export const operation = defineOperation({
  name: "secret copy",
  summary: "Copy secrets from another environment; the two then share a credential, so it needs a reason",
  scope: "environment",
  input: z.object({
    names: z.string().meta({ position: 0, description: "the secret's name; several joined by commas" }),
    from: z.string().meta({ description: "the environment that has it" }),
  }),
  async plan(context, { names: joined, from: name }) {
    const { app, environment } = context;
    const from = otherEnvironment(context, name);
    const names = joined.split(",").map((one) => one.trim());
    const command = `secret copy ${joined} --from ${name}`;
    const reason = reasonOf(
      context,
      `a secret of ${name} is copied to ${environment.name} only with a reason`,
      command,
    );
    const secrets = readSecrets(app, environment);
    assertWritable(context, secrets);
    const copied = valuesFrom(context, from, names);
    for (const one of names) assertKeptHere(context, one, copied.values[one]!, secrets);
    await assertNonePending(context, secrets, names);
    const values = { ...valuesOf(secrets.opened), ...copied.values };
    const planned = await planValues(context, secrets, values, pastsWith(secrets, copied.since));
    const notes = [
      `${names.join(", ")}: ${from.name} and ${environment.name} share a credential now; a proof of isolation names each as a contamination`,
    ];
    return {
      summary: `copy ${names.join(", ")} from ${from.name} to ${environment.name}`,
      environment: environment.name,
      effects: [`write ${names.join(", ")} into ${secrets.file}`, ...notes],
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason })),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
