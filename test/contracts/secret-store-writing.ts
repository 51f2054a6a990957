/** What every store of secrets owes to whoever writes, in one step or in two. */
import { expect, test } from "vitest";
import type { SecretWriter } from "../../src/ports/secret-store.ts";
import {
  byVersion,
  never,
  type Opened,
  one,
  PLANTED,
  type SecretStoreFacts,
  type SecretStoreUnderTest,
  serviceOf,
  VALUES,
} from "./secret-store-subject.ts";

type Writing = SecretStoreUnderTest & { readonly writer: SecretWriter };

export function writingCases(open: Opened, facts: SecretStoreFacts): void {
  const { text } = facts;
  const opened = async (): Promise<Writing> => {
    const under = await open();
    return { ...under, writer: under.store.writer! };
  };

  test("a new secret is written once, whoever asks again", async () => {
    const under = await opened();
    const reference = under.at("new");
    const create = (value: string, token: string) =>
      under.writer.create(reference, text(value), token, never);
    const first = await create("value", "token 1");
    expect(first).toMatchObject({ kind: "written" });
    expect(await create("value", "token 1")).toEqual(first);
    expect(await create("another", "token 2")).toMatchObject({ kind: "exists" });
    const { version } = first as { version: string };
    expect(await one(under, reference)).toMatchObject({ kind: "found", text: text("value"), version });
  });

  test.each(Object.entries(VALUES))("writes a secret as it is: %s", async (_kind, value) => {
    const under = await opened();
    await under.writer.create(under.at("new"), text(value), "token", never);
    expect(await one(under, under.at("new"))).toMatchObject({ text: text(value) });
  });

  test.runIf(facts.tooLarge !== undefined)(
    "one that is too large is invalid, and is not quoted",
    async () => {
      const under = await opened();
      const value = text(PLANTED.repeat(Math.ceil(facts.tooLarge! / PLANTED.length)));
      const written = await under.writer.create(under.at("new"), value, "token", never);
      expect(written).toMatchObject({ kind: "invalid" });
      expect(JSON.stringify(written)).not.toContain(PLANTED);
    },
  );

  test.runIf(facts.inHand)("whoever may not write is denied", async () => {
    const under = await opened();
    const written = await under.writer.create(serviceOf(under).denied, text(PLANTED), "token", never);
    expect(written).toMatchObject({ kind: "denied" });
    expect(JSON.stringify(written)).not.toContain(PLANTED);
  });

  test("what is not this store's is invalid to write, too", async () => {
    const under = await opened();
    for (const reference of under.invalid) {
      expect(await under.writer.create(reference, text("x"), "token", never)).toMatchObject({
        kind: "invalid",
      });
    }
  });
}

export function stagingCases(open: Opened, { text }: SecretStoreFacts): void {
  /** A secret `old`, and `new` staged over it. */
  const staged = async () => {
    const under = await open();
    const writer = under.store.writer!;
    const reference = under.at("rotating");
    const stage = (value: string, token: string) => writer.stage(reference, text(value), token, never);
    const read = (version?: string) =>
      one(under, version === undefined ? reference : byVersion(reference, version));
    await writer.create(reference, text("old"), "token of old", never);
    const old = await read();
    const written = await stage("new", "token of new");
    if (old.kind !== "found" || written.kind !== "written") throw new Error("both are written");
    const overwrite = (value: string) => under.keep("rotating", text(value));
    return { writer, reference, read, stage, overwrite, old, version: written.version };
  };

  test("a staged version is given only to whoever names it", async () => {
    const { read, old, stage, version } = await staged();
    expect(await read()).toEqual(old);
    expect(await read(version)).toMatchObject({ kind: "found", text: text("new"), version });
    expect(await stage("new", "token of new")).toEqual({ kind: "written", version });
    expect(await read()).toEqual(old);
  });

  test("a promoted version is given to everyone, and the former one is still there", async () => {
    const { writer, reference, read, old, version } = await staged();
    const promoted = await writer.promote(reference, version, old.version, never);
    if (promoted.kind !== "written") throw new Error(`it was ${promoted.kind}`);
    expect(await read()).toMatchObject({ kind: "found", text: text("new"), version: promoted.version });
    expect(await read(promoted.version)).toMatchObject({ text: text("new") });
    expect(await read(old.version)).toMatchObject({ kind: "found", text: text("old") });
    expect(await writer.promote(reference, version, old.version, never)).toEqual(promoted);
    expect(await read()).toMatchObject({ text: text("new"), version: promoted.version });
  });

  test("a promotion never takes the place of what somebody else wrote since it was decided", async () => {
    const { writer, reference, read, overwrite, old, version } = await staged();
    await overwrite("theirs");
    for (const _time of ["first", "again"]) {
      expect(await writer.promote(reference, version, old.version, never)).toMatchObject({ kind: "exists" });
      expect(await read()).toMatchObject({ text: text("theirs") });
    }
    expect(await writer.promote(reference, version, undefined, never)).toMatchObject({ kind: "exists" });
  });

  test("what somebody wrote over a promoted version stays when it is promoted again", async () => {
    const { writer, reference, read, overwrite, old, version } = await staged();
    await writer.promote(reference, version, old.version, never);
    await overwrite("theirs");
    await writer.promote(reference, version, old.version, never);
    expect(await read()).toMatchObject({ text: text("theirs") });
  });

  test("the former version can be gone back to by staging it again", async () => {
    const { writer, reference, read, stage, old, version } = await staged();
    const promoted = await writer.promote(reference, version, old.version, never);
    if (promoted.kind !== "written") throw new Error(`it was ${promoted.kind}`);
    const back = await stage("old", "token of the way back");
    if (back.kind !== "written") throw new Error(`it was ${back.kind}`);
    expect(await read()).toMatchObject({ text: text("new") });
    expect(await writer.promote(reference, back.version, promoted.version, never)).toMatchObject({
      kind: "written",
    });
    expect(await read()).toMatchObject({ text: text("old") });
  });

  test("a discarded version is given to nobody any more, and can't be promoted", async () => {
    const { writer, reference, read, old, version } = await staged();
    for (const _time of ["once", "twice"])
      expect(await writer.discard(reference, version, never)).toMatchObject({ kind: "written" });
    expect(await read()).toEqual(old);
    expect(await writer.promote(reference, version, old.version, never)).toMatchObject({ kind: "missing" });
    expect(await read()).toEqual(old);
  });

  test("the version that everyone is given is not discarded; the one before it may be", async () => {
    const { writer, reference, read, old, version } = await staged();
    const promoted = await writer.promote(reference, version, old.version, never);
    const current = promoted.kind === "written" ? promoted.version : "";
    expect(await writer.discard(reference, current, never)).toMatchObject({ kind: "invalid" });
    expect(await writer.discard(reference, old.version!, never)).toMatchObject({ kind: "written" });
    expect(await read()).toMatchObject({ kind: "found", text: text("new") });
  });

  test("what is not there is neither staged over nor promoted", async () => {
    const under = await open();
    const writer = under.store.writer!;
    const nowhere = under.at("nowhere");
    expect(await writer.stage(nowhere, text("x"), "token", never)).toMatchObject({ kind: "missing" });
    expect(await writer.promote(nowhere, "1", "1", never)).toMatchObject({ kind: "missing" });
    expect(await one(under, nowhere)).toMatchObject({ kind: "missing" });
  });
}
