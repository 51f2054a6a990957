/** A revocation from the record, held against the secrets as they are now. */
import type { ExposedSecret, RevocationView } from "../../contract/secrets.ts";
import type { OperationRecord } from "../../model/operation.ts";
import { environmentOf } from "../../model/project.ts";
import type { App } from "../app.ts";
import { stateOf } from "../exposed-secrets.ts";
import type { RevokeFacts } from "./revoke-plan.ts";

/** What the revoked one could read, and what of that has been rotated since. @throws what reading secrets throws */
export function revocationOf(app: App, { id, author, updatedAt, plan }: OperationRecord): RevocationView {
  const { who, exposed, history, secrets, sealed = [] } = plan.facts as unknown as RevokeFacts;
  const names = [...new Set(exposed.map(({ environment }) => environment))];
  const states = new Map(
    names.map((name) => {
      const environment = environmentOf(app.project, name);
      const rewritten = secrets.find((one) => one.environment === name)?.change;
      const previous = (rewritten ?? sealed.find((one) => one.environment === name))?.previous ?? null;
      return [name, environment && stateOf(app, environment, previous)] as const;
    }),
  );
  const withState = (one: Omit<ExposedSecret, "state">): ExposedSecret => {
    if (one.reference) return { ...one, state: "elsewhere" };
    return { ...one, state: states.get(one.environment)?.(one.name) ?? "gone" };
  };
  const stillOpen = sealed.filter(({ environment, identities }) =>
    environmentOf(app.project, environment)?.recipients.some((one) => identities.includes(one)),
  );
  return {
    who,
    at: updatedAt,
    by: author,
    operation: id,
    secrets: exposed.map(withState),
    history,
    sealed: stillOpen.map(({ environment, file, identities }) => ({ environment, file, identities })),
  };
}
