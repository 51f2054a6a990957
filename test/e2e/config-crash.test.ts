/**
 * Whatever the instant at which a rollback of the configuration is killed: it is carried on or taken back, the files
 * are wholly the old or wholly the new ones, and the histories say so.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditVerifyView } from "../../src/contract/audit.ts";
import type { OperationView } from "../../src/contract/operation.ts";
import type { ConfigHistoryView } from "../../src/contract/revision.ts";
import { openScene, type Scene } from "./scene.ts";

const TIMEOUT_MS = 300_000;
/** No lease ends by its time here: it is free because its process is gone. */
const LEASE_MS = 3_600_000;
const WORDS = [
  ...["config", "rollback", "previous", "-e", "development"],
  ...["--shared", "--reason", "a test"],
];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.shutdownAll());

type Texts = readonly [base: string, own: string];

const present = (): Texts => [scene.read("config/base.yaml"), scene.read("config/development.env")];

function write([base, own]: Texts): void {
  scene.write("config/base.yaml", base);
  scene.write("config/development.env", own);
}

const history = (environment: string) =>
  scene.must<ConfigHistoryView>(["config", "history", "-e", environment]);
const running = () => scene.must<OperationView[]>(["operation", "list", "--state", "running"]);

/** Nothing is unfinished, every environment's files are its latest revision, and the record is whole. */
async function allIsWell(label: string): Promise<void> {
  expect(await running(), label).toEqual([]);
  for (const name of ["development", "staging", "production"])
    expect((await history(name)).unrecorded, label).toBeNull();
  expect(await scene.must<AuditVerifyView>(["audit", "verify"]), label).toMatchObject({ valid: true });
}

/** Two edits of both files; the first recorded, the second found by the rollback. */
async function edit(round: number): Promise<{ before: Texts; after: Texts }> {
  const after: Texts = [`GREETING: good ${round}\n`, `LIMIT=${round + 1}\n`];
  const before: Texts = [`GREETING: bad ${round} # ü\r\n`, `LIMIT=${round + 100}`];
  write(after);
  for (const name of ["development", "staging", "production"])
    await scene.must(["config", "record", "-e", name, "--reason", `good ${round}`]);
  write(before);
  return { before, after };
}

test("a rollback is carried on or taken back from wherever it was killed", {
  timeout: TIMEOUT_MS,
}, async () => {
  const first = await edit(0);
  const ended = await scene.spawn(WORDS).ended;
  expect(ended).toMatchObject({ exit: 0, code: null });
  expect(present()).toEqual(first.after);
  const { commits } = ended!;
  expect(commits).toBeGreaterThan(9);
  const seen = { on: 0, back: 0, done: 0, never: 0 };
  for (let round = 1; round <= 2 * commits; round++) {
    const halt = {
      signal: "SIGKILL",
      commit: Math.ceil(round / 2),
      when: round % 2 ? "before" : "after",
    } as const;
    const label = `killed ${halt.when} commit ${halt.commit}`;
    const { before, after } = await edit(round);
    expect(await scene.spawn(WORDS, { leaseMs: LEASE_MS, halt }).ended, label).toBeUndefined();
    const [interrupted] = await running();
    if (!interrupted) {
      const isDone = halt.commit === commits;
      expect(present(), label).toEqual(isDone ? after : before);
      seen[isDone ? "done" : "never"] += 1;
      if (!isDone) await scene.must(WORDS);
    } else {
      const back = round % 4 < 2;
      const undo = back ? ["--undo"] : [];
      const { error } = await scene.command(["operation", "resume", interrupted.id, ...undo]);
      const isPast = error?.code === "OPERATION_PAST_PIVOT";
      if (isPast) await scene.must(["operation", "resume", interrupted.id]);
      expect(present(), label).toEqual(back && !isPast ? before : after);
      seen[back && !isPast ? "back" : "on"] += 1;
      if (back && !isPast) await scene.must(WORDS);
    }
    expect(present(), label).toEqual(after);
    await allIsWell(label);
  }
  expect(Object.values(seen).every((times) => times > 0)).toBe(true);
});

test("what somebody wrote while it was interrupted is kept", async () => {
  await edit(1_000);
  const halt = { signal: "SIGKILL", step: "write config/development.env" } as const;
  expect(await scene.spawn(WORDS, { leaseMs: LEASE_MS, halt }).ended).toBeUndefined();
  scene.write("config/development.env", "LIMIT=4711\n");
  const [interrupted] = await running();
  const { error } = await scene.command(["operation", "resume", interrupted!.id]);
  expect(error).toMatchObject({ code: "APP_FILE_CHANGED" });
  expect(await running()).toEqual([]);
  expect(present()).toEqual(["GREETING: bad 1000 # ü\r\n", "LIMIT=4711\n"]);
});

test("a change beside it is not recorded as its own: it is taken back", async () => {
  const { before } = await edit(2_000);
  const halt = { signal: "SIGKILL", step: "keep" } as const;
  expect(await scene.spawn(WORDS, { leaseMs: LEASE_MS, halt }).ended).toBeUndefined();
  scene.write("config/staging.env", "LIMIT=42\n");
  const [interrupted] = await running();
  const { error } = await scene.command(["operation", "resume", interrupted!.id]);
  expect(error).toMatchObject({ code: "APP_FILE_CHANGED" });
  expect(present()).toEqual(before);
  expect((await history("development")).revisions[0]).toMatchObject({ source: "files" });
  expect((await history("staging")).unrecorded).toMatchObject({ changed: { files: ["config/staging.env"] } });
});
