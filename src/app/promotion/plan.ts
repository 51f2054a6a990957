/** The plan of a rollout: what an approval binds to. */
import type { Digest } from "../../base/digest.ts";
import { shortDigest } from "../../base/digest.ts";
import type { OperationRecord } from "../../model/operation.ts";
import type { Environment } from "../../model/project.ts";
import type { StoreTransaction } from "../../ports/store/store.ts";
import type { App } from "../app.ts";
import type { PlanDraft } from "../definition.ts";
import { releaseConfiguration } from "../release-content.ts";
import { findRelease } from "../release-view.ts";
import { readSecrets } from "../resolution.ts";

export interface RolloutFacts {
  readonly version: string;
  readonly release: Digest;
  /** What serves now. */
  readonly from: { readonly version: string; readonly set: string } | null;
  /** The configuration as the release carries it. */
  readonly revision: Digest;
  /** The secrets file as it is now; null when there is none. */
  readonly secrets: Digest | null;
  readonly services: readonly string[];
  /** Requests that the new set must answer, by service. */
  readonly smoke: readonly { readonly service: string; readonly path: string }[];
  readonly ports: Readonly<Record<string, number>>;
  /** A rollback puts what it leaves into quarantine. */
  readonly leaves?: { readonly version: string; readonly release: Digest; readonly reason: string };
}

/** @throws APP_RELEASE_UNKNOWN, APP_RELEASE_UNPROMOTABLE, RELEASE_DAMAGED, SECRETS_… */
export async function planRollout(app: App, environment: Environment, version: string): Promise<PlanDraft> {
  const { release, current } = await app.store.read(async (view) => ({
    release: await findRelease(view, version),
    current: await view.deployments.current(environment.name),
  }));
  const { project, revision } = releaseConfiguration(app, release, environment);
  const target = app.target(environment);
  const services = project.services.map(({ name }) => name);
  const facts: RolloutFacts = {
    version,
    release: release.digest,
    from: current ? { version: current.version, set: current.set } : null,
    revision: revision.revision,
    secrets: readSecrets(app, environment).digest,
    services,
    smoke: project.services.flatMap(({ name, smoke }) => smoke.map((path) => ({ service: name, path }))),
    ports: environment.ports,
  };
  const from = current ? `beside ${current.version}` : "where nothing runs yet";
  return {
    summary: `promote ${version} to ${environment.name}`,
    environment: environment.name,
    effects: [
      `start ${services.join(", ")} of ${version} (${shortDigest(release.digest)}) ${from}`,
      `with configuration ${shortDigest(revision.revision)} and secrets ${facts.secrets ? shortDigest(facts.secrets) : "none"}`,
      "switch traffic when the new set is ready and its smoke requests answer",
      current
        ? `watch it for ${environment.policies.observeMs / 1_000} s; ${current.version} takes over again if it fails`
        : `watch it for ${environment.policies.observeMs / 1_000} s`,
      ...(current ? [`stop ${current.version}`] : []),
      ...target.limits.map((limit) => `note: ${limit}`),
    ],
    facts: { ...facts } as never,
  };
}

/** A release whose rollout failed by its own fault goes into quarantine, in the transaction that records the failure. */
export async function rolloutFailed(
  { deployments }: StoreTransaction,
  operation: OperationRecord,
): Promise<void> {
  const error = (operation.error as { error?: { code?: string; what?: string; why?: string } } | null)?.error;
  if (error?.code !== "APP_ROLLOUT_FAILED") return;
  const { version, release } = operation.plan.facts as unknown as RolloutFacts;
  await deployments.putQuarantine({
    version,
    release,
    environment: operation.environment!,
    operation: operation.id,
    reason: [error.what, error.why].filter(Boolean).join(": "),
    at: operation.updatedAt,
  });
}
