/** Operations that stop halfway without dying, and several people who carry on the same one. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Progress } from "../../src/app/app.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { startLoad } from "../load-generator.ts";
import type { Halt } from "./crash-child.ts";
import { type EnvironmentName, openScene, type Scene } from "./scene.ts";

const VERSIONS = ["1.0.0", "1.1.0"] as const;
const STATE = ".ringfence/environments/development/run/supervisor.json";
const ADDRESS = ".ringfence/environments/development/run/supervisor.address.json";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  for (const version of VERSIONS) await scene.release(version);
  await scene.release("2.0.0", "overloaded");
  for (const to of ["development", "staging"]) await scene.must(["promote", "1.0.0", "--to", to]);
});
afterAll(() => scene?.shutdownAll());

const show = (id: string) => scene.must<OperationView>(["operation", "show", id]);
const resume = (id: string, ...flags: string[]) => scene.command(["operation", "resume", id, ...flags]);
const versionsIn = async (environment: EnvironmentName) =>
  (await scene.target(environment).state())?.sets.map(({ version }) => version) ?? [];

describe("when the target fails halfway", () => {
  let kept: string | undefined;

  /** Ends the supervisor and spoils what the next one would begin with, when this is met. */
  const spoilAt = (wanted: Pick<Progress, "step" | "state">) => (progress: Progress) => {
    if (progress.step !== wanted.step || progress.state !== wanted.state) return;
    process.kill((JSON.parse(scene.read(ADDRESS)) as { pid: number }).pid, "SIGKILL");
    kept = scene.read(STATE);
    scene.write(STATE, "spoiled");
  };
  const mend = () => {
    if (kept !== undefined) scene.write(STATE, kept);
    kept = undefined;
  };
  beforeEach(() => mend);

  test("after its decisive step, it waits to be carried on, and only that", async () => {
    const promote = ["promote", "1.1.0", "--to", "development"];
    const spoiled = await scene.command(promote, { progress: spoilAt({ step: "retire", state: "started" }) });
    expect(spoiled.exit).toBe(1);
    const { id } = spoiled.answer as OperationView;
    expect(await show(id)).toMatchObject({
      state: "running",
      error: { error: { code: spoiled.error?.code } },
      steps: expect.arrayContaining([expect.objectContaining({ key: "retire", state: "failed" })]),
    });
    // The routers don't need the supervisor.
    expect(await scene.serving("development")).toBe("1.1.0");
    mend();

    const back = await resume(id, "--undo");
    expect({ exit: back.exit, code: back.error?.code }).toEqual({ exit: 1, code: "OPERATION_PAST_PIVOT" });
    const other = await scene.command(["env", "stop", "-e", "development"]);
    expect({ exit: other.exit, code: other.error?.code }).toEqual({ exit: 11, code: "OPERATION_UNFINISHED" });
    expect((await resume(id)).answer).toMatchObject({ state: "succeeded", error: null });
    expect(await versionsIn("development")).toEqual(["1.1.0"]);
  });

  test("while it is taken back, it goes on going back, and what was wrong first is kept", async () => {
    const url = `http://127.0.0.1:${scene.ports.development}/`;
    const load = startLoad({ url, requestsPerSecond: 100, connections: 8 });
    const promote = ["promote", "2.0.0", "--to", "development"];
    const spoiled = await scene.command(promote, { progress: spoilAt({ step: "observe", state: "failed" }) });
    const { id } = spoiled.answer as OperationView;
    expect(spoiled.error?.code).toBe("OPERATION_FAILED");
    expect(spoiled.error?.message).toContain("could not be taken back");
    const code = "APP_ROLLOUT_FAILED";
    expect(await show(id)).toMatchObject({ state: "running", error: { error: { code } } });
    mend();
    expect((await resume(id)).answer).toMatchObject({ state: "failed", error: { error: { code } } });
    expect((await load.stop()).failed).toEqual({});
    expect(await versionsIn("development")).toEqual(["1.1.0"]);
    const release = await scene.must<{ quarantine: unknown }>(["release", "show", "2.0.0"]);
    expect(release.quarantine).toMatchObject({ operation: id });
  });
});

describe("two who carry on the same waiting operation", () => {
  const promote = ["promote", "1.0.0", "--to", "production"];
  const beforeItWrites: Halt = { signal: "SIGSTOP", commit: 1, when: "outside" };
  const waiting = async () => ((await scene.command(promote)).answer as OperationView).id;
  const asleep = async (words: readonly string[]) => {
    const sleeper = scene.spawn(words, { halt: beforeItWrites });
    await sleeper.asleep();
    return sleeper;
  };

  test.each([
    ["it ran", ["operation", "resume"], true],
    ["it was still not approved", ["operation", "resume"], false],
    ["it could still be cancelled", ["operation", "resume", "--undo"], false],
  ])("the later one, who saw that %s, changes nothing", async (_what, words, approvedBefore) => {
    const id = await waiting();
    if (approvedBefore) await scene.must(["approve", id, "--as", "approver"]);
    const late = await asleep([...words, id]);
    if (!approvedBefore) await scene.must(["approve", id, "--as", "approver"]);
    expect((await resume(id)).answer).toMatchObject({ state: "succeeded" });
    const before = await show(id);

    await late.wake();
    expect(await late.ended).toMatchObject({ exit: 1, code: "OPERATION_FINISHED" });
    expect(await show(id)).toEqual(before);
    await scene.must(["env", "stop", "-e", "production"]);
  });

  test("one who is told to wait while it runs already does not make it wait again", async () => {
    const id = await waiting();
    const late = await asleep(["operation", "resume", id]);
    await scene.must(["approve", id, "--as", "approver"]);
    const halt = { signal: "SIGKILL", step: "observe" } as const;
    expect(await scene.spawn(["operation", "resume", id], { halt }).ended).toBeUndefined();
    await late.wake();
    expect(await late.ended).toMatchObject({ exit: 11, code: "OPERATION_UNFINISHED" });
    expect(await show(id)).toMatchObject({ state: "running" });
    expect((await resume(id, "--undo")).answer).toMatchObject({ state: "failed" });
    expect(await versionsIn("production")).toEqual([]);
  });
});

describe("operations on the whole project", () => {
  const asleepInBuild = async (version: string) => {
    const halt = { signal: "SIGSTOP", step: "build" } as const;
    const builder = scene.spawn(["release", "create", version], { halt });
    await builder.asleep();
    return builder;
  };

  /** Another one that has planned, was refused the lease once, and sleeps before it asks again. */
  const refusedOnce = async (version: string) => {
    const halt = { signal: "SIGSTOP", commit: 2, when: "outside" } as const;
    const second = scene.spawn(["release", "create", version], { halt });
    await second.asleep();
    return second;
  };

  test("wait for one another, and nothing is lost", async () => {
    const builder = await asleepInBuild("3.0.0");
    const second = await refusedOnce("3.0.1");
    for (const one of [second, builder]) await one.wake();
    expect(await builder.ended).toMatchObject({ exit: 0, answer: { version: "3.0.0" } });
    expect(await second.ended).toMatchObject({ exit: 0, answer: { version: "3.0.1" } });
  });

  test("of the same version, the second is told that it exists by now", async () => {
    const builder = await asleepInBuild("3.1.0");
    const second = await refusedOnce("3.1.0");
    await builder.wake();
    expect(await builder.ended).toMatchObject({ exit: 0 });
    await second.wake();
    expect(await second.ended).toMatchObject({ exit: 10, code: "OPERATION_PLAN_CHANGED" });
    expect(await scene.must(["operation", "list", "--state", "running"])).toEqual([]);
  });

  test("are told who holds the project when it takes too long", async () => {
    const builder = await asleepInBuild("3.2.0");
    const started = Date.now();
    const hasty: Clock = {
      now: () => started + (Date.now() - started) * 10,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 10)),
    };
    const late = await scene.command(["release", "create", "3.2.1"], { options: { clock: hasty } });
    expect({ exit: late.exit, code: late.error?.code }).toEqual({ exit: 11, code: "LEASE_HELD" });
    expect(late.error?.message).toContain(`(pid ${builder.pid})`);
    await builder.wake();
    expect(await builder.ended).toMatchObject({ exit: 0 });
  });
});

test("what has ended can't be carried on, and what does not exist is not known", async () => {
  const operations = await scene.must<OperationView[]>(["operation", "list", "--limit", "100"]);
  for (const state of ["succeeded", "failed", "refused"] as const) {
    const { id } = operations.find((one) => one.state === state)!;
    for (const flags of [[], ["--undo"]]) {
      const { error, exit } = await resume(id, ...flags);
      expect({ exit, code: error?.code }, state).toEqual({ exit: 1, code: "OPERATION_FINISHED" });
      expect(error?.message).toBe(`${id} has ended: ${state}`);
    }
  }
  const unknown = await resume("op_none");
  expect({ exit: unknown.exit, code: unknown.error?.code }).toEqual({ exit: 2, code: "OPERATION_UNKNOWN" });
  expect(await scene.must(["audit", "verify"])).toMatchObject({ valid: true, problems: [] });
});
