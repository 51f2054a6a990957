import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../adapters/clock-system/index.ts";
import { createMemoryStore } from "../adapters/store-memory/index.ts";
import type { Store } from "../ports/store/store.ts";
import { openRecord } from "./record.ts";

const home = mkdtempSync(join(tmpdir(), "ringfence-record-"));
afterAll(() => rmSync(home, { recursive: true }));

const entry = { actor: "author", action: "a.test", subject: "a subject" };

test("what is committed is committed, also when its head can't be signed; the next head vouches for it", async () => {
  const memory = createMemoryStore();
  const warnings: string[] = [];
  let afterCommit = () => {};
  const store: Store = {
    id: memory.id,
    read: (work) => memory.read(work),
    close: () => memory.close(),
    async transaction(work) {
      const answer = await memory.transaction(work);
      afterCommit();
      return answer;
    },
  };
  const options = { storePath: "/a/store.db", project: "shop", home, clock: systemClock };
  const record = openRecord({ ...options, store, warn: (text) => warnings.push(text) });
  // A folder stands where the checkpoint would be written.
  afterCommit = () => mkdirSync(record.checkpointPath, { recursive: true });
  expect(await record.transact(async (_transaction, write) => write(entry).then(() => "done"))).toBe("done");
  expect(warnings).toHaveLength(1);
  expect(await memory.read(({ events }) => events.size())).toBe(1);
  rmSync(record.checkpointPath, { recursive: true });
  afterCommit = () => {};
  await record.transact((_transaction, write) => write(entry));
  expect(record.checkpoint()?.size).toBe(2);
});
