/**
 * The contract of the store port, as a suite that every adapter joins: each sentence of the port's comments is
 * a case here. What only some adapters promise (durability, several processes) is in their own files.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store, StoreTransaction } from "../../src/ports/store/store.ts";
import {
  deploymentsContract,
  eventsContract,
  leasesContract,
  operationsContract,
  releasesContract,
  revisionsContract,
} from "./store-nouns.ts";
import {
  aDeployment,
  aLease,
  anApproval,
  anOperation,
  aQuarantine,
  aRelease,
  aRevision,
  aVerification,
  digestAt,
  eventAt,
} from "./store-records.ts";

/** A store that a test may use. */
export interface OpenedStore {
  readonly store: Store;
  /** The same store as another process sees it; for a memory store the same object. */
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

type Write = (transaction: StoreTransaction) => Promise<void>;

/** One write of every kind, so that "all or nothing" means all. */
const writes: [string, Write][] = [
  ["events.append", ({ events }) => events.append(eventAt(0), [{ level: 1, index: 0, hash: "aa" }])],
  ["events.setSpoolHead", ({ events }) => events.setSpoolHead("spool", "head")],
  ["operations.put", ({ operations }) => operations.put(anOperation("op_1"))],
  ["leases.put", ({ leases }) => leases.put(aLease(1))],
  ["releases.add", ({ releases }) => releases.add(aRelease("1.0.0"))],
  ["deployments.add", ({ deployments }) => deployments.add(aDeployment("1.0.0"))],
  ["deployments.verify", ({ deployments }) => deployments.verify(aVerification("1.0.0"))],
  [
    "deployments.putQuarantine",
    ({ deployments }) => deployments.putQuarantine(aQuarantine("1.0.0", "broken")),
  ],
  ["revisions.add", ({ revisions }) => revisions.add(aRevision(digestAt("a"), null))],
  ["revisions.putText", ({ revisions }) => revisions.putText(digestAt("a"), Buffer.from("A=1\n"))],
];

async function everything(view: StoreTransaction) {
  const { events, operations, leases, releases, deployments, revisions } = view;
  return {
    size: await events.size(),
    events: await events.range(0, 10),
    leaf: await events.node(0, 0),
    node: await events.node(1, 0),
    head: await events.spoolHead("spool"),
    operation: await operations.get("op_1"),
    operations: await operations.list(),
    approvals: await operations.approvals("op_1"),
    lease: await leases.get("staging"),
    release: await releases.get("1.0.0"),
    releases: await releases.list(),
    current: await deployments.current("staging"),
    history: await deployments.history("staging", 10),
    verifications: await deployments.verifications("1.0.0"),
    quarantine: await deployments.quarantine("1.0.0"),
    revision: await revisions.current("staging"),
    revisions: await revisions.history("staging", 10),
    found: await revisions.find("staging", "sha256:"),
    text: await revisions.text(digestAt("a")),
  };
}

const NOTHING = {
  size: 0,
  events: [],
  leaf: undefined,
  node: undefined,
  head: undefined,
  operation: undefined,
  operations: [],
  approvals: [],
  lease: undefined,
  release: undefined,
  releases: [],
  current: undefined,
  history: [],
  verifications: [],
  quarantine: undefined,
  revision: undefined,
  revisions: [],
  found: [],
  text: undefined,
};

export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the store's contract`, () => {
    let opened: OpenedStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    transactions(
      () => store,
      () => opened.reopen(),
    );
    eventsContract(() => store);
    operationsContract(() => store);
    leasesContract(
      () => store,
      () => opened.reopen(),
    );
    releasesContract(() => store);
    deploymentsContract(() => store);
    revisionsContract(() => store);
  });
}

function transactions(get: () => Store, reopen: () => Promise<Store>): void {
  test("what is not there is undefined or empty", async () => {
    expect(await get().read(everything)).toEqual(NOTHING);
    expect(await get().transaction(everything)).toEqual(NOTHING);
  });

  test("its id is random and is kept", async () => {
    expect(get().id).toMatch(/^store_[0-9a-z]{26}$/);
    expect((await reopen()).id).toBe(get().id);
  });

  test("what a transaction wrote is seen inside it, and by every later one, also elsewhere", async () => {
    const inside = await get().transaction(async (transaction) => {
      for (const [, write] of writes) await write(transaction);
      return everything(transaction);
    });
    expect(inside).toMatchObject({ size: 1, head: "head", quarantine: { reason: "broken" } });
    expect(await get().read(everything)).toEqual(inside);
    expect(await (await reopen()).read(everything)).toEqual(inside);
    expect(await get().transaction(everything)).toEqual(inside);
  });

  test("what its work throws rolls everything back, and is rethrown unchanged", async () => {
    const reason = { not: "even an Error" };
    const work = async (transaction: StoreTransaction) => {
      for (const [, write] of writes) await write(transaction);
      throw reason;
    };
    await expect(get().transaction(work)).rejects.toBe(reason);
    expect(await get().read(everything)).toEqual(NOTHING);
    for (const [, write] of writes) await get().transaction(write);
    expect(await get().read(everything)).toMatchObject({ size: 1, head: "head" });
  });

  test("changes and removals are rolled back as well", async () => {
    await get().transaction(async (transaction) => {
      for (const [, write] of writes) await write(transaction);
      await transaction.operations.approve(anApproval("op_1", "alice", "first"));
    });
    const before = await get().read(everything);
    const failing = get().transaction(async ({ operations, leases, deployments, events }) => {
      await operations.put({ ...anOperation("op_1"), state: "failed" });
      await operations.approve(anApproval("op_1", "alice", "second"));
      await operations.voidApprovals("op_1");
      await leases.put(aLease(9));
      await deployments.liftQuarantine("1.0.0");
      await events.setSpoolHead("spool", "other");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await get().read(everything)).toEqual(before);
  });

  test("they run one after another: none of many increments at once is lost", async () => {
    const increment = () =>
      get().transaction(async ({ leases }) => {
        const token = (await leases.get("staging"))?.token ?? 0;
        await Promise.resolve();
        await leases.put(aLease(token + 1));
      });
    await Promise.all(Array.from({ length: 50 }, increment));
    expect((await get().read(({ leases }) => leases.get("staging")))?.token).toBe(50);
  });

  test.each(writes)("%s in a read throws, and nothing is written", async (_, write) => {
    await expect(get().read(write)).rejects.toThrow("can't write");
    expect(await get().read(everything)).toEqual(NOTHING);
    await get().transaction(write);
  });

  test("asking the store from inside its own work throws instead of waiting for ever", async () => {
    await get().transaction(async () => {
      await expect(get().read(everything)).rejects.toThrow("from inside");
      await expect(get().transaction(everything)).rejects.toThrow("from inside");
    });
    await get().read(async () => {
      await expect(get().read(everything)).rejects.toThrow("from inside");
    });
  });

  test("a view that is used after its work has ended throws", async () => {
    let kept: StoreTransaction | undefined;
    const keep = async (view: StoreTransaction) => {
      kept = view;
    };
    for (const end of [() => get().read(keep), () => get().transaction(keep)]) {
      await end();
      await expect(kept?.events.size()).rejects.toThrow();
      await expect(kept?.leases.put(aLease(1))).rejects.toThrow();
    }
    expect(await get().read(everything)).toEqual(NOTHING);
  });

  test("a value that was given or got is nobody's to change", async () => {
    const operation = anOperation("op_1");
    await get().transaction(({ operations }) => operations.put(operation));
    (operation.input as Record<string, unknown>).changed = true;
    const got = await get().read(({ operations }) => operations.get("op_1"));
    (got?.input as Record<string, unknown>).changed = true;
    expect(await get().read(({ operations }) => operations.get("op_1"))).toEqual(anOperation("op_1"));
  });

  test("text comes back as it was", async () => {
    const reason = "quotes \"' , ü € 😀 \u0000 \u2028 \ufffd line\nline";
    await get().transaction(({ deployments }) => deployments.putQuarantine(aQuarantine("1.0.0", reason)));
    const kept = await get().read(({ deployments }) => deployments.quarantine("1.0.0"));
    expect(kept?.reason).toBe(reason);
  });

  test("closed, it does nothing any more; closing twice is no mistake", async () => {
    const store = await reopen();
    await store.close();
    await store.close();
    await expect(store.read(everything)).rejects.toThrow("closed");
    await expect(store.transaction(everything)).rejects.toThrow("closed");
  });
}
