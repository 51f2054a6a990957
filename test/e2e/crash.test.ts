/**
 * Whatever the instant at which a process is killed: its operation is carried on or taken back, one release
 * serves all the time, secrets are whole, and the record verifies.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import { type Load, startLoad } from "../load-generator.ts";
import type { ChildRequest } from "./crash-child.ts";
import { openScene, type Scene } from "./scene.ts";

const TIMEOUT_MS = 300_000;
const REQUESTS_PER_SECOND = 40;
const VERSIONS = ["1.0.0", "1.1.0"] as const;
/** No lease ends by its time here: it is free because its process is gone. */
const LEASE_MS = 3_600_000;

let scene: Scene;
let load: Load;
beforeAll(async () => {
  scene = await openScene();
  for (const version of VERSIONS) await scene.release(version);
  await scene.must(["promote", "1.0.0", "--to", "development"]);
  const url = `http://127.0.0.1:${scene.ports.development}/`;
  load = startLoad({ url, requestsPerSecond: REQUESTS_PER_SECOND, connections: 4 });
});
afterAll(async () => {
  await load?.stop();
  await scene?.shutdownAll();
});

type Case = { readonly commit: number; readonly when: "before" | "after" };

/** Every instant at which a process with so many transactions can be killed. */
function instants(commits: number): Case[] {
  return Array.from({ length: commits }, (_, at) => at + 1).flatMap((commit) => [
    { commit, when: "before" as const },
    { commit, when: "after" as const },
  ]);
}

/** Two instants follow each commit, before the next step's work and after it: from one it goes back, from the other on. */
function isBackFrom(instant: number): boolean {
  return instant % 4 < 2;
}

/** How many transactions a command makes when nobody kills it. */
async function count(words: readonly string[], request: Partial<ChildRequest> = {}): Promise<number> {
  const ended = await scene.spawn(words, request).ended;
  expect(ended).toMatchObject({ exit: 0, code: null });
  return ended!.commits;
}

async function kill(words: readonly string[], at: Case, request: Partial<ChildRequest> = {}): Promise<void> {
  const halt = { signal: "SIGKILL", ...at } as const;
  expect(await scene.spawn(words, { leaseMs: LEASE_MS, ...request, halt }).ended).toBeUndefined();
}

const running = () => scene.must<OperationView[]>(["operation", "list", "--state", "running"]);
const latest = async () => (await scene.must<OperationView[]>(["operation", "list", "--limit", "1"]))[0]!;

function isPastPivot({ steps }: OperationView, pivot: string): boolean {
  return steps.some(({ key, state }) => key === pivot && state === "done");
}

/** Carries the interrupted operation on, or takes it back where it can be. @returns whether it was done. */
async function endIt(interrupted: OperationView, undo: boolean, pivot: string): Promise<boolean> {
  const { id } = interrupted;
  const undone = undo && (await scene.command(["operation", "resume", id, "--undo"]));
  if (undone && undone.error?.code !== "OPERATION_PAST_PIVOT") {
    expect(isPastPivot(interrupted, pivot)).toBe(false);
    expect(undone.answer).toMatchObject({ state: "failed", error: { error: { code: "OPERATION_FAILED" } } });
    return false;
  }
  expect(isPastPivot(interrupted, pivot) || !undo).toBe(true);
  await scene.must(["operation", "resume", id]);
  expect(await scene.must(["operation", "show", id])).toMatchObject({ state: "succeeded", error: null });
  return true;
}

/** What holds after every story: nothing is unfinished, nobody saw a failure, the record is whole. */
async function allIsWell(): Promise<void> {
  expect(await running()).toEqual([]);
  expect(load.progress().failed).toEqual({});
  const verdict = await scene.must<AuditVerifyView>(["audit", "verify"]);
  expect(verdict).toMatchObject({ valid: true, problems: [] });
}

async function onlyServes(version: string): Promise<void> {
  expect(await scene.serving("development")).toBe(version);
  const state = (await scene.target("development").state())!;
  expect(state.sets.map((set) => set.version)).toEqual([version]);
  expect(state.routed).toBe(state.sets[0]!.name);
}

describe("a promotion", () => {
  let current: string = VERSIONS[0];
  const other = () => VERSIONS.find((version) => version !== current)!;
  const promotion = () => ["promote", other(), "--to", "development"];

  test("is carried on or taken back from wherever it was killed", { timeout: TIMEOUT_MS }, async () => {
    const cases = instants(await count(promotion()));
    current = other();
    expect(cases.length).toBeGreaterThan(30);
    for (const [at, instant] of cases.entries()) {
      const next = other();
      const before = await latest();
      await kill(promotion(), instant);
      const [interrupted] = await running();
      const operation = await latest();
      const label = `killed ${instant.when} commit ${instant.commit}`;
      if (instant.commit === 1 && instant.when === "before") expect(operation.id, label).toBe(before.id);
      else expect(operation, label).toMatchObject({ plan: { summary: `promote ${next} to development` } });
      if (interrupted) {
        expect(interrupted.id, label).toBe(operation.id);
        const refused = await scene.command(promotion());
        expect({ exit: refused.exit, code: refused.error?.code }, label).toEqual({
          exit: 11,
          code: "OPERATION_UNFINISHED",
        });
        if (await endIt(interrupted, isBackFrom(at), "settle")) current = next;
      } else if (operation.id !== before.id) {
        expect(operation.state, label).toBe("succeeded");
        current = next;
      }
      await onlyServes(current);
      await allIsWell();
    }
    // None of those that were taken back is in quarantine: it was not their fault.
    await scene.must(promotion());
    current = other();
    await onlyServes(current);
  });

  test("that is killed while it is taken back goes on going back", { timeout: TIMEOUT_MS }, async () => {
    const halfway = { signal: "SIGKILL", step: "observe" } as const;
    const interrupt = async () => {
      expect(await scene.spawn(promotion(), { leaseMs: LEASE_MS, halt: halfway }).ended).toBeUndefined();
      return (await running())[0]!.id;
    };
    const undo = (id: string) => ["operation", "resume", id, "--undo"];
    const ended = await scene.spawn(undo(await interrupt())).ended;
    expect(ended).toMatchObject({ exit: 1, code: "OPERATION_FAILED" });
    // After the last commit it has ended.
    for (const [at, instant] of instants(ended!.commits).slice(0, -1).entries()) {
      const id = await interrupt();
      await kill(undo(id), instant);
      // Whoever says nothing about the way gets the one it was on; before the first commit that is forward.
      const forward = instant.commit === 1 && instant.when === "before";
      const { answer } = await scene.command(
        at % 2 === 0 && !forward ? undo(id) : ["operation", "resume", id],
      );
      expect(answer, JSON.stringify(instant)).toMatchObject({ id, state: forward ? "succeeded" : "failed" });
      if (forward) current = other();
      await onlyServes(current);
      await allIsWell();
    }
  });

  test("that is killed together with the environment's supervisor finds its processes again", async () => {
    await kill(promotion(), { commit: 12, when: "after" });
    const [{ id, steps }] = (await running()) as [OperationView];
    expect(steps.find(({ state }) => state === "intended")?.key).toBe("observe");
    const address = JSON.parse(scene.read(".ringfence/environments/development/run/supervisor.address.json"));
    process.kill(address.pid, "SIGKILL");
    expect(await scene.must(["operation", "resume", id])).toMatchObject({ state: "succeeded" });
    current = other();
    await onlyServes(current);
    await allIsWell();
  });
});

describe("a change of a secret", () => {
  const words = ["secret", "set", "TOKEN", "-e", "development"];
  const value = async () =>
    (await scene.must<{ value: string }>(["secret", "get", "TOKEN", "-e", "development"])).value;

  test("is carried on or taken back from wherever it was killed", { timeout: TIMEOUT_MS }, async () => {
    const cases = instants(await count(words, { input: "value 0" }));
    let current = "value 0";
    expect(cases.length).toBeGreaterThan(10);
    for (const [at, instant] of cases.entries()) {
      const next = `value ${at + 1}`;
      const before = await latest();
      await kill(words, instant, { input: next });
      // Whole at any instant. Every second time somebody reads it, and knows the new file from then on.
      if (at % 2 === 1) expect([current, next], JSON.stringify(instant)).toContain(await value());
      const [interrupted] = await running();
      if (interrupted) {
        if (await endIt(interrupted, isBackFrom(at), "remember")) current = next;
      } else if ((await latest()).id !== before.id) current = next;
      expect(await value(), JSON.stringify(instant)).toBe(current);
      await allIsWell();
    }
  });

  test("the first one ever, taken back after somebody read it, leaves no secret", async () => {
    rmSync(join(scene.root, "secrets/staging.yaml"));
    rmSync(join(scene.home, "revisions/scene/staging"));
    const first = ["secret", "set", "TOKEN", "-e", "staging"];
    const get = ["secret", "get", "TOKEN", "-e", "staging"];
    await kill(first, { commit: 3, when: "after" }, { input: "never to be kept" });
    expect(await scene.must(get)).toMatchObject({ value: "never to be kept" });
    await endIt((await running())[0]!, true, "remember");
    expect((await scene.command(get)).error?.code).toBe("SECRETS_UNKNOWN");
    await scene.must(first, { input: "kept" });
    expect(await scene.must(get)).toMatchObject({ value: "kept" });
    await allIsWell();
  });
});
