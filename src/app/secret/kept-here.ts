/** Secrets that another store keeps: no value in the secrets file silently counts in place of the reference. */
import { formatPlace } from "../../base/place.ts";
import { referencesErrors } from "../../references/index.ts";
import type { Context } from "../definition.ts";
import { referenceOf } from "../kept-secret.ts";
import { referencesOf } from "../reference-values.ts";
import type { SecretsState } from "../resolution.ts";

/** Lets a value pass that may stand in the secrets file. @throws REFERENCE_UNWRITABLE for a secret that another store keeps */
export function assertKeptHere(
  { app, environment }: Pick<Context, "app" | "environment">,
  name: string,
  value: string,
  secrets: SecretsState,
): void {
  const former = referenceOf(app, environment, name, secrets);
  if (!former || referencesOf(app.references, app.project, environment)(value)) return;
  throw referencesErrors.REFERENCE_UNWRITABLE({
    what: `${name} of ${environment.name} is kept at ${former.text}`,
    where: `${formatPlace(former.place)} ${name}`,
    why: "a value in the secrets file would count in its place, and the store's would be forgotten",
    fix: `printf %s "$VALUE" | ringfence secret push ${name} -e ${environment.name}   # or take the reference out of ${former.place.file} first`,
  });
}
