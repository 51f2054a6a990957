/** The gates of promotions and rollbacks: facts gathered here, judged by the pipelines capability. */

import { resolve, settingsOfPhase } from "../../config/index.ts";
import type { Gate } from "../../model/gate.ts";
import type { OperationRecord, Plan } from "../../model/operation.ts";
import type { Environment } from "../../model/project.ts";
import type { Release } from "../../model/release.ts";
import { approvalsGate, quarantineGate, settingsGate, upstreamGate } from "../../pipelines/index.ts";
import { type App, checkerFor } from "../app.ts";
import type { Context } from "../definition.ts";
import { referencesOf } from "../reference-values.ts";
import { prepared, warnOfEarlier } from "../references.ts";
import { releaseConfiguration } from "../release-content.ts";
import { findRelease } from "../release-view.ts";
import { readSecrets, rememberSecrets } from "../resolution.ts";
import type { RolloutFacts } from "./plan.ts";

/** What a promotion gives a release its settings for. */
const RUNS = "run";

/**
 * The settings that the release would get when it runs, with the secrets as they are now: those of other stores are
 * asked for, and what can't be got is a finding.
 *
 * @throws REFERENCE_LEASED: a service outlives whoever could renew a credential; TRUST_REQUIRED
 */
export async function resolveRelease(app: App, release: Release, environment: Environment) {
  const { project, environment: declared, layers } = releaseConfiguration(app, release, environment);
  const secrets = readSecrets(app, environment);
  // Strictness, ports and people are today's; settings, layers and services are the release's.
  const inside = { ...declared, policies: environment.policies };
  const rules = await checkerFor(app, project);
  const { resolution, offline } = await prepared(
    app,
    inside,
    ({ references }) =>
      resolve({
        project,
        environment: inside,
        layers,
        secrets: secrets.entries,
        process: {},
        phase: RUNS,
        rules,
        references: referencesOf(references, project, inside),
      }),
    { phase: RUNS, project, lasting: true, report: true },
  );
  rememberSecrets(resolution);
  const settings = settingsOfPhase(resolution, RUNS);
  const sealed = settings.filter((setting) => setting.sealed).map(({ name }) => name);
  return { project, resolution, settings, sealed, secrets, offline };
}

async function settingsOf(context: Context, plan: Plan): Promise<Gate> {
  const { app, environment, warn } = context;
  const { version } = plan.facts as unknown as RolloutFacts;
  const release = await app.store.read((view) => findRelease(view, version));
  const { resolution, sealed, ...given } = await resolveRelease(app, release, environment);
  warnOfEarlier(warn, environment.name, given);
  return settingsGate(environment.name, resolution.findings, sealed);
}

export async function promotionGates(
  context: Context,
  plan: Plan,
  operation: OperationRecord,
): Promise<readonly Gate[]> {
  const { app, environment } = context;
  const { version, release } = plan.facts as unknown as RolloutFacts;
  const stored = await app.store.read(async (view) => ({
    verifications: await view.deployments.verifications(version),
    quarantine: await view.deployments.quarantine(version),
    approvals: await view.operations.approvals(operation.id),
  }));
  return [
    upstreamGate(app.project, environment, { version, digest: release }, stored.verifications),
    quarantineGate(version, stored.quarantine),
    await settingsOf(context, plan),
    approvalsGate({
      environment,
      operation: operation.id,
      plan,
      author: operation.author,
      approvals: stored.approvals,
      people: app.project.people,
    }),
  ];
}

/** Going back to what was verified here before needs no second person: it is what one does at night. */
export async function rollbackGates(context: Context, plan: Plan): Promise<readonly Gate[]> {
  return [await settingsOf(context, plan)];
}
