/** `ringfence secret status`: how old each secret is, which are to be replaced, and which former values still count. */
import * as z from "zod";
import { EXIT } from "../../base/error.ts";
import type { SecretAgeView, SecretStatusView } from "../../contract/rotation.ts";
import { needsAttention } from "../../rotation/index.ts";
import { defineQuery } from "../definition.ts";
import { agesIn } from "./age-view.ts";

/** Somebody has to do something now: replace it, retire the former value, or carry on what was interrupted. */
function isUrgent({ state, retirable, pending }: SecretAgeView): boolean {
  return needsAttention(state) || retirable || pending;
}

export const query = defineQuery({
  name: "secret status",
  summary: "Show how old secrets are; exit 3 when one is overdue, or may be and nobody knows",
  scope: "project",
  environmentFlag: "filter",
  input: z.object({}),
  async run({ app, named }): Promise<SecretStatusView> {
    const secrets = (named ? [named] : app.project.environments).flatMap((one) => agesIn(app, one));
    const at = new Date(app.clock.now()).toISOString();
    return { at, secrets, attention: secrets.filter(isUrgent).length };
  },
  exit: ({ attention }: SecretStatusView) => (attention === 0 ? EXIT.ok : EXIT.findings),
});
