/** The steps of a blue-green rollout on a target. What each sight means is judged by the rollouts capability. */
import type { Json } from "../../base/canonical-json.ts";
import { assertUsable, shapesOf } from "../../config/index.ts";
import type { Plan } from "../../model/operation.ts";
import type { InstanceSet, ProbeResult, ServiceInstance, SetState, Target } from "../../ports/target.ts";
import { type Judgement, judgeObservation, judgeReadiness, judgeSmoke } from "../../rollouts/index.ts";
import { failureVariables } from "../../snapshot/failure-variables.ts";
import { shapesVariable } from "../../snapshot/setting-shapes.ts";
import type { Context, Step, StepContext } from "../definition.ts";
import { appErrors } from "../errors.ts";
import { findRelease } from "../release-view.ts";
import { resolveRelease } from "./gates.ts";
import type { RolloutFacts } from "./plan.ts";

/** How long a new set may take until it is ready. */
const READY_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** How long requests in flight may take to end on the old set. */
const DRAIN_WITHIN_MS = 15_000;

/** The same when an operation is resumed, another for every operation. */
function setName(version: string, operation: string): string {
  return `${version}-${operation.slice(-6)}`;
}

function setOf({ version }: RolloutFacts, { operation }: StepContext): string {
  return setName(version, operation);
}

function rolloutFailure(facts: RolloutFacts, environment: string, phase: string, judgement: Judgement) {
  return appErrors.APP_ROLLOUT_FAILED({
    what: `${facts.version} failed ${phase} in ${environment}`,
    where: `environment ${environment}`,
    why: judgement.evidence.join("\n"),
    fix: `mend it and release the next version; ${facts.version} is in quarantine (ringfence release show ${facts.version})`,
    details: { phase, verdict: judgement.verdict, evidence: judgement.evidence },
  });
}

/** The instances of a release with the settings and secrets of now; refused when they are not what was planned. */
async function instancesOf(context: Context, facts: RolloutFacts, operation: string): Promise<InstanceSet> {
  const { app, environment } = context;
  const release = await app.store.read((view) => findRelease(view, facts.version));
  const { project, resolution, settings, secrets } = await resolveRelease(app, release, environment);
  if (secrets.digest !== facts.secrets) {
    throw appErrors.OPERATION_PLAN_CHANGED({
      what: `${secrets.file} changed after the plan was made`,
      where: secrets.file,
      why: "what runs must be what was planned",
      fix: `ringfence promote ${facts.version} --to ${environment.name}`,
    });
  }
  assertUsable(resolution);
  const variables = Object.fromEntries(settings.map(({ name, text }) => [name, text]));
  const told = {
    ...shapesVariable(shapesOf(project, environment, new Set(Object.keys(variables)))),
    ...failureVariables(environment.policies),
  };
  const secretNames = settings.filter(({ secret }) => secret).map(({ name }) => name);
  const services = await Promise.all(
    release.artifacts.map(
      async (artifact): Promise<ServiceInstance> => ({
        name: artifact.service,
        folder: await app.artifacts.open(artifact),
        start: artifact.start,
        port: environment.ports[artifact.service],
        health: project.services.find(({ name }) => name === artifact.service)?.health,
        environment: { ...variables, ...told, [app.project.detect.variable]: environment.name },
        secretNames,
      }),
    ),
  );
  return { name: setName(facts.version, operation), version: facts.version, services };
}

async function untilReady(
  context: Context,
  target: Target,
  facts: RolloutFacts,
  set: string,
  signal: AbortSignal,
): Promise<Json> {
  const { clock } = context.app;
  const until = clock.now() + READY_WITHIN_MS;
  for (;;) {
    const judgement = judgeReadiness((await target.inspect(set))?.services);
    if (judgement.verdict === "healthy") return { ...judgement };
    if (judgement.verdict === "failed" || clock.now() >= until) {
      throw rolloutFailure(facts, context.environment.name, "to become ready", judgement);
    }
    await clock.wait(LOOK_EVERY_MS, signal);
  }
}

function probeAll(target: Target, facts: RolloutFacts, set: string): Promise<ProbeResult[]> {
  return Promise.all(facts.smoke.map(({ service, path }) => target.probe(set, service, path)));
}

async function smoke(context: Context, target: Target, facts: RolloutFacts, set: string): Promise<Json> {
  const judgement = judgeSmoke(await probeAll(target, facts, set));
  if (judgement.verdict !== "healthy")
    throw rolloutFailure(facts, context.environment.name, "its smoke requests", judgement);
  return { ...judgement };
}

async function observe(
  context: Context,
  target: Target,
  facts: RolloutFacts,
  set: string,
  signal: AbortSignal,
): Promise<Json> {
  const { clock } = context.app;
  const until = clock.now() + context.environment.policies.observeMs;
  const probes: ProbeResult[] = [];
  for (;;) {
    probes.push(...(await probeAll(target, facts, set)));
    const instances = (await target.inspect(set))?.services ?? [];
    const judgement = judgeObservation({ instances, traffic: await target.traffic(set), probes });
    if (judgement.verdict === "failed")
      throw rolloutFailure(facts, context.environment.name, "under traffic", judgement);
    if (clock.now() >= until) {
      if (judgement.verdict === "healthy") return { ...judgement };
      throw rolloutFailure(facts, context.environment.name, "under traffic", judgement);
    }
    await clock.wait(LOOK_EVERY_MS, signal);
  }
}

/** The old set's name as far as the target still runs it. */
async function oldSet(target: Target, facts: RolloutFacts): Promise<SetState | undefined> {
  return facts.from ? target.inspect(facts.from.set) : undefined;
}

/** claim → start → ready → smoke → switch → observe → settle (the pivot) → retire. */
export function rolloutSteps(context: Context, plan: Plan): readonly Step[] {
  const facts = plan.facts as unknown as RolloutFacts;
  const target = context.app.target(context.environment);
  return [
    ...startSteps(context, target, facts),
    ...switchSteps(context, target, facts),
    settleStep(context, target, facts),
    retireStep(target, facts),
  ];
}

function startSteps(context: Context, target: Target, facts: RolloutFacts): Step[] {
  const { environment } = context;
  return [
    {
      key: "claim",
      title: `take ${environment.name}`,
      async run({ fence }) {
        await target.claim(fence);
        return target.describe();
      },
    },
    {
      key: "start",
      title: `start ${facts.version}`,
      async run({ fence, operation }) {
        const set = await instancesOf(context, facts, operation);
        await target.start(fence, set);
        return { set: set.name };
      },
      async undo(step) {
        await target.retire(step.fence, setOf(facts, step), DRAIN_WITHIN_MS);
      },
    },
    {
      key: "ready",
      title: "wait until it is ready",
      run: (step) => untilReady(context, target, facts, setOf(facts, step), step.signal),
    },
    {
      key: "smoke",
      title: "send smoke requests",
      run: (step) => smoke(context, target, facts, setOf(facts, step)),
    },
  ];
}

function switchSteps(context: Context, target: Target, facts: RolloutFacts): Step[] {
  return [
    {
      key: "switch",
      title: `switch traffic to ${facts.version}`,
      async run(step) {
        const old = await oldSet(target, facts);
        await target.route(step.fence, setOf(facts, step), old?.name);
        return { from: old?.name ?? null, to: setOf(facts, step) };
      },
      async undo(step) {
        const old = await oldSet(target, facts);
        await target.route(step.fence, old?.name ?? null);
      },
    },
    {
      key: "observe",
      title: "watch it under traffic",
      run: (step) => observe(context, target, facts, setOf(facts, step), step.signal),
    },
  ];
}

function retireStep(target: Target, facts: RolloutFacts): Step {
  return {
    key: "retire",
    title: facts.from ? `drain and stop ${facts.from.version}` : "no older release to stop",
    async run({ fence }) {
      const old = await oldSet(target, facts);
      if (old) await target.retire(fence, old.name, DRAIN_WITHIN_MS);
      return { stopped: old?.name ?? null };
    },
  };
}

function settleStep({ environment }: Context, target: Target, facts: RolloutFacts): Step {
  return {
    key: "settle",
    title: `${facts.version} serves ${environment.name}`,
    pivot: true,
    async run(step) {
      await target.route(step.fence, setOf(facts, step));
      return { serves: facts.version };
    },
    async commit({ deployments }, { id, updatedAt }) {
      const { version, release, revision, leaves } = facts;
      const base = { environment: environment.name, version, release, operation: id, at: updatedAt };
      await deployments.add({ ...base, revision, set: setName(version, id) });
      await deployments.verify(base);
      if (leaves) await deployments.putQuarantine({ ...base, ...leaves });
    },
  };
}

/** Exactly the planned release serves, and it is ready. */
export async function verifyRollout({ app, environment }: Context, plan: Plan): Promise<Json> {
  const facts = plan.facts as unknown as RolloutFacts;
  const state = await app.target(environment).state();
  const serving = state?.sets.find(({ name }) => name === state.routed);
  const judgement = judgeReadiness(serving?.services);
  if (serving?.version === facts.version && judgement.verdict === "healthy")
    return { serves: serving.version, ...judgement };
  throw appErrors.APP_ROLLOUT_FAILED({
    what: `${environment.name} should serve ${facts.version}, but serves ${serving?.version ?? "nothing"}`,
    where: `environment ${environment.name}`,
    why: judgement.evidence.join("\n"),
    fix: "ringfence status",
  });
}
