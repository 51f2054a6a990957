/** What a secrets file keeps beside its values: through writes, to other recipients, and under no name of a setting. */
import { expect, test } from "vitest";
import { redact } from "../base/redact.ts";
import { listSecrets, type SecretPasts, writeSecrets } from "./index.ts";
import { mergePasts, pastsAfter, readPasts, type SecretPast } from "./past.ts";
import { file, me, open, other, request, values } from "./sample.ts";

const FIRST = "2026-11-21T12:00:00.123Z";
const LATER = "2026-12-21T12:00:00.123Z";
const previous = { text: await writeSecrets(request()), identities: [me.identity], file };
const binding = { ...open(previous.text).binding, revision: 2 };

/** The file written again, later. */
const again = (more: Parameters<typeof request>[0]) =>
  writeSecrets(request({ previous, binding, now: LATER, ...more }));

test("values that are changed were changed then, others when they were before", async () => {
  const after = open(await again({ values: { ...values, API_KEY: "key-2-of-the-api", NEW: "x" } })).pasts;
  expect([...after].map(([name, { changedAt }]) => [name, changedAt])).toEqual([
    ["API_KEY", LATER],
    ["EMPTY", FIRST],
    ["DATABASE_PASSWORD", FIRST],
    ["NEW", LATER],
  ]);
});

test("what is told of one is kept, also by writing to others; what is taken out is forgotten", async () => {
  const told = {
    changedAt: FIRST,
    previous: { value: "the former one", until: LATER },
    pending: { value: "the pending one", since: LATER },
  };
  const text = await again({ pasts: new Map([["API_KEY", told]]) });
  expect(listSecrets(text, { file }).names.map(({ name }) => name)).toEqual(Object.keys(values));
  const rekeyed = await writeSecrets(
    request({
      previous: { text, identities: [me.identity], file },
      binding: { ...binding, revision: 3 },
      values: { API_KEY: values.API_KEY },
      recipients: [other.recipient],
    }),
  );
  const opened = open(rekeyed, { identities: [other.identity] });
  expect([...opened.pasts]).toEqual([["API_KEY", told]]);
  expect(redact("the former one, the pending one")).not.toMatch(/former|pending/);
});

test("of a value that was there before anybody kept times, nobody knows its age", () => {
  const before = { values: new Map([["A", "1"]]), pasts: new Map() };
  expect([...pastsAfter(before, { A: "1", B: "2" }, new Map(), LATER)]).toEqual([
    ["A", {}],
    ["B", { changedAt: LATER }],
  ]);
  expect([...pastsAfter(undefined, { A: "1" }, new Map(), LATER)]).toEqual([["A", { changedAt: LATER }]]);
});

test.each<[unknown, SecretPasts | undefined]>([
  [undefined, new Map()],
  [{}, new Map()],
  [{ A: { changedAt: FIRST, more: 1 } }, new Map([["A", { changedAt: FIRST, more: 1 }]])],
  [[], undefined],
  ["", undefined],
  [null, undefined],
  [{ A: null }, undefined],
  [{ A: { changedAt: 1 } }, undefined],
  [{ A: { previous: { value: "x" } } }, undefined],
  [{ A: { pending: "x" } }, undefined],
])("%j", (value, expected) => {
  expect(readPasts(value)).toEqual(expected);
});

const former = { value: "former", until: LATER };
const pendingHere = { value: "pending here", since: LATER };
const pendingThere = { value: "pending there", since: LATER };
test.each<[string, SecretPast[], boolean, SecretPast, number]>([
  ["a retirement there holds", [{ previous: former }, { previous: former }, {}], false, {}, 0],
  ["a retirement here holds", [{ previous: former }, {}, { previous: former }], false, {}, 0],
  [
    "a retirement here holds beside a value from there",
    [{ previous: former }, {}, { previous: former, changedAt: LATER }],
    true,
    { changedAt: LATER },
    0,
  ],
  ["a pending value there comes", [{}, {}, { pending: pendingThere }], false, { pending: pendingThere }, 0],
  [
    "a pending value there stays beside a value that changed here",
    [{ changedAt: FIRST }, { changedAt: LATER }, { changedAt: FIRST, pending: pendingThere }],
    false,
    { changedAt: LATER, pending: pendingThere },
    0,
  ],
  [
    "a pending value here stays beside a value from there",
    [{}, { pending: pendingHere }, { changedAt: LATER, previous: former }],
    true,
    { changedAt: LATER, previous: former, pending: pendingHere },
    0,
  ],
  [
    "a rotation that ended there has no pending value here",
    [{ pending: pendingHere }, { pending: pendingHere }, { previous: former }],
    true,
    { previous: former },
    0,
  ],
  [
    "two pending values are a conflict",
    [{}, { pending: pendingHere }, { pending: pendingThere }],
    false,
    { pending: pendingHere },
    1,
  ],
])("merged: %s", (_name, [base, ours, theirs], isTaken, expected, conflicts) => {
  const [one, two, three] = [base, ours, theirs].map((past) => new Map([["A", past!]]));
  const merged = mergePasts({ base: one!, ours: two!, theirs: three! }, ["A", "B"], isTaken ? ["A"] : []);
  expect([...merged.pasts]).toEqual([["A", expected]]);
  expect(merged.conflicts).toHaveLength(conflicts);
});
