/** Two processes that want the same environment: one has it, and one that slept through its loss changes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RouterFile, Switch } from "../../src/adapters/target-process/router-state.ts";
import { callWire } from "../../src/adapters/target-process/wire.ts";
import { openApp } from "../../src/app/app.ts";
import { isRingfenceError } from "../../src/base/error.ts";
import type { AuditLogView } from "../../src/contract/audit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { Fence } from "../../src/ports/target.ts";
import { eventually } from "../contracts/target.ts";
import type { Halt } from "./crash-child.ts";
import type { OtherProcess } from "./other-process.ts";
import { openScene, type Scene } from "./scene.ts";

const LEASE_MS = 2_000;
const VERSIONS = ["1.0.0", "1.1.0"] as const;

let scene: Scene;
let next: string;
beforeAll(async () => {
  scene = await openScene();
  for (const version of VERSIONS) await scene.release(version);
  await scene.must(["promote", "1.0.0", "--to", "development"]);
});
afterAll(() => scene?.shutdownAll());
beforeEach(async () => {
  const now = await scene.serving("development");
  next = VERSIONS.find((version) => version !== now)!;
});

const promotion = () => ["promote", next, "--to", "development"];
const running = () => scene.must<OperationView[]>(["operation", "list", "--state", "running"]);

/** Everything that a process could have changed: operations, deployments, lease, record, what runs and serves. */
async function everything() {
  const app = openApp({ folder: scene.root, variables: scene.variables });
  try {
    const stored = await app.store.read(async (view) => ({
      operations: await view.operations.list(),
      history: await view.deployments.history("development", 100),
      lease: await view.leases.get("development"),
    }));
    const log = await scene.must<AuditLogView>(["audit", "log", "--limit", "10000"]);
    const { fence, routed, sets } = (await scene.target("development").state())!;
    const running = sets.map(({ name, services }) => [name, services.map(({ pid }) => pid)]);
    return { ...stored, log, fence, routed, running };
  } finally {
    await app.close();
  }
}

test("of two that begin at once one wins, and the other is told who", async () => {
  const both = [scene.spawn(promotion(), { onCue: true }), scene.spawn(promotion(), { onCue: true })];
  for (const one of both) await one.said((line) => "waits" in line);
  for (const one of both) one.begin();
  const ends = await Promise.all(both.map(({ ended }) => ended));
  const winner = both[ends.findIndex((end) => end?.exit === 0)];
  const loser = ends.find((end) => end?.exit !== 0);
  expect(loser).toMatchObject({ exit: 11, code: "LEASE_HELD" });
  expect(loser?.message).toMatch(
    new RegExp(`^development is held by promote op_\\w+ by author on .+ \\(pid ${winner?.pid}\\)$`),
  );
  expect(await scene.serving("development")).toBe(next);
  const state = await scene.target("development").state();
  expect(state?.sets.map(({ version }) => version)).toEqual([next]);
});

test("a plan that was made before another one ran is looked at again under the lease", async () => {
  const stale = await asleep({ signal: "SIGSTOP", commit: 1, when: "outside" });
  await scene.must(promotion());
  const { fence: _fence, log: _log, lease: _lease, operations, ...before } = await everything();
  await stale.wake();
  const end = await stale.ended;
  expect(end).toMatchObject({ exit: 10, code: "OPERATION_PLAN_CHANGED", answer: { state: "refused" } });
  const after = await everything();
  expect(after).toMatchObject(before);
  expect(after.operations.slice(1)).toEqual(operations);
  expect(after.lease?.operation).toBeNull();
});

describe("a process that fell asleep", () => {
  const observing: Halt = { signal: "SIGSTOP", step: "observe" };
  const switching: Halt = { signal: "SIGSTOP", commit: 10, when: "after" };
  const retiring: Halt = { signal: "SIGSTOP", commit: 16, when: "after" };

  test.each<[string, string, Halt, string[]]>([
    ["while it watched the new set", "carried on", observing, []],
    ["while it watched the new set", "taken back", observing, ["--undo"]],
    ["right before it switched traffic", "carried on", switching, []],
    ["right before it switched traffic", "taken back", switching, ["--undo"]],
    ["right before it stopped the old set", "carried on", retiring, []],
  ])("%s changes nothing when it wakes up after it was %s", async (_when, _how, halt, flags) => {
    const sleeper = await asleep(halt);
    const [{ id }] = (await running()) as [OperationView];
    const resume = ["operation", "resume", id, ...flags];
    const early = await scene.command(resume);
    expect({ exit: early.exit, code: early.error?.code }).toEqual({ exit: 11, code: "LEASE_HELD" });
    expect(early.error?.message).toContain(`(pid ${sleeper.pid})`);
    await eventually(async () => (await leaseNow())!.expiresAtMs <= Date.now(), "the lease runs out");
    const taker = scene.spawn(resume);
    expect((await taker.ended)?.code).toBe(flags.length === 0 ? null : "OPERATION_FAILED");
    const before = await everything();

    await sleeper.wake();
    const end = await sleeper.ended;
    expect(end?.exit).toBe(11);
    expect(["LEASE_LOST", "TARGET_FENCED"]).toContain(end?.code);
    expect(end?.message).toContain(`(pid ${taker.pid})`);
    expect(await everything()).toEqual(before);
    expect(await scene.must(["audit", "verify"])).toMatchObject({ valid: true });
    expect((await scene.serving("development")) === next).toBe(flags.length === 0);
  });
});

function leaseNow() {
  const app = openApp({ folder: scene.root, variables: scene.variables });
  return app.store.read(({ leases }) => leases.get("development")).finally(() => app.close());
}

async function asleep(halt: Halt): Promise<OtherProcess> {
  const sleeper = scene.spawn(promotion(), { leaseMs: LEASE_MS, halt });
  await sleeper.asleep();
  return sleeper;
}

test("the target by itself refuses an older token, and names who has the newer one", async () => {
  const target = scene.target("development");
  const before = await everything();
  const { token, holder } = before.fence;
  const set = before.routed!;
  const older = { token: token - 1, holder: "somebody who slept" };
  const attempts = {
    claim: () => target.claim(older),
    start: () => target.start(older, { name: "late", version: "9.9.9", services: [] }),
    route: () => target.route(older, set),
    retire: () => target.retire(older, set, 1_000),
    shutdown: () => target.shutdown(older),
  };
  for (const [call, attempt] of Object.entries({ ...attempts, router: () => lead(older) })) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(isRingfenceError(error, "TARGET_FENCED") && error.message, call).toContain(holder);
  }
  expect(await everything()).toEqual(before);
});

/** Asks the router of the public port itself to lead nowhere, past the supervisor. */
function lead(fence: Fence): Promise<unknown> {
  const file = `.ringfence/environments/development/run/router-${scene.ports.development}.json`;
  const { socket } = JSON.parse(scene.read(file)) as RouterFile;
  const change: Switch = { fence, service: "web", routed: null, guard: null };
  return callWire(socket, "switch", change, 5_000);
}
