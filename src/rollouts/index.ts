/**
 * Verdicts on a set that is being rolled out. Three of them: healthy, failed, unknown; unknown never counts
 * as good. Pure: the application looks at the target and asks here what it means.
 *
 * A blue-green rollout: claim → start beside what runs → wait until ready → smoke → switch, guarded by the old
 * set → observe → settle (no way back) → retire the old set. A failure before settling goes the same way back.
 */
import type { InstanceHealth, ProbeResult, Traffic } from "../ports/target.ts";

export type Verdict = "healthy" | "failed" | "unknown";

export interface Judgement {
  readonly verdict: Verdict;
  /** What it rests on, one line each. */
  readonly evidence: readonly string[];
}

/** An instance that was restarted this often while it should become ready will not become ready. */
const RESTARTS_TOLERATED = 1;
/** This many failed answers, and this share of all, is more than a stray. */
const FAILURES_TOLERATED = 2;
const FAILURE_SHARE_TOLERATED = 0.01;
/** Failed probes in a row of looks that condemn a set. */
const PROBE_FAILURES_TOLERATED = 1;

function line(instance: InstanceHealth): string {
  const restarts = instance.restarts > 0 ? `, restarted ${instance.restarts} times` : "";
  return `${instance.service}: ${instance.state}${restarts} (${instance.evidence})`;
}

/** Is a set that was just started ready? Unknown while it still may become so. */
export function judgeReadiness(instances: readonly InstanceHealth[] | undefined): Judgement {
  if (!instances || instances.length === 0)
    return { verdict: "unknown", evidence: ["the target knows no such set"] };
  const evidence = instances.map(line);
  const broken = instances.filter(({ restarts }) => restarts > RESTARTS_TOLERATED);
  if (broken.length > 0) return { verdict: "failed", evidence: broken.map(line) };
  const ready = instances.every(({ state }) => state === "ready");
  return { verdict: ready ? "healthy" : "unknown", evidence };
}

/** Did the smoke requests answer below 400? */
export function judgeSmoke(probes: readonly ProbeResult[]): Judgement {
  const evidence = probes.map((probe) => `${probe.service}: ${probe.evidence}`);
  const failed = probes.some(({ status }) => status === 0 || status >= 400);
  return { verdict: failed ? "failed" : "healthy", evidence };
}

/** What was seen of a set between the switch and now. */
export interface Observation {
  readonly instances: readonly InstanceHealth[];
  readonly traffic: readonly Traffic[];
  /** All probes since the switch. */
  readonly probes: readonly ProbeResult[];
}

function trafficLine({ service, requests, failures, rescued }: Traffic): string {
  if (failures === 0) return `${service}: ${requests} requests, none failed`;
  return `${service}: ${failures} of ${requests} requests failed; the old set answered ${rescued} of them instead`;
}

/** Is the set healthy under traffic? Real requests, synthetic ones and the processes are looked at together. */
export function judgeObservation(seen: Observation): Judgement {
  const unwell = seen.instances.filter(
    ({ state, restarts }) => state !== "ready" || restarts > RESTARTS_TOLERATED,
  );
  if (unwell.length > 0) {
    const failures = seen.traffic.filter((one) => one.failures > 0);
    return { verdict: "failed", evidence: [...failures.map(trafficLine), ...unwell.map(line)] };
  }
  const failing = seen.traffic.filter(
    ({ requests, failures }) =>
      failures > FAILURES_TOLERATED && failures / requests > FAILURE_SHARE_TOLERATED,
  );
  const failedProbes = seen.probes.filter(({ status }) => status === 0 || status >= 500);
  if (failing.length > 0 || failedProbes.length > PROBE_FAILURES_TOLERATED) {
    const probes = failedProbes
      .slice(-1)
      .map(
        (probe) =>
          `${probe.service}: ${probe.evidence} (${failedProbes.length} of ${seen.probes.length} probes)`,
      );
    return { verdict: "failed", evidence: [...failing.map(trafficLine), ...probes] };
  }
  if (seen.instances.length === 0) return { verdict: "unknown", evidence: ["nothing was seen of the set"] };
  const probed =
    seen.probes.length > 0 ? [`${seen.probes.length} probes, ${failedProbes.length} failed`] : [];
  return { verdict: "healthy", evidence: [...seen.traffic.map(trafficLine), ...probed] };
}
