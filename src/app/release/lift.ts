/** `ringfence release lift VERSION`: takes a release out of quarantine, with a reason. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { findRelease } from "../release-view.ts";

export const operation = defineOperation({
  name: "release lift",
  summary: "Take a failed release out of quarantine; needs --reason",
  scope: "project",
  input: z.object({ version: z.string().meta({ position: 0, description: "the release's version" }) }),
  async plan({ app, reason }, { version }) {
    if (!reason) {
      throw appErrors.APP_BAD_INPUT({
        what: "a quarantine is lifted only with a reason",
        why: "whoever looks at the record must see why it may run again",
        fix: `ringfence release lift ${version} --reason "<why>"`,
      });
    }
    const quarantine = await app.store.read(async (view) => {
      await findRelease(view, version);
      return view.deployments.quarantine(version);
    });
    if (!quarantine) {
      throw appErrors.APP_NOT_QUARANTINED({
        what: `${version} is in no quarantine`,
        fix: `ringfence release show ${version}`,
      });
    }
    return {
      summary: `lift the quarantine of ${version}`,
      environment: null,
      effects: [
        `${version} may be promoted again; it failed in ${quarantine.environment}: ${quarantine.reason}`,
      ],
      facts: { version, failed: quarantine.operation, reason },
    };
  },
  steps: (_context, plan) => [
    {
      key: "lift",
      title: "lift the quarantine",
      commit: ({ deployments }) => deployments.liftQuarantine((plan.facts as { version: string }).version),
    },
  ],
});
