/**
 * What every adapter of the port for secrets that others keep owes, as a suite. An adapter joins by saying how a store
 * is opened, how a secret gets into it behind the adapter's back, and what this kind of store can't do.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import type {
  SecretAnswer,
  SecretLease,
  SecretReference,
  SecretStore,
  SecretWriter,
} from "../../src/ports/secret-store.ts";
import { ENDLESS, FAILURES, type Failure } from "./services/failing-server.ts";

/** What only a service that the test has in its hands can do. */
export interface ServiceInHand {
  /** A secret that is there and that this caller may not have, nor write. */
  readonly denied: SecretReference;
  /** From now on the service fails so. */
  fail(failure: Failure): Promise<void>;
  /** Ends when the service has got one more request. */
  asked(): Promise<unknown>;
  /** How often the service was asked so far, without what signing in took. */
  requests(): number;
}

/** A store of its own for each test. */
export interface SecretStoreUnderTest {
  readonly store: SecretStore;
  /** Where a secret of this name is, or would be. */
  at(name: string): SecretReference;
  /** Puts a secret there, or a further version of it, and everyone gets that. */
  keep(name: string, text: string): Promise<void>;
  /** What is well formed for whoever reads references, and is none of this store's. */
  readonly invalid: readonly SecretReference[];
  /** One that comes with a lease, where `leases` says that there are any. */
  readonly leased?: SecretReference;
  /** Where the facts say `inHand`. */
  readonly service?: ServiceInHand;
  dispose(): Promise<void>;
}

export interface SecretStoreFacts {
  /** The text of a whole secret with this value in it, as this store has it. */
  text(value: string): string;
  /** The largest value, in bytes of UTF-8, and more than it takes. */
  readonly largest: number;
  readonly tooLarge?: number;
  /** How many secrets one request answers. */
  readonly batch: number;
  /** `created` where a new version can't be tried before everyone gets it. */
  readonly writing: "staged" | "created" | "none";
  /** `ending` where leases end by themselves only. */
  readonly leases: "renewable" | "ending" | "none";
  /** Whether the service fails, denies and counts as the test wants. */
  readonly inHand: boolean;
}

/** Stands in secrets and in what failing services say; in no answer but the secret's own. */
export const PLANTED = "pl4nted-S3cret-value/with+signs==";

const never = new AbortController().signal;
const VALUES: Readonly<Record<string, string>> = {
  "plain text": "correct horse battery staple",
  "several lines": "-----BEGIN THING-----\nYWJj\nZGVm\n-----END THING-----\n",
  "quotes and escapes": `"'\`\\ \t $HOME \${X} <&>`,
  "letters of the world": "pässwörd 秘密 🔐 \u202e \u0001",
  "looks like JSON": '{"a":[1,2.50,null],"b":"\\u00e9"}',
  "spaces around": "  two spaces  ",
};

const whyOf = (answer: object): string => ("why" in answer ? `${answer.why}` : "");

/** Whatever is written to the terminal while the work runs. */
async function said(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const hear = (...words: unknown[]) => void lines.push(words.map(String).join(" "));
  const methods = ["log", "info", "warn", "error", "debug", "trace"] as const;
  const ears = methods.map((method) => vi.spyOn(console, method).mockImplementation(hear));
  process.on("warning", hear);
  try {
    await work();
  } finally {
    process.off("warning", hear);
    for (const ear of ears) ear.mockRestore();
  }
  return lines;
}

function byVersion(reference: SecretReference, version: string | undefined): SecretReference {
  return { ...reference, parameters: { ...reference.parameters, version: version ?? "" } };
}

type Opened = () => Promise<SecretStoreUnderTest>;

function serviceOf({ service }: SecretStoreUnderTest): ServiceInHand {
  if (!service) throw new Error("the facts say that the service is in hand, and it is not given");
  return service;
}

async function one(
  { store }: SecretStoreUnderTest,
  reference: SecretReference,
  signal = never,
): Promise<SecretAnswer> {
  const answers = await store.read([reference], signal);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

/** Asks, and gives up when the service has heard it, where the failure has no end of its own. */
async function duringFailure<Answer>(
  under: SecretStoreUnderTest,
  failure: Failure,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  if (!ENDLESS.includes(failure)) return work(never);
  const giveUp = new AbortController();
  const heard = serviceOf(under).asked();
  const working = work(giveUp.signal);
  await heard;
  giveUp.abort();
  return working;
}

function readingCases(open: Opened, { text, largest, batch }: SecretStoreFacts): void {
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

  test("a former version is there under its name, and no other is made up", async () => {
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

function askingCases(open: Opened, { text, batch }: SecretStoreFacts): void {
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

function failureCases(open: Opened, { text, writing, leases }: SecretStoreFacts): void {
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

type Writing = SecretStoreUnderTest & { readonly writer: SecretWriter };

function writingCases(open: Opened, facts: SecretStoreFacts): void {
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

function stagingCases(open: Opened, { text }: SecretStoreFacts): void {
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
    return { writer, reference, read, stage, old, version: written.version };
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
    const promoted = await writer.promote(reference, version, never);
    if (promoted.kind !== "written") throw new Error(`it was ${promoted.kind}`);
    expect(await read()).toMatchObject({ kind: "found", text: text("new"), version: promoted.version });
    expect(await read(promoted.version)).toMatchObject({ text: text("new") });
    expect(await read(old.version)).toMatchObject({ kind: "found", text: text("old") });
    expect(await writer.promote(reference, version, never)).toEqual(promoted);
    expect(await read()).toMatchObject({ text: text("new"), version: promoted.version });
  });

  test("the former version can be gone back to by staging it again", async () => {
    const { writer, reference, read, stage, version } = await staged();
    await writer.promote(reference, version, never);
    const back = await stage("old", "token of the way back");
    if (back.kind !== "written") throw new Error(`it was ${back.kind}`);
    expect(await read()).toMatchObject({ text: text("new") });
    expect(await writer.promote(reference, back.version, never)).toMatchObject({ kind: "written" });
    expect(await read()).toMatchObject({ text: text("old") });
  });

  test("a discarded version is given to nobody any more, and can't be promoted", async () => {
    const { writer, reference, read, old, version } = await staged();
    for (const _time of ["once", "twice"])
      expect(await writer.discard(reference, version, never)).toMatchObject({ kind: "written" });
    expect(await read()).toEqual(old);
    expect(await writer.promote(reference, version, never)).toMatchObject({ kind: "missing" });
    expect(await read()).toEqual(old);
  });

  test("the version that everyone is given is not discarded; the one before it may be", async () => {
    const { writer, reference, read, old, version } = await staged();
    const promoted = await writer.promote(reference, version, never);
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
    expect(await writer.promote(nowhere, "1", never)).toMatchObject({ kind: "missing" });
    expect(await one(under, nowhere)).toMatchObject({ kind: "missing" });
  });
}

/** A store, and a credential with its lease. */
async function leased(open: Opened) {
  const under = await open();
  const answer = await one(under, under.leased!);
  if (answer.kind !== "found" || !answer.lease) throw new Error(`it was ${answer.kind}, or has no lease`);
  return { under, answer, lease: answer.lease };
}

function leaseCases(open: Opened, { leases }: SecretStoreFacts): void {
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

/** Registers the suite. */
export function secretStoreContract(
  kind: string,
  start: () => Promise<SecretStoreUnderTest>,
  facts: SecretStoreFacts,
): void {
  describe(`secret store contract: ${kind}`, () => {
    const running: SecretStoreUnderTest[] = [];
    const open = async () => {
      const under = await start();
      running.push(under);
      return under;
    };
    afterEach(async () => {
      for (const under of running.splice(0)) await under.dispose();
    });

    describe("reading", () => readingCases(open, facts));
    if (facts.inHand) describe("asking", () => askingCases(open, facts));
    if (facts.inHand) describe("failing", () => failureCases(open, facts));
    if (facts.leases !== "none") describe("leases", () => leaseCases(open, facts));
    if (facts.writing === "none") return;
    describe("writing", () => writingCases(open, facts));
    if (facts.writing === "staged") describe("staging", () => stagingCases(open, facts));
    else
      test("says that nothing can be staged in it", async () => {
        const under = await open();
        const staged = under.store.writer!.stage(under.at("one"), facts.text("x"), "token", never);
        expect(await staged).toMatchObject({ kind: "invalid" });
      });
  });
}
