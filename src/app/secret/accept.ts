/**
 * `ringfence secret accept`: an older secrets file, as an older branch has it, counts again, or that there is none. It is written anew as the
 * newest revision, so that every machine takes it and none has to forget what it has seen.
 */
import * as z from "zod";
import { accessErrors } from "../../access/index.ts";
import { highestRevision } from "../../snapshot/home.ts";
import { reasonOf } from "../config/reason.ts";
import { type Context, defineOperation } from "../definition.ts";
import { noIdentity } from "../identities.ts";
import { NOTHING_TO_WRITE, planValues } from "../rekeyed-secrets.ts";
import { readSecrets, type SecretsState } from "../resolution.ts";
import { valuesOf } from "../secrets-change.ts";
import { REKEYING, rekeyAnswer } from "./rekey.ts";

const DEFAULT_ROLE = "owner";

/** In a production kind revoked values may return with it, so an owner decides. @throws ACCESS_DENIED */
function assertOwner({ actor, environment, app }: Context): void {
  const { production, approverRole = DEFAULT_ROLE } = environment.policies;
  if (!production || actor.person?.roles.includes(approverRole)) return;
  throw accessErrors.ACCESS_DENIED({
    what: `${actor.name} may not accept older secrets of ${environment.name}`,
    where: app.project.manifest,
    why: `that takes the role ${approverRole}: values that were changed or revoked return with them`,
    fix: `ringfence secret accept -e ${environment.name} --reason "<why>" --as SOMEBODY_WITH_THE_ROLE`,
  });
}

/** @param seen the highest revision that is known here */
function effectOf({ opened, file }: SecretsState, seen: number): string {
  const names = opened?.values.map(({ name }) => name).join(", ");
  const content = opened ? `what revision ${opened.binding.revision} holds: ${names}` : "no secret in it";
  return `write ${file} anew at revision ${seen + 1}, with ${content}`;
}

export const operation = defineOperation({
  name: "secret accept",
  summary: "Let an older secrets file count again, as after going back to an older branch; needs a reason",
  scope: "environment",
  input: z.object({}),
  async plan(context) {
    const { app, environment } = context;
    const reason = reasonOf(context, "an older secrets file is accepted only with a reason", "secret accept");
    assertOwner(context);
    const secrets = readSecrets(app, environment, { replayed: true });
    const { opened, file, text } = secrets;
    if (!opened && text !== undefined)
      throw noIdentity(app, environment, { what: `${file} can't be opened here`, file });
    const revision = opened?.binding.revision ?? 0;
    const seen = highestRevision(app.home, app.project.name, environment.name);
    const isOlder = revision < seen;
    const planned = isOlder ? await planValues(context, secrets, valuesOf(opened)) : NOTHING_TO_WRITE;
    const notes = isOlder ? [] : [`${file} is at revision ${revision}; nothing newer was seen here`];
    return {
      summary: opened
        ? `accept revision ${revision} of the secrets of ${environment.name}`
        : `accept that ${environment.name} has no secrets any more`,
      environment: environment.name,
      effects: isOlder ? [effectOf(secrets, seen)] : notes,
      facts: JSON.parse(JSON.stringify({ ...planned, notes, reason })),
    };
  },
  ...REKEYING,
  answer: async (_context, record) => rekeyAnswer(record),
});
