/** What every store of secrets owes to whoever reads: answers, failures, leases. */
import { describe, expect, test } from "vitest";
import type { SecretAnswer, SecretLease } from "../../src/ports/secret-store.ts";
import {
  byVersion,
  duringFailure,
  never,
  type Opened,
  one,
  PLANTED,
  type SecretStoreFacts,
  said,
  serviceOf,
  VALUES,
  whyOf,
} from "./secret-store-subject.ts";
import { FAILURES } from "./services/failing-server.ts";

export function readingCases(open: Opened, { text, largest, versions, batch }: SecretStoreFacts): void {
  test.each(Object.entries(VALUES))("gives a secret as it is: %s", async (_kind, value) => {
    const under = await open();
    await under.keep("whole", text(value));
    expect(await one(under, under.at("whole"))).toMatchObject({ kind: "found", text: text(value) });
  });

  test("gives the largest secret", async () => {
    const under = await open();
    const value = text("é".repeat(Math.floor(largest / 2) - text("").length));
    await under.keep("large", value);
    const answer = await one(under, under.at("large"));
    expect(answer.kind === "found" && answer.text === value).toBe(true);
  });

  test("nothing is asked, nothing is answered", async () => {
    expect(await (await open()).store.read([], never)).toEqual([]);
  });

  test("answers in the order of the references; a missing or wrong one takes none with it", async () => {
    const under = await open();
    for (const name of ["one", "two", "three"]) await under.keep(name, text(`value ${name}`));
    const names = ["three", "nowhere", "one", "two", "one"];
    const given = [...names.map((name) => under.at(name)), ...under.invalid, under.at("two")];
    const answers = await under.store.read(given, never);
    expect(answers.map((answer) => (answer.kind === "found" ? answer.text : answer.kind))).toEqual([
      text("value three"),
      "missing",
      text("value one"),
      text("value two"),
      text("value one"),
      ...under.invalid.map(() => "invalid"),
      text("value two"),
    ]);
  });

  test("a reference of another store is invalid", async () => {
    const under = await open();
    const foreign = { ...under.at("one"), scheme: "elsewhere" };
    expect(await one(under, foreign)).toMatchObject({ kind: "invalid" });
  });

  test.runIf(versions)("a former version is there under its name, and no other is made up", async () => {
    const under = await open();
    const reference = under.at("versions");
    await under.keep("versions", text("first"));
    const first = await one(under, reference);
    await under.keep("versions", text("second"));
    const second = await one(under, reference);
    if (first.kind !== "found" || second.kind !== "found") throw new Error("both are there");
    expect(second.text).toBe(text("second"));
    expect(second.version).not.toBe(first.version);
    const asked = [first.version, second.version].map((version) => byVersion(reference, version));
    const answers = await under.store.read([...asked, reference], never);
    expect(answers).toMatchObject([{ text: text("first") }, { text: text("second") }, second]);
    const unknown = first.version!.replaceAll(/\d/g, "9");
    expect(await one(under, byVersion(reference, unknown))).toMatchObject({ kind: "missing" });
  });

  test("gives many at once", async () => {
    const under = await open();
    const names = Array.from({ length: batch * 2 + 2 }, (_, nth) => `secret-${nth}`);
    for (const name of names) await under.keep(name, text(name));
    const asked = names.map((name) => under.at(name));
    expect(await under.store.read(asked, never)).toMatchObject(names.map((name) => ({ text: text(name) })));
  });
}

export function askingCases(open: Opened, { text, batch }: SecretStoreFacts): void {
  test("a denied one is denied alone", async () => {
    const under = await open();
    const { denied } = serviceOf(under);
    await under.keep("one", text("value one"));
    await under.keep("two", text("value two"));
    const answers = await under.store.read([under.at("one"), denied, under.at("two")], never);
    expect(answers.map(({ kind }) => kind)).toEqual(["found", "denied", "found"]);
    expect(whyOf(answers[1]!)).not.toContain(PLANTED);
  });

  test("asks for many at once, and once for equal ones", async () => {
    const under = await open();
    const names = Array.from({ length: batch * 2 + 2 }, (_, nth) => `secret-${nth}`);
    for (const name of names) await under.keep(name, text(name));
    const twice = [...names, ...names].map((name) => under.at(name));
    await under.store.read(twice, never);
    expect(serviceOf(under).requests()).toBe(Math.ceil(names.length / batch));
  });

  test("a signal that has fired already asks nothing", async () => {
    const under = await open();
    const answers = await under.store.read([under.at("a"), under.at("b")], AbortSignal.abort());
    expect(answers.map(({ kind }) => kind)).toEqual(["unreachable", "unreachable"]);
    expect(serviceOf(under).requests()).toBe(0);
  });
}

export function failureCases(open: Opened, { text, writing, leases }: SecretStoreFacts): void {
  describe.each(FAILURES)("a service that %s", (failure) => {
    test("is unreachable, without a word of what it said and without a line on the terminal", async () => {
      const under = await open();
      await under.keep("one", text(PLANTED));
      await under.keep("two", text(PLANTED));
      await serviceOf(under).fail(failure);
      const asked = [under.at("one"), under.at("two"), byVersion(under.at("one"), "1")];
      let answers: readonly SecretAnswer[] = [];
      const lines = await said(async () => {
        answers = await duringFailure(under, failure, (signal) => under.store.read(asked, signal));
      });
      expect(answers.map(({ kind }) => kind)).toEqual(asked.map(() => "unreachable"));
      expect(JSON.stringify(answers)).not.toContain(PLANTED);
      expect(lines).toEqual([]);
      // Whether to ask again is not decided here.
      expect(serviceOf(under).requests()).toBeLessThanOrEqual(asked.length);
      expect(serviceOf(under).swallowed()).toBe(0);
    });

    test.runIf(writing !== "none")("is unreachable to whoever writes, too", async () => {
      const under = await open();
      await serviceOf(under).fail(failure);
      const writer = under.store.writer!;
      const written = await duringFailure(under, failure, (signal) =>
        writer.create(under.at("new"), text(PLANTED), "token", signal),
      );
      expect(written.kind).toBe("unreachable");
      expect(JSON.stringify(written)).not.toContain(PLANTED);
    });

    test.runIf(leases === "renewable")("renews no lease", async () => {
      const { under, lease } = await leased(open);
      const leases = under.store.leases!;
      await serviceOf(under).fail(failure);
      const renewed = await duringFailure(under, failure, (signal) => leases.renew(lease, signal));
      expect(renewed).toMatchObject({ kind: "unreachable" });
      expect(JSON.stringify(renewed)).not.toContain(PLANTED);
    });
  });
}

/** A store, and a credential with its lease. */
async function leased(open: Opened) {
  const under = await open();
  const answer = await one(under, under.leased!);
  if (answer.kind !== "found" || !answer.lease) throw new Error(`it was ${answer.kind}, or has no lease`);
  return { under, answer, lease: answer.lease };
}

export function leaseCases(open: Opened, { leases }: SecretStoreFacts): void {
  test("a leased credential says until when", async () => {
    const { answer, lease } = await leased(open);
    expect(lease.durationMs).toBeGreaterThan(0);
    expect(lease.renewable).toBe(leases === "renewable");
    expect(Object.keys(JSON.parse(answer.text)).length).toBeGreaterThan(1);
    expect(answer.text).not.toContain(lease.id);
  });

  test("equal references get one credential, asking again gets another", async () => {
    const { under, answer } = await leased(open);
    const [left, right] = await under.store.read([under.leased!, under.leased!], never);
    expect(left).toEqual(right);
    expect(left).not.toEqual(answer);
  });

  test.runIf(leases === "renewable")("is renewed, and taken back once and for all", async () => {
    const { under, lease } = await leased(open);
    const leases = under.store.leases!;
    const renewed = await leases.renew(lease, never);
    expect(renewed).toMatchObject({ id: lease.id, renewable: true });
    expect((renewed as SecretLease).durationMs).toBeGreaterThan(0);
    for (const _time of ["once", "twice"])
      expect(await leases.revoke(lease, never)).toEqual({ kind: "revoked" });
    expect(await leases.renew(lease, never)).toMatchObject({ why: expect.any(String) });
  });
}
