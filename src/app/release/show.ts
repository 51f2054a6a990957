/** `ringfence release show VERSION`: one release, where it was verified and whether it is in quarantine. */
import * as z from "zod";
import { defineQuery } from "../definition.ts";
import { findRelease, releaseView } from "../release-view.ts";

export const query = defineQuery({
  name: "release show",
  summary: "Show one release: what it is made of, where it was verified",
  scope: "project",
  input: z.object({ version: z.string().meta({ position: 0, description: "the release's version" }) }),
  async run({ app }, { version }) {
    return app.store.read(async (view) => {
      const release = await findRelease(view, version);
      const verified = await view.deployments.verifications(version);
      const quarantine = await view.deployments.quarantine(version);
      return {
        ...releaseView(release),
        verified: verified.map(({ environment, at, operation }) => ({ environment, at, operation })),
        quarantine: quarantine ?? null,
      };
    });
  },
});
