/**
 * Whatever the instant at which a rotation is killed: what the service accepts is in the secrets file, as the value that
 * counts or as the pending one; and it is carried on or taken back to where both agree.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import { openRotationScene, type RotationScene } from "./rotation-scene.ts";
import type { Scene } from "./scene.ts";

const TIMEOUT_MS = 300_000;
/** No lease ends by its time here: it is free because its process is gone. */
const LEASE_MS = 3_600_000;
const NAME = "DB_PASSWORD";
const WORDS = ["secret", "rotate", NAME, "-e", "development"];

let at: RotationScene;
let scene: Scene;
beforeAll(async () => {
  at = await openRotationScene();
  scene = at.scene;
});
afterAll(() => at.close());

const running = () => scene.must<OperationView[]>(["operation", "list", "--state", "running"]);

/** The service and the file agree, nothing is unfinished, and the record is whole. */
async function allIsWell(label: string): Promise<void> {
  expect(at.kept(NAME), label).toMatchObject({ value: at.password(), pending: undefined });
  expect(await running(), label).toEqual([]);
  expect(await scene.must<AuditVerifyView>(["audit", "verify"]), label).toMatchObject({ valid: true });
}

/** @returns whether the new value counts in the end */
async function killedAt(commit: number, back: boolean): Promise<boolean> {
  const label = `killed at commit ${commit}, then ${back ? "back" : "on"}`;
  const before = at.kept(NAME);
  const halt = { signal: "SIGKILL", commit, when: "before" } as const;
  expect(await scene.spawn(WORDS, { leaseMs: LEASE_MS, halt }).ended, label).toBeUndefined();
  const { value, pending } = at.kept(NAME);
  expect([value, pending], label).toContain(at.password());
  const [interrupted] = await running();
  if (interrupted) {
    const { error } = await scene.command([
      "operation",
      "resume",
      interrupted.id,
      ...(back ? ["--undo"] : []),
    ]);
    if (error?.code === "OPERATION_PAST_PIVOT") await scene.must(["operation", "resume", interrupted.id]);
  }
  await allIsWell(label);
  const after = at.kept(NAME);
  const isNew = after.value !== before.value;
  if (isNew) expect(after.previous, label).toBe(before.value);
  else expect(after, label).toEqual(before);
  return isNew;
}

test("a rotation is carried on or taken back from wherever it was killed", {
  timeout: TIMEOUT_MS,
}, async () => {
  const ended = await scene.spawn(WORDS).ended;
  expect(ended).toMatchObject({ exit: 0, code: null });
  const { commits } = ended!;
  expect(commits).toBeGreaterThan(13);
  const seen = { isNew: 0, isOld: 0 };
  // A step has two commits: both of them are gone on from, or back from, in turn.
  for (let commit = 1; commit <= commits; commit++)
    seen[(await killedAt(commit, commit % 4 < 2)) ? "isNew" : "isOld"] += 1;
  expect(Math.min(seen.isNew, seen.isOld)).toBeGreaterThan(commits / 4);
  const { revisions, unrecorded } = await scene.must<ConfigHistoryView>([
    "config",
    "history",
    "-e",
    "development",
  ]);
  expect(revisions.length).toBeGreaterThan(seen.isNew);
  expect(unrecorded === null || unrecorded.changed.secrets).toBe(true);
});
