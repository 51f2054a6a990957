/** Ages as a table; of new values the laws that hold whatever the random bytes are. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GENERATORS, type GeneratorName } from "../model/rotation.ts";
import { ageOf, needsAttention, newValue, type Random, type RotationState } from "./index.ts";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-11-21T12:00:00Z");

describe("how old a value is", () => {
  test.each<[every: string, age: string, RotationState, left: number | undefined]>([
    ["30 days", "new", "current", 30],
    ["30 days", "23.9 days", "current", 6.1],
    ["30 days", "24.1 days", "due", 5.9],
    ["30 days", "29.9 days", "due", 0.1],
    ["30 days", "30 days", "overdue", 0],
    ["30 days", "400 days", "overdue", -370],
    ["90 days", "82.9 days", "current", 7.1],
    ["90 days", "83.1 days", "due", 6.9],
    ["1 day", "0.7 days", "current", 0.3],
    ["1 day", "0.9 days", "due", 0.1],
    ["manual", "400 days", "manual", undefined],
    ["manual", "unknown", "manual", undefined],
    ["30 days", "unknown", "unknown", undefined],
    ["30 days", "-0.001 days", "current", 30.001],
    ["30 days", "-1 day", "unknown", undefined],
    ["30 days", "NaN", "unknown", undefined],
  ])("may get %s, is %s: %s", (every, age, state, left) => {
    const days = age === "new" ? 0 : Number.parseFloat(age);
    const changedAt = age === "unknown" ? undefined : NOW - days * DAY_MS;
    const everyMs = every === "manual" ? undefined : Number.parseFloat(every) * DAY_MS;
    const found = ageOf(everyMs, changedAt, NOW);
    expect(found.state).toBe(state);
    if (left === undefined) expect(found.dueAt).toBeUndefined();
    else expect((found.dueAt! - NOW) / DAY_MS).toBeCloseTo(left, 6);
  });

  test("what is too old and what nobody knows need somebody", () => {
    const states: RotationState[] = ["current", "due", "overdue", "manual", "unknown"];
    expect(states.filter(needsAttention)).toEqual(["overdue", "unknown"]);
  });

  test("once due, a value never gets better by waiting", () => {
    const rank: Record<RotationState, number> = { current: 0, due: 1, overdue: 2, manual: 9, unknown: 9 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e11 }), fc.nat(2e11), fc.nat(2e11), (every, one, more) => {
        const at = (age: number) => rank[ageOf(every, NOW, NOW + age).state];
        expect(at(one)).toBeLessThanOrEqual(at(one + more));
      }),
    );
  });
});

const privateKey: Random["privateKey"] = (kind, bits) =>
  (kind === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: bits })
    : generateKeyPairSync("ed25519")
  ).privateKey.export({ type: "pkcs8", format: "pem" }) as string;

const random: Random = { bytes: (count) => randomBytes(count), privateKey };

/** Bytes that repeat a given list. */
function repeating(list: Uint8Array): Random {
  let at = 0;
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => list[at++ % list.length]!),
    privateKey,
  };
}

const made = (generate: GeneratorName, length?: number, from = random) =>
  newValue({ generate, length, type: "string" }, "", from)!;

describe("a new value", () => {
  test.each<[GeneratorName, number | undefined, RegExp]>([
    ["password", undefined, /^[a-km-zA-HJ-NP-Z2-9]{32}$/],
    ["password", 16, /^[a-km-zA-HJ-NP-Z2-9]{16}$/],
    ["key", undefined, /^[A-Za-z0-9+/]{43}=$/],
    ["key", 16, /^[A-Za-z0-9+/]{22}==$/],
    ["hex", undefined, /^[0-9a-f]{64}$/],
    ["jwt", undefined, /^[A-Za-z0-9_-]{43}$/],
    ["jwt", 64, /^[A-Za-z0-9_-]{86}$/],
    ["uuid", undefined, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ])("%s of length %s", (generate, length, form) => {
    for (let time = 0; time < 50; time++) expect(made(generate, length)).toMatch(form);
  });

  test.each([
    ["ed25519", undefined, "ed25519"],
    ["rsa", 2_048, "rsa"],
  ] as const)("%s is a private key", (generate, length, type) => {
    expect(createPrivateKey(made(generate, length)).asymmetricKeyType).toBe(type);
  });

  test("is never the same twice", () => {
    for (const generate of GENERATORS.filter((name) => name !== "rsa"))
      expect(new Set(Array.from({ length: 20 }, () => made(generate))).size).toBe(20);
  });

  test("every letter of a password comes from as many bytes as any other", () => {
    const counts = new Map<string, number>();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    // All bytes once, in an order that changes nothing: 57 letters, 4 bytes each, 28 bytes passed over.
    for (const letter of made("password", 228, repeating(all)))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(57);
    expect(new Set(counts.values())).toEqual(new Set([4]));
  });

  test("a password has a small and a capital letter and a digit, and nothing that has to be escaped", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 200 }), (length) => {
        const text = made("password", length);
        expect(text).toHaveLength(length);
        expect(encodeURIComponent(text)).toBe(text);
        expect([/[a-z]/, /[A-Z]/, /[0-9]/].every((part) => part.test(text))).toBe(true);
      }),
    );
  });

  test("of a URL only the password is new", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const rest = fc.stringMatching(/^[a-z0-9./?=&@:#-]{0,20}$/);
    fc.assert(
      fc.property(
        word,
        word,
        fc.stringMatching(/^[A-Za-z0-9%!$*-]{0,20}$/),
        word,
        rest,
        (scheme, user, old, host, tail) => {
          const [head, end] = [`${scheme}://${user}:`, `@${host}${tail}`];
          const text = newValue(
            { generate: "password", length: 20, type: "url" },
            `${head}${old}${end}`,
            random,
          )!;
          expect(text.startsWith(head) && text.endsWith(end)).toBe(true);
          expect(text.slice(head.length, text.length - end.length)).toMatch(/^[A-Za-z0-9]{20}$/);
        },
      ),
    );
  });

  test.each([
    "https://example.org",
    "postgresql://user@host/db",
    "",
    "user:password@host",
    "redis://:a b@host",
  ])("%j has no password to replace", (current) => {
    expect(
      newValue({ generate: "password", length: undefined, type: "url" }, current, random),
    ).toBeUndefined();
  });
});
