/** `ringfence status`: what runs where, whether it is healthy, and on what evidence. */
import * as z from "zod";
import type { EnvironmentStatus, StatusView } from "../../contract/environment.ts";
import type { Environment } from "../../model/project.ts";
import type { TargetState } from "../../ports/target.ts";
import type { App } from "../app.ts";
import { defineQuery } from "../definition.ts";

function health(
  environment: string,
  state: TargetState | undefined,
  expected: string | null,
): Pick<EnvironmentStatus, "healthy" | "evidence"> {
  if (!state?.routed) {
    if (expected === null) return { healthy: null, evidence: ["nothing was released here"] };
    const again = `ringfence promote ${expected} --to ${environment}`;
    return { healthy: false, evidence: [`nothing serves; to start it again: ${again}`] };
  }
  const serving = state.sets.find(({ name }) => name === state.routed);
  if (!serving) return { healthy: false, evidence: ["the set that should serve is gone"] };
  const evidence = serving.services.map(
    ({ service, state: at, evidence: seen }) => `${service}: ${at} (${seen})`,
  );
  const other =
    serving.version === expected ? [] : [`${serving.version} serves, the record says ${expected}`];
  const ready = serving.services.every(({ state: at }) => at === "ready");
  return { healthy: ready && other.length === 0, evidence: [...other, ...evidence] };
}

async function statusOf(app: App, environment: Environment): Promise<EnvironmentStatus> {
  const { name, kind } = environment;
  const { current, busy } = await app.store.read(async (view) => ({
    current: await view.deployments.current(name),
    busy: (await view.operations.list({ environment: name, state: "running", limit: 1 }))[0],
  }));
  const state = await app.target(environment).state();
  const release = current?.version ?? null;
  return {
    name,
    kind,
    release,
    ...health(name, state, release),
    addresses: state?.addresses ?? {},
    operation: busy ? `${busy.id} ${busy.plan.summary} by ${busy.author}` : null,
  };
}

export const query = defineQuery({
  name: "status",
  summary: "Show what runs where and whether it is healthy",
  scope: "project",
  input: z.object({}),
  async run({ app }): Promise<StatusView> {
    const environments = await Promise.all(
      app.project.environments.map((environment) => statusOf(app, environment)),
    );
    return { environments };
  },
});
