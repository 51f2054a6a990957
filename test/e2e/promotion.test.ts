/** Releases on their way through the stages: gates, approvals, rollbacks, quarantine, and going back by itself. */
import { createHash } from "node:crypto";
import { globSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApp } from "../../src/app/app.ts";
import { createKeyPair, signMessage } from "../../src/base/ed25519.ts";
import type { Gate } from "../../src/model/gate.ts";
import { approvalStatement, type OperationRecord } from "../../src/model/operation.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Store } from "../../src/ports/store/store.ts";
import { identityPath } from "../../src/snapshot/home.ts";
import { startLoad } from "../load-generator.ts";
import { type EnvironmentName, openScene, type Scene } from "./scene.ts";

const REQUESTS_PER_SECOND = 100;
/** A clock that runs this much faster, for what waits half a minute. */
const HASTE = 50;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await scene.release("1.0.0");
  await scene.release("1.1.0");
  await scene.must(["promote", "1.0.0", "--to", "development"]);
});
afterAll(() => scene.shutdownAll());

const ids = (answer: unknown) => (answer as OperationRecord).id;
const gates = (answer: unknown) =>
  Object.fromEntries((answer as OperationRecord).gates.map(({ name, ...gate }) => [name, gate])) as Record<
    string,
    Omit<Gate, "name">
  >;
const setsOf = async (environment: EnvironmentName) =>
  (await scene.target(environment).state())?.sets.map(({ version }) => version) ?? [];
const shown = (id: string) => scene.must(["operation", "show", id]);

/** Runs something while callers ask the public port; not one may see a failure. */
async function unseenByCallers<T>(environment: EnvironmentName, work: () => Promise<T>): Promise<T> {
  const url = `http://127.0.0.1:${scene.ports[environment]}/`;
  const load = startLoad({ url, requestsPerSecond: REQUESTS_PER_SECOND, connections: 8 });
  try {
    return await work();
  } finally {
    const { sent, ok, failed } = await load.stop();
    expect({ failed, lost: sent - ok }).toEqual({ failed: {}, lost: 0 });
    expect(ok).toBeGreaterThan(0);
  }
}

describe("a dry run", () => {
  const OPENINGS = ".ringfence/spool/";
  /** Every file of the project and of the home folder, by its digest and time of change. */
  const everything = () => {
    const top = dirname(scene.root);
    const files = globSync("**/*", { cwd: top, exclude: (name) => name === ".git" }).sort();
    const hidden = globSync("**/.ringfence/**", { cwd: top });
    const changing = [...files, ...hidden].filter((file) => !file.includes(OPENINGS));
    return changing.flatMap((file) => {
      const found = statSync(join(top, file));
      if (!found.isFile()) return [];
      const digest = createHash("sha256")
        .update(readFileSync(join(top, file)))
        .digest("hex");
      return [`${file} ${digest} ${found.mtimeMs}`];
    });
  };

  /** What stands in the spools: that secrets were opened is recorded, also to look. */
  const spooled = () =>
    globSync(`${OPENINGS}*.jsonl`, { cwd: scene.root }).map((file) =>
      readFileSync(join(scene.root, file), "utf8"),
    );

  test.each([
    ["promote", ["promote", "1.1.0", "--to", "development"]],
    ["promote, where a gate is shut", ["promote", "1.1.0", "--to", "production"]],
    ["release create", ["release", "create", "7.0.0"]],
    ["secret set", ["secret", "set", "TOKEN", "-e", "development"]],
    ["env stop", ["env", "stop", "-e", "development"]],
    ["me init", ["me", "init", "--name", "third"]],
  ])("%s shows a plan and changes nothing; what it opened is recorded", async (_name, words) => {
    const before = everything();
    const lines = spooled();
    expect(before.some((line) => line.includes("store.db"))).toBe(true);
    const { answer, error } = await scene.command([...words, "--dry-run"], { input: "never kept" });
    expect(error).toBeUndefined();
    expect(answer).toMatchObject({ state: "planned", plan: { digest: expect.stringMatching(/^sha256:/) } });
    expect(everything()).toEqual(before);
    for (const [i, text] of spooled().entries()) {
      expect(text.startsWith(lines[i]!)).toBe(true);
      const added = text.slice(lines[i]!.length).trim().split("\n").filter(Boolean);
      for (const line of added) expect(JSON.parse(line)).toMatchObject({ event: "opened" });
    }
  });
});

describe("gates", () => {
  test("a stage is shut to what was not verified in the one before it", async () => {
    const { answer, error, exit } = await scene.command(["promote", "1.1.0", "--to", "staging"]);
    expect({ exit, code: error?.code }).toEqual({ exit: 10, code: "OPERATION_REFUSED" });
    expect(gates(answer).upstream).toMatchObject({
      state: "shut",
      opens: "ringfence promote 1.1.0 --to development",
    });
    expect(error?.fix).toBe("ringfence promote 1.1.0 --to development");
    expect(await setsOf("staging")).toEqual([]);
    const again = await scene.command(["operation", "resume", ids(answer)]);
    expect({ exit: again.exit, code: again.error?.code }).toEqual({ exit: 1, code: "OPERATION_FINISHED" });
  });

  test("settings that can't be opened here are unknown, and unknown is not open", async () => {
    const identity = identityPath(scene.home, "scene", "staging");
    renameSync(identity, `${identity}.away`);
    const { answer, error } = await scene.command(["promote", "1.0.0", "--to", "staging"]);
    renameSync(`${identity}.away`, identity);
    expect(error?.code).toBe("OPERATION_REFUSED");
    expect(gates(answer)).toMatchObject({ upstream: { state: "open" }, settings: { state: "unknown" } });
    expect(gates(answer).settings?.why).toContain("TOKEN");
  });

  test("settings that are wrong shut the stage that they are wrong in, and no other", async () => {
    scene.write("config/staging.env", "GREETING=hello staging\nLIMIT=none\n");
    await scene.release("1.0.1");
    scene.write("config/staging.env", "GREETING=hello staging\n");
    await scene.must(["promote", "1.0.1", "--to", "development"]);
    const { answer, error } = await scene.command(["promote", "1.0.1", "--to", "staging"]);
    expect(error?.code).toBe("OPERATION_REFUSED");
    expect(gates(answer).settings).toMatchObject({ state: "shut" });
    expect(gates(answer).settings?.why).toContain("config/staging.env:2");
  });
});

describe("approvals", () => {
  let waiting: OperationRecord;
  beforeAll(async () => {
    await scene.must(["promote", "1.0.0", "--to", "staging"]);
    const { answer, error, exit } = await scene.command(["promote", "1.0.0", "--to", "production"]);
    expect({ exit, code: error?.code }).toEqual({ exit: 10, code: "OPERATION_WAITING" });
    waiting = answer as OperationRecord;
  });
  const stored = () => withStore((store) => store.read((view) => view.operations.approvals(waiting.id)));
  const withStore = async <T>(work: (store: ReturnType<typeof openApp>["store"]) => Promise<T>) => {
    const app = openApp({ folder: scene.root, variables: scene.variables });
    try {
      return await work(app.store);
    } finally {
      await app.close();
    }
  };

  test("asked for once more, the same plan is the same operation, and still waits", async () => {
    const { answer } = await scene.command(["promote", "1.0.0", "--to", "production"]);
    expect(ids(answer)).toBe(waiting.id);
    const resumed = await scene.command(["operation", "resume", waiting.id]);
    expect(resumed.error?.code).toBe("OPERATION_WAITING");
    expect(await setsOf("production")).toEqual([]);
  });

  test("the author can't give one", async () => {
    const { error, exit } = await scene.command(["approve", waiting.id]);
    expect({ exit, code: error?.code }).toEqual({ exit: 13, code: "ACCESS_DENIED" });
    expect(await stored()).toEqual([]);
  });

  test("nobody acts for a person without that person's key", async () => {
    const key = join(scene.home, "people", "approver.key");
    renameSync(key, `${key}.away`);
    const { error, exit } = await scene.command(["approve", waiting.id, "--as", "approver"]);
    renameSync(`${key}.away`, key);
    expect({ exit, code: error?.code }).toEqual({ exit: 13, code: "ACCESS_UNKNOWN_PERSON" });
  });

  test("one that was put into the store with another key does not count", async () => {
    const forged = {
      operation: waiting.id,
      plan: waiting.plan.digest,
      person: "approver",
      signature: signMessage(createKeyPair().privatePem, approvalStatement(waiting.plan.digest)),
      at: new Date().toISOString(),
    };
    await withStore((store) => store.transaction(({ operations }) => operations.approve(forged)));
    const { answer, error } = await scene.command(["operation", "resume", waiting.id]);
    expect(error?.code).toBe("OPERATION_WAITING");
    expect(gates(answer).approvals?.why).toContain("the signature of approver is wrong");
    expect(await setsOf("production")).toEqual([]);
  });

  test("a plan that changed voids them", async () => {
    await scene.must(["approve", waiting.id, "--as", "approver"]);
    expect(await stored()).toHaveLength(1);
    await scene.must(["secret", "set", "TOKEN", "-e", "production"], { input: "second token" });
    const { answer, error, exit } = await scene.command(["operation", "resume", waiting.id]);
    expect({ exit, code: error?.code }).toEqual({ exit: 10, code: "OPERATION_PLAN_CHANGED" });
    expect((answer as OperationRecord).state).toBe("refused");
    expect(await stored()).toEqual([]);
    expect(await setsOf("production")).toEqual([]);
  });

  test("with one of another person for exactly this plan it runs, with the secret of now", async () => {
    const { answer } = await scene.command(["promote", "1.0.0", "--to", "production"]);
    expect(ids(answer)).not.toBe(waiting.id);
    const approved = await scene.must(["approve", ids(answer), "--as", "approver"]);
    expect(gates(approved).approvals?.state).toBe("open");
    const done = await scene.must(["operation", "resume", ids(answer)]);
    expect(done).toMatchObject({ state: "succeeded", author: "author", error: null });
    const body = await (await fetch(`http://127.0.0.1:${scene.ports.production}/`)).json();
    const token = createHash("sha256").update("second token").digest("hex");
    expect(body).toEqual({ release: "1.0.0", greeting: "hello production", token });
  });

  test("one that waits can be cancelled, and is over then", async () => {
    await scene.must(["promote", "1.1.0", "--to", "development"]);
    await scene.must(["promote", "1.1.0", "--to", "staging"]);
    const { answer } = await scene.command(["promote", "1.1.0", "--to", "production"]);
    const cancelled = await scene.must(["operation", "resume", ids(answer), "--undo"]);
    expect(cancelled.state).toBe("cancelled");
    const late = await scene.command(["approve", ids(answer), "--as", "approver"]);
    expect(late.error?.code).toBe("OPERATION_FINISHED");
  });
});

describe("going back", () => {
  test("a rollback serves the former release and keeps the other out until it is lifted with a reason", async () => {
    expect(await scene.serving("development")).toBe("1.1.0");
    await unseenByCallers("development", () =>
      scene.must(["rollback", "development", "--reason", "too slow"]),
    );
    expect(await scene.serving("development")).toBe("1.0.1");
    expect(await setsOf("development")).toEqual(["1.0.1"]);
    const blocked = await scene.command(["promote", "1.1.0", "--to", "development"]);
    expect({ exit: blocked.exit, code: blocked.error?.code }).toEqual({
      exit: 10,
      code: "OPERATION_REFUSED",
    });
    expect(gates(blocked.answer).quarantine?.why).toContain("too slow");
    const silent = await scene.command(["release", "lift", "1.1.0"]);
    expect({ exit: silent.exit, code: silent.error?.code }).toEqual({ exit: 2, code: "APP_BAD_INPUT" });
    await scene.must(["release", "lift", "1.1.0", "--reason", "the index is there now"]);
    await scene.must(["promote", "1.1.0", "--to", "development"]);
    expect(await scene.serving("development")).toBe("1.1.0");
  });

  test("a release that failed elsewhere while the lease was taken does not go on", async () => {
    let writes = 0;
    const options = {
      wrapStore: (store: Store): Store => ({
        id: store.id,
        read: (work) => store.read(work),
        close: () => store.close(),
        async transaction(work) {
          const answer = await store.transaction(work);
          // Another environment's rollout condemns it right after this one has begun.
          const quarantine = {
            version: "1.0.1",
            release: "sha256:00",
            environment: "staging",
            operation: "op_other",
            reason: "it failed there",
            at: "now",
          } as const;
          if (++writes === 1)
            await store.transaction(({ deployments }) => deployments.putQuarantine(quarantine));
          return answer;
        },
      }),
    };
    const { error, answer } = await scene.command(["promote", "1.0.1", "--to", "development"], { options });
    expect(error?.code).toBe("OPERATION_REFUSED");
    expect(error?.why).toContain("it failed there");
    expect(await shown(ids(answer))).toMatchObject({ state: "refused" });
    expect(await scene.serving("development")).toBe("1.1.0");
    await scene.must(["release", "lift", "1.0.1", "--reason", "the test is over"]);
  });

  test("where only one release ran there is nothing to go back to", async () => {
    const { error, exit } = await scene.command(["rollback", "production"]);
    expect({ exit, code: error?.code }).toEqual({ exit: 1, code: "APP_NOTHING_TO_ROLL_BACK" });
  });

  const started = Date.now();
  const hasty: Clock = {
    now: () => started + (Date.now() - started) * HASTE,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / HASTE)),
  };

  test.each([
    ["does not start", "2.0.0", "exits", "to become ready", /no connection to the database/, undefined],
    ["never gets ready", "2.1.0", "unready", "to become ready", /GET \/readyz → 503/, hasty],
    [
      "is ready, answers smoke requests, and fails under load",
      "2.2.0",
      "overloaded",
      "under traffic",
      /web: \d+ of \d+ requests failed; the old set answered \d+ of them instead/,
      undefined,
    ],
  ] as const)(
    "a release that %s is taken back, with the evidence",
    async (_name, version, how, phase, why, clock) => {
      await scene.release(version, how);
      const options = clock ? { options: { clock } } : {};
      const promote = ["promote", version, "--to", "development"];
      const { answer, error, exit } = await unseenByCallers("development", () =>
        scene.command(promote, options),
      );
      expect({ exit, code: error?.code }).toEqual({ exit: 1, code: "APP_ROLLOUT_FAILED" });
      expect(error?.message).toBe(`${version} failed ${phase} in development`);
      expect(error?.why).toMatch(why);
      expect(await shown(ids(answer))).toMatchObject({
        state: "failed",
        error: { error: { why: error?.why } },
      });
      expect(await scene.serving("development")).toBe("1.1.0");
      expect(await setsOf("development")).toEqual(["1.1.0"]);

      const again = await scene.command(promote);
      expect(again.error?.code).toBe("OPERATION_REFUSED");
      expect(gates(again.answer).quarantine?.state).toBe("shut");
      await scene.must(["release", "lift", version, "--reason", "another try"]);
      const { answer: lifted } = await scene.command([...promote, "--dry-run"]);
      expect(gates(lifted).quarantine?.state).toBe("open");
    },
  );

  test.each([
    ["before", "2.0.0"],
    ["after", "2.2.0"],
  ])(
    "with no former release, a failure %s the switch leaves nothing, and a closed port",
    async (_when, version) => {
      await scene.must(["env", "stop", "-e", "development"]);
      const url = `http://127.0.0.1:${scene.ports.development}/`;
      const load = startLoad({ url, requestsPerSecond: REQUESTS_PER_SECOND, connections: 8 });
      const failed = await scene.command(["promote", version, "--to", "development"]);
      await load.stop();
      expect(failed.error?.code).toBe("APP_ROLLOUT_FAILED");
      expect((failed.answer as OperationRecord).state).toBe("failed");
      expect(await setsOf("development")).toEqual([]);
      await expect(scene.serving("development")).rejects.toThrow("fetch failed");
    },
  );

  test("the record of all this verifies", async () => {
    expect(await scene.must(["audit", "verify"])).toMatchObject({ valid: true, problems: [] });
  });
});
