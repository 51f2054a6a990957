/** `ringfence rollback ENVIRONMENT`: back to the release that was verified there before, by the same rollout. */
import * as z from "zod";
import { defineOperation } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { rollbackGates } from "./gates.ts";
import { planRollout, type RolloutFacts, rolloutFailed } from "./plan.ts";
import { rolloutSteps, verifyRollout } from "./rollout.ts";

const LOOK_BACK = 50;

export const operation = defineOperation({
  name: "rollback",
  summary: "Go back to the release that was verified in the environment before",
  scope: "environment",
  environmentFlag: "position",
  input: z.object({}),
  async plan({ app, environment, actor, reason }) {
    const { history, quarantined } = await app.store.read(async ({ deployments }) => {
      const past = await deployments.history(environment.name, LOOK_BACK);
      const found = await Promise.all(
        past.map(async ({ version }) => ((await deployments.quarantine(version)) ? version : undefined)),
      );
      return { history: past, quarantined: new Set(found) };
    });
    const now = history[0];
    const back = history.find(({ version }) => version !== now?.version && !quarantined.has(version));
    if (!now || !back) {
      throw appErrors.APP_NOTHING_TO_ROLL_BACK({
        what: `${environment.name} has no earlier release to go back to`,
        where: `environment ${environment.name}`,
        why: now
          ? `${now.version} is the only one that ran there and is not in quarantine`
          : "nothing was released there",
        fix: `ringfence release list   # then: ringfence promote VERSION --to ${environment.name}`,
      });
    }
    const plan = await planRollout(app, environment, back.version);
    const leaves = {
      version: now.version,
      release: now.release,
      reason: reason ?? `rolled back by ${actor.name}`,
    };
    return {
      ...plan,
      summary: `roll ${environment.name} back from ${now.version} to ${back.version}`,
      effects: [...plan.effects, `put ${now.version} into quarantine: ${leaves.reason}`],
      facts: { ...(plan.facts as unknown as RolloutFacts), leaves } as never,
    };
  },
  gates: rollbackGates,
  steps: rolloutSteps,
  verify: verifyRollout,
  failed: rolloutFailed,
});
