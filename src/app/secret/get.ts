/** `ringfence secret get NAME`: one secret's value, recorded before it is shown. */
import * as z from "zod";
import { nearest } from "../../base/nearest.ts";
import { secretsErrors } from "../../secrets/index.ts";
import { defineQuery } from "../definition.ts";
import { noIdentity } from "../identities.ts";
import { readSecrets } from "../resolution.ts";

export const query = defineQuery({
  name: "secret get",
  summary: "Print one secret's value; the reading is recorded first",
  scope: "environment",
  explicit: true,
  input: z.object({ name: z.string().meta({ position: 0, description: "the secret's name" }) }),
  async run({ app, actor, environment, reason }, { name }) {
    const secrets = readSecrets(app, environment);
    const entry = secrets.entries.find((candidate) => candidate.name === name);
    if (!entry) {
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
    if (entry.value === undefined) {
      throw noIdentity(app, environment, { what: `${name} can't be opened here`, file: secrets.file });
    }
    await app.record.transact((_transaction, record) =>
      record({
        actor: actor.name,
        action: "secret.read",
        subject: name,
        environment: environment.name,
        reason,
      }),
    );
    return { environment: environment.name, name, value: entry.value };
  },
});
