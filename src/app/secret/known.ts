/** The error for a secret that an environment does not have, with the name that was perhaps meant. */
import { nearest } from "../../base/nearest.ts";
import type { Environment } from "../../model/project.ts";
import { secretsErrors } from "../../secrets/index.ts";
import type { SecretsState } from "../resolution.ts";

/** @param verb of the command, for the fix @throws SECRETS_UNKNOWN */
export function assertKnown(
  { entries, opened, file }: SecretsState,
  environment: Environment,
  name: string,
  verb: string,
): void {
  // Among the entries are former values, which stand under no name of their own in the file.
  const names = (opened?.values ?? entries).map((entry) => entry.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const [why, fix] = near
    ? [`did you mean ${near}?`, `ringfence secret ${verb} ${near}`]
    : verb === "rotate"
      ? ["there is no value yet that could be replaced", `printf %s "$VALUE" | ringfence secret set ${name}`]
      : [undefined, "ringfence secret list"];
  throw secretsErrors.SECRETS_UNKNOWN({
    what: `${environment.name} has no secret ${name}`,
    where: file,
    why,
    fix: `${fix} -e ${environment.name}`,
  });
}
