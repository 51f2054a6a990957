/** `ringfence secret get NAME`: one secret's value, recorded before it is shown. */
import * as z from "zod";
import { nearest } from "../../base/nearest.ts";
import { secretsErrors } from "../../secrets/index.ts";
import type { App } from "../app.ts";
import { type Context, defineQuery } from "../definition.ts";
import { noIdentity } from "../identities.ts";
import { referencesOf } from "../reference-values.ts";
import { prepared, warnOfEarlier } from "../references.ts";
import { configure, readSecrets } from "../resolution.ts";
import { takeOverSpools } from "../spool.ts";

/** The value of a secret that another store keeps; undefined where none does. */
async function valueElsewhere(
  { app, environment, warn }: Context,
  name: string,
): Promise<string | undefined> {
  const resolveIn = (inside: App) => configure(inside, environment, { variables: {} });
  const given = await prepared(app, environment, resolveIn, { only: [name] });
  warnOfEarlier(warn, environment.name, given);
  const setting = given.resolution.settings.get(name);
  const isElsewhere = setting?.history.some(({ wins, reference }) => wins && reference !== undefined);
  return isElsewhere && !setting?.sealed ? setting?.text : undefined;
}

export const query = defineQuery({
  name: "secret get",
  summary: "Print one secret's value; the reading is recorded first",
  scope: "environment",
  explicit: true,
  input: z.object({ name: z.string().meta({ position: 0, description: "the secret's name" }) }),
  async run(context, { name }) {
    const { app, actor, environment, reason } = context;
    const secrets = readSecrets(app, environment);
    const entry = secrets.entries.find((candidate) => candidate.name === name);
    const isValue =
      entry?.value !== undefined && !referencesOf(app.references, app.project, environment)(entry.value);
    const referred = isValue ? undefined : await valueElsewhere(context, name);
    if (!entry && referred === undefined) {
      const near = nearest(
        name,
        secrets.entries.map((candidate) => candidate.name),
      );
      throw secretsErrors.SECRETS_UNKNOWN({
        what: `${environment.name} has no secret ${name}`,
        where: secrets.file,
        fix: near
          ? `ringfence secret get ${near} -e ${environment.name}`
          : `ringfence secret set ${name} -e ${environment.name}`,
      });
    }
    const value = referred ?? entry?.value;
    if (value === undefined) {
      throw noIdentity(app, environment, { what: `${name} can't be opened here`, file: secrets.file });
    }
    // In the record the opening stands before what it was for.
    await takeOverSpools(app);
    await app.record.transact((_transaction, record) =>
      record({
        actor: actor.name,
        action: "secret.read",
        subject: name,
        environment: environment.name,
        reason,
      }),
    );
    return { environment: environment.name, name, value };
  },
});
