/** The part of the store's contract that is about single nouns. Adapters join it through `storeContract`. */
import { expect, test } from "vitest";
import type { Digest } from "../../src/base/digest.ts";
import type { Revision } from "../../src/model/revision.ts";
import type { Lease } from "../../src/ports/store/leases.ts";
import type { Store } from "../../src/ports/store/store.ts";
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

export function eventsContract(get: () => Store): void {
  test("events come back in order, as the bytes that were given", async () => {
    await get().transaction(async ({ events }) => {
      for (let index = 0; index < 7; index++) await events.append(eventAt(index), []);
    });
    await get().read(async ({ events }) => {
      expect(await events.size()).toBe(7);
      expect(await events.range(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6].map(eventAt));
      expect(await events.range(2, 4)).toEqual([eventAt(2), eventAt(3)]);
      expect(await events.range(5, 99)).toEqual([eventAt(5), eventAt(6)]);
      expect(await events.range(3, 3)).toEqual([]);
      expect(await events.range(7, 9)).toEqual([]);
      expect(await events.node(0, 6)).toBe(eventAt(6).leaf);
      expect(await events.node(0, 7)).toBeUndefined();
    });
  });

  test.each([2, 3, -1, 0])(
    "an event for index %i after one event throws, and nothing is written",
    async (index) => {
      await get().transaction(({ events }) => events.append(eventAt(0), []));
      const append = get().transaction(({ events }) =>
        events.append({ ...eventAt(1), index }, [{ level: 1, index: 0, hash: "aa" }]),
      );
      await expect(append).rejects.toThrow("can't be appended");
      await get().read(async ({ events }) => {
        expect(await events.size()).toBe(1);
        expect(await events.node(1, 0)).toBeUndefined();
      });
    },
  );

  test("nodes are kept by level and index", async () => {
    await get().transaction(({ events }) =>
      events.append(eventAt(0), [
        { level: 1, index: 0, hash: "aa" },
        { level: 2, index: 0, hash: "bb" },
        { level: 1, index: 1, hash: "cc" },
      ]),
    );
    await get().read(async ({ events }) => {
      expect([await events.node(1, 0), await events.node(2, 0), await events.node(1, 1)]).toEqual([
        "aa",
        "bb",
        "cc",
      ]);
      expect(await events.node(2, 1)).toBeUndefined();
    });
  });

  test("each spool has a head, and the last one counts", async () => {
    await get().transaction(async ({ events }) => {
      await events.setSpoolHead("a", "1");
      await events.setSpoolHead("b", "2");
      await events.setSpoolHead("a", "3");
    });
    await get().read(async ({ events }) => {
      expect(await events.spoolHead("a")).toBe("3");
      expect(await events.spoolHead("b")).toBe("2");
      expect(await events.spoolHead("c")).toBeUndefined();
    });
  });
}

export function operationsContract(get: () => Store): void {
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

  test("operations are listed newest first, filtered and limited; a replaced one keeps its place", async () => {
    await get().transaction(async ({ operations }) => {
      await operations.put(anOperation("op_1", { environment: "staging" }));
      await operations.put(anOperation("op_2", { environment: null }));
      await operations.put(anOperation("op_3", { environment: "production" }));
      await operations.put(anOperation("op_4", { environment: "staging" }));
      await operations.put(anOperation("op_1", { environment: "staging", state: "succeeded" }));
    });
    await get().read(async ({ operations }) => {
      expect(ids(await operations.list())).toEqual(["op_4", "op_3", "op_2", "op_1"]);
      expect(ids(await operations.list({ limit: 2 }))).toEqual(["op_4", "op_3"]);
      expect(ids(await operations.list({ environment: "staging" }))).toEqual(["op_4", "op_1"]);
      expect(ids(await operations.list({ environment: "staging", limit: 1 }))).toEqual(["op_4"]);
      expect(ids(await operations.list({ state: "succeeded" }))).toEqual(["op_1"]);
      expect(ids(await operations.list({ state: "running", environment: "production" }))).toEqual(["op_3"]);
      expect(ids(await operations.list({ environment: "nowhere" }))).toEqual([]);
      expect(await operations.get("op_1")).toEqual(
        anOperation("op_1", { environment: "staging", state: "succeeded" }),
      );
    });
  });

  test("an operation has one approval a person, the later one", async () => {
    await get().transaction(async ({ operations }) => {
      await operations.put(anOperation("op_1"));
      await operations.put(anOperation("op_2"));
      await operations.approve(anApproval("op_1", "alice", "first"));
      await operations.approve(anApproval("op_1", "bob", "only"));
      await operations.approve(anApproval("op_2", "alice", "other"));
      await operations.approve(anApproval("op_1", "alice", "second"));
    });
    const byPerson = async (id: string) => {
      const approvals = await get().read(({ operations }) => operations.approvals(id));
      return [...approvals].sort((a, b) => a.person.localeCompare(b.person));
    };
    expect(await byPerson("op_1")).toEqual([
      anApproval("op_1", "alice", "second"),
      anApproval("op_1", "bob", "only"),
    ]);
    await get().transaction(({ operations }) => operations.voidApprovals("op_1"));
    expect(await byPerson("op_1")).toEqual([]);
    expect(await byPerson("op_2")).toEqual([anApproval("op_2", "alice", "other")]);
  });

  test("a replaced operation keeps its approvals", async () => {
    await get().transaction(async ({ operations }) => {
      await operations.put(anOperation("op_1"));
      await operations.approve(anApproval("op_1", "alice", "first"));
      await operations.put(anOperation("op_1", { state: "succeeded" }));
    });
    expect(await get().read(({ operations }) => operations.approvals("op_1"))).toHaveLength(1);
  });

  test("an approval of an unknown operation throws", async () => {
    const approve = get().transaction(({ operations }) =>
      operations.approve(anApproval("op_9", "alice", "x")),
    );
    await expect(approve).rejects.toThrow();
  });
}

export function leasesContract(get: () => Store, reopen: () => Promise<Store>): void {
  const put = (lease: Lease) => get().transaction(({ leases }) => leases.put(lease));

  test("a lease is kept with every field, one for each environment", async () => {
    await put(aLease(1));
    await put({ ...aLease(7), environment: "production" });
    await get().read(async ({ leases }) => {
      expect(await leases.get("staging")).toEqual(aLease(1));
      expect(await leases.get("production")).toEqual({ ...aLease(7), environment: "production" });
      expect(await leases.get("development")).toBeUndefined();
    });
  });

  test("its token stays after release, also elsewhere, and never falls", async () => {
    await put(aLease(4));
    const free = { ...aLease(4), operation: null };
    await put(free);
    expect(await (await reopen()).read(({ leases }) => leases.get("staging"))).toEqual(free);
    await expect(put(aLease(3))).rejects.toThrow("lower");
    expect(await get().read(({ leases }) => leases.get("staging"))).toEqual(free);
    await put(aLease(5));
    expect(await get().read(({ leases }) => leases.get("staging"))).toEqual(aLease(5));
  });
}

export function releasesContract(get: () => Store): void {
  test("releases are listed newest first", async () => {
    const versions = ["1.0.0", "1.10.0", "1.9.0"];
    for (const version of versions)
      await get().transaction(({ releases }) => releases.add(aRelease(version)));
    await get().read(async ({ releases }) => {
      expect(await releases.list()).toEqual(["1.9.0", "1.10.0", "1.0.0"].map(aRelease));
      expect(await releases.get("1.10.0")).toEqual(aRelease("1.10.0"));
      expect(await releases.get("2.0.0")).toBeUndefined();
    });
  });

  test("a release that exists can't be added again, whatever it holds", async () => {
    await get().transaction(({ releases }) => releases.add(aRelease("1.0.0")));
    for (const release of [aRelease("1.0.0"), { ...aRelease("1.0.0"), createdBy: "mallory" }]) {
      await expect(get().transaction(({ releases }) => releases.add(release))).rejects.toThrow("immutable");
    }
    expect(await get().read(({ releases }) => releases.list())).toEqual([aRelease("1.0.0")]);
  });
}

export function deploymentsContract(get: () => Store): void {
  test("the latest deployment of an environment is its current one, the history goes back from it", async () => {
    await get().transaction(async ({ deployments }) => {
      for (const version of ["1.0.0", "1.1.0", "1.0.0"]) await deployments.add(aDeployment(version));
      await deployments.add({ ...aDeployment("2.0.0"), environment: "production" });
    });
    await get().read(async ({ deployments }) => {
      expect(await deployments.current("staging")).toEqual(aDeployment("1.0.0"));
      expect(await deployments.history("staging", 10)).toEqual(["1.0.0", "1.1.0", "1.0.0"].map(aDeployment));
      expect(await deployments.history("staging", 2)).toEqual(["1.0.0", "1.1.0"].map(aDeployment));
      expect((await deployments.current("production"))?.version).toBe("2.0.0");
      expect(await deployments.current("nowhere")).toBeUndefined();
    });
  });

  test("verifications are kept by version, oldest first", async () => {
    const inProduction = { ...aVerification("1.0.0"), environment: "production" };
    await get().transaction(async ({ deployments }) => {
      await deployments.verify(aVerification("1.0.0"));
      await deployments.verify(aVerification("1.1.0"));
      await deployments.verify(inProduction);
    });
    const verifications = await get().read(({ deployments }) => deployments.verifications("1.0.0"));
    expect(verifications).toEqual([aVerification("1.0.0"), inProduction]);
  });

  test("a version has one quarantine, the later one, until it is lifted", async () => {
    const quarantine = (version: string) => get().read(({ deployments }) => deployments.quarantine(version));
    await get().transaction(async ({ deployments }) => {
      await deployments.putQuarantine(aQuarantine("1.2.0", "first"));
      await deployments.putQuarantine(aQuarantine("1.2.0", "second"));
      await deployments.putQuarantine(aQuarantine("1.3.0", "other"));
    });
    expect(await quarantine("1.2.0")).toEqual(aQuarantine("1.2.0", "second"));
    await get().transaction(({ deployments }) => deployments.liftQuarantine("1.2.0"));
    expect(await quarantine("1.2.0")).toBeUndefined();
    expect(await quarantine("1.3.0")).toEqual(aQuarantine("1.3.0", "other"));
    await get().transaction(({ deployments }) => deployments.liftQuarantine("1.2.0"));
  });
}

export function revisionsContract(get: () => Store): void {
  const [a, b, c] = ["a", "b", "c"].map(digestAt) as [Digest, Digest, Digest];
  const add = (...all: Revision[]) =>
    get().transaction(async ({ revisions }) => {
      for (const revision of all) await revisions.add(revision);
    });

  test("each environment has a history, newest first, in which the same content may come again", async () => {
    const history = [aRevision(a, null), aRevision(b, a), aRevision(a, b)];
    await add(...history, { ...aRevision(c, null), environment: "production" });
    await get().read(async ({ revisions }) => {
      expect(await revisions.history("staging", 10)).toEqual(history.toReversed());
      expect(await revisions.history("staging", 1)).toEqual([aRevision(a, b)]);
      expect(await revisions.current("staging")).toEqual(aRevision(a, b));
      expect((await revisions.current("production"))?.digest).toBe(c);
      expect(await revisions.current("nowhere")).toBeUndefined();
      expect(await revisions.history("nowhere", 10)).toEqual([]);
    });
  });

  test("revisions are found by the beginning of their digest, in their environment only", async () => {
    const near = `${b.slice(0, 20)}${"c".repeat(51)}` as Digest;
    await add(aRevision(b, null), aRevision(near, b), aRevision(a, near));
    await add({ ...aRevision(b, null), environment: "production" });
    const find = (prefix: string) => get().read(({ revisions }) => revisions.find("staging", prefix));
    expect(await find("sha256:bbb")).toEqual([aRevision(near, b), aRevision(b, null)]);
    expect(await find(near.slice(0, 21))).toEqual([aRevision(near, b)]);
    expect(await find(b)).toEqual([aRevision(b, null)]);
    expect(await find("sha256:c")).toEqual([]);
    expect(await find("sha256:%")).toEqual([]);
    expect(await find("")).toHaveLength(3);
  });

  test.each([
    ["the first one has a parent", [aRevision(b, a)]],
    ["it has none and is not the first", [aRevision(a, null), aRevision(b, null)]],
    ["its parent is an older one", [aRevision(a, null), aRevision(b, a), aRevision(c, a)]],
  ])("a revision does not follow where %s; nothing is written", async (_, all) => {
    await expect(add(...all)).rejects.toThrow("can't follow");
    expect(await get().read(({ revisions }) => revisions.history("staging", 10))).toEqual([]);
  });

  test("bytes come back as they were, whatever they are, and are nobody's to change", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xef, 0xbb, 0xbf, 0x0d, 0x0a, 0x80]);
    const given = Buffer.from(bytes);
    const text = (digest: Digest) => get().read(({ revisions }) => revisions.text(digest));
    await get().transaction(async ({ revisions }) => {
      await revisions.putText(a, given);
      await revisions.putText(b, Buffer.alloc(0));
    });
    given.fill(1);
    (await text(a))?.fill(2);
    expect(await text(a)).toEqual(new Uint8Array(bytes));
    expect(await text(b)).toEqual(new Uint8Array());
    await get().transaction(({ revisions }) => revisions.putText(a, Buffer.from("other")));
    expect(await text(a)).toEqual(new Uint8Array(bytes));
    expect(await text(c)).toBeUndefined();
  });
}
