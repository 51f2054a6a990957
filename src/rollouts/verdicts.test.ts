import { expect, test } from "vitest";
import type { InstanceHealth, ProbeResult, Traffic } from "../ports/target.ts";
import { judgeObservation, judgeReadiness, judgeSmoke } from "./index.ts";

const instance = (state: InstanceHealth["state"], restarts = 0): InstanceHealth => ({
  service: "api",
  state,
  restarts,
  pid: 1,
  evidence: "seen",
});
const traffic = (requests: number, failures: number): Traffic => ({
  service: "api",
  requests,
  failures,
  rescued: failures,
  inFlight: 0,
});
const probe = (status: number): ProbeResult => ({
  service: "api",
  path: "/",
  status,
  milliseconds: 1,
  evidence: `GET / → ${status}`,
});

test.each([
  ["nothing known", undefined, "unknown"],
  ["no services", [], "unknown"],
  ["starting", [instance("starting")], "unknown"],
  ["not ready", [instance("unready")], "unknown"],
  ["one of two ready", [instance("ready"), instance("starting")], "unknown"],
  ["exited once", [instance("exited")], "unknown"],
  ["crash loop", [instance("starting", 2)], "failed"],
  ["ready", [instance("ready"), instance("ready")], "healthy"],
] as const)("readiness: %s", (_name, instances, verdict) => {
  expect(judgeReadiness(instances).verdict).toBe(verdict);
});

test.each([
  ["below 400", [200, 302], "healthy"],
  ["client error", [200, 404], "failed"],
  ["server error", [500], "failed"],
  ["no answer", [0], "failed"],
] as const)("smoke: %s", (_name, statuses, verdict) => {
  expect(judgeSmoke(statuses.map(probe)).verdict).toBe(verdict);
});

test.each([
  ["quiet and well", [instance("ready")], [traffic(0, 0)], [], "healthy"],
  ["busy and well", [instance("ready")], [traffic(1_000, 0)], [200, 200], "healthy"],
  ["a stray failure", [instance("ready")], [traffic(1_000, 2)], [], "healthy"],
  ["many failures, tiny share", [instance("ready")], [traffic(100_000, 20)], [], "healthy"],
  ["failing", [instance("ready")], [traffic(100, 5)], [], "failed"],
  ["failing only probes", [instance("ready")], [traffic(0, 0)], [500, 500], "failed"],
  ["one probe lost", [instance("ready")], [traffic(0, 0)], [500, 200], "healthy"],
  ["exited", [instance("exited")], [traffic(10, 0)], [], "failed"],
  ["nothing seen", [], [], [], "unknown"],
] as const)("observation: %s", (_name, instances, seen, statuses, verdict) => {
  const judgement = judgeObservation({ instances, traffic: seen, probes: statuses.map(probe) });
  expect(judgement.verdict).toBe(verdict);
  expect(judgement.evidence.length).toBeGreaterThan(0);
});
