/** `ringfence secret rollback NAME`: the former value of a secret counts again, by the same steps as a rotation. */
import * as z from "zod";
import { rotationErrors } from "../../rotation/index.ts";
import { defineOperation } from "../definition.ts";
import { readSecrets } from "../resolution.ts";
import { assertWritable, valuesOf } from "../secrets-change.ts";
import { assertKnown } from "./known.ts";
import { assertHere, declarationOf, planReplacing } from "./rotation-facts.ts";
import { requireRotationTrust } from "./rotation-programs.ts";
import { REPLACING } from "./rotation-steps.ts";

export const operation = defineOperation({
  name: "secret rollback",
  summary: "Go back to a secret's former value, as long as it is kept",
  scope: "environment",
  input: z.object({ name: z.string().meta({ position: 0, description: "the secret's name" }) }),
  async plan(context, { name }) {
    const { app, environment } = context;
    const secrets = readSecrets(app, environment);
    assertWritable(context, secrets);
    assertKnown(secrets, environment, name, "rollback");
    assertHere(context, secrets, { name, value: valuesOf(secrets.opened)[name]! }, "current");
    const declaration = declarationOf(context, name);
    requireRotationTrust(context, [declaration]);
    const previous = secrets.opened?.pasts.get(name)?.previous;
    if (!previous)
      throw rotationErrors.ROTATION_NO_PREVIOUS({
        what: `no former value of ${name} is kept in ${environment.name}`,
        where: secrets.file,
        why: "it was retired, or the manifest declares no overlap (rotate: { overlap: 1d })",
        fix: `ringfence secret rotate ${name} -e ${environment.name}`,
      });
    const { value, changedAt = "unknown" } = previous;
    return planReplacing(context, secrets, [{ name, declaration, value, changedAt }], "rollback");
  },
  ...REPLACING,
});
