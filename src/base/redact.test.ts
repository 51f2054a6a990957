import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bringsSecret, createScrubber, encodingsOf, redact, rememberSecret } from "./redact.ts";

// One process has one set of secrets; every value here is unlike the others.
const SECRET = `p"a's\\<s&>/w+ö rd=${"k9".repeat(30)}`;
rememberSecret(SECRET);

function scrub(chunks: readonly (string | Uint8Array)[]): string {
  const scrubber = createScrubber();
  const parts = chunks.map((chunk) => scrubber.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk));
  return Buffer.concat([...parts, scrubber.end()]).toString();
}

const bytes = Buffer.from(SECRET);
const basic = Buffer.from(`user:${SECRET}`).toString("base64");
const planted: readonly [string, string][] = [
  ["as it is", SECRET],
  ["JSON", JSON.stringify(SECRET).slice(1, -1)],
  ["JSON in JSON", JSON.stringify(JSON.stringify(SECRET).slice(1, -1)).slice(1, -1)],
  [
    "JSON as Go writes it",
    JSON.stringify(SECRET)
      .slice(1, -1)
      .replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  ],
  ["JSON as Python writes it", JSON.stringify(SECRET).slice(1, -1).replace("ö", "\\u00f6")],
  ["URL component", encodeURIComponent(SECRET)],
  ["URL component, lower case", encodeURIComponent(SECRET).replace(/%../g, (c) => c.toLowerCase())],
  ["form", new URLSearchParams({ a: SECRET }).toString().slice(2)],
  [
    "HTML",
    SECRET.replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&#39;"),
  ],
  ["shell", SECRET.replaceAll("'", "'\\''")],
  ["hexadecimal", bytes.toString("hex")],
  ["hexadecimal, upper case", bytes.toString("hex").toUpperCase()],
  ["base64", bytes.toString("base64").replace(/=+$/, "")],
  ["base64url", bytes.toString("base64url")],
  [
    "base64 behind two bytes",
    Buffer.concat([Buffer.from("ab"), bytes])
      .toString("base64")
      .replace(/=+$/, ""),
  ],
];

describe("a planted secret never appears, wherever its encoding is cut over two writes", () => {
  test.each(planted)("%s", (_, form) => {
    const text = Buffer.from(`before ${form} after`);
    for (let cut = 0; cut <= text.length; cut++) {
      const output = scrub([text.subarray(0, cut), text.subarray(cut)]);
      expect(output, `cut at ${cut}`).toMatch(/^before .{0,3}\[secret\].{0,2} after$/);
    }
  });

  test("basic authorization", () => {
    const output = scrub([`Authorization: Basic ${basic}\n`]);
    expect(output).toContain("[secret]");
    expect(output.length).toBeLessThan(50);
  });

  test("base64 with line breaks, as the base64 command writes it", () => {
    const output = scrub([bytes.toString("base64").replace(/.{76}/g, "$&\n")]);
    expect(output).toMatch(/^\[secret\]\n\[secret\].{0,3}$/);
  });

  test("byte by byte", () => {
    expect(scrub([...`x${SECRET}y`].flatMap((c) => [...Buffer.from(c)].map((b) => Uint8Array.of(b))))).toBe(
      "x[secret]y",
    );
  });
});

describe("many values at once", () => {
  test("a value that begins another: nothing of the longer one stays", () => {
    rememberSecret("prefix-77");
    rememberSecret("prefix-77-and-more");
    expect(scrub(["prefix-77", "-and-more!"])).toBe("[secret]!");
    expect(scrub(["prefix-77", "-and-less!"])).toBe("[secret]-and-less!");
    expect(scrub(["prefix-77"])).toBe("[secret]");
  });

  test("values that overlap are masked as one", () => {
    rememberSecret("overlap-one-two");
    rememberSecret("two-three-overlap");
    expect(scrub(["overlap-one-two-three-overlap"])).toBe("[secret]");
    expect(scrub(["overlap-one-two-thr", "ee-overlap."])).toBe("[secret].");
    expect(redact("overlap-one-two-three-overlap")).toBe("[secret]");
  });

  test("a value that repeats itself holds back no more than its length", () => {
    rememberSecret("#".repeat(8));
    const scrubber = createScrubber();
    const parts = Array.from({ length: 1000 }, () => scrubber.push(Buffer.from("#".repeat(100))));
    expect(Buffer.concat(parts).toString()).toBe("[secret]");
    expect(scrubber.end().toString()).toBe("");
  });

  test("masked text is never read as the beginning of a value", () => {
    rememberSecret("]tail-of-mask");
    expect(scrub(["overlap-one-two", "tail-of-mask"])).toBe("[secret]tail-of-mask");
  });

  test("lines of a long value, but not the frame of a PEM", () => {
    rememberSecret("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJx\n-----END PRIVATE KEY-----\n");
    expect(redact("api | MC4CAQAwBQYDK2VwBCIEIJx\n-----BEGIN PRIVATE KEY-----")).toBe(
      "api | [secret]\n-----BEGIN PRIVATE KEY-----",
    );
  });
});

test("values too short to tell from ordinary text are left alone, and so is the text", () => {
  rememberSecret("abcde");
  expect(redact("abcde")).toBe("abcde");
  expect(encodingsOf("")).toEqual([]);
});

describe("a megabyte of ordinary output passes unchanged, byte for byte", () => {
  const scattered = Buffer.alloc(1_000_000);
  for (let i = 0; i < scattered.length; i++) scattered[i] = (i * 2654435761) >>> 13;
  const line = (i: number) =>
    `2026-05-01T12:00:${i % 60} INFO [w-${i}] GET /v1/orders/${i * 7919} 200 prefix-78 two-three\n`;
  const texts: readonly (readonly [string, Buffer])[] = [
    ["no UTF-8", scattered],
    ["random bytes", randomBytes(1_000_000)],
    ["log lines", Buffer.from(Array.from({ length: 12_000 }, (_, i) => line(i)).join(""))],
    ["UTF-8", Buffer.from("Grüße aus Köln – 你好，世界 😀 ".repeat(22_000))],
    ["base64", Buffer.from(scattered.toString("base64"))],
  ];
  test.each(texts)("%s", (_, data) => {
    for (const size of [65_536, 4_099, 100_003]) {
      const scrubber = createScrubber();
      const parts: Buffer[] = [];
      for (let at = 0; at < data.length; at += size) parts.push(scrubber.push(data.subarray(at, at + size)));
      expect(Buffer.concat([...parts, scrubber.end()]).equals(data)).toBe(true);
    }
  });

  test("read into the scrubber's own memory", () => {
    const scrubber = createScrubber();
    const parts: Buffer[] = [];
    const [, data] = texts[2]!;
    for (let at = 0; at < data.length; ) {
      const size = data.copy(scrubber.room, 0, at, at + 1 + (at % 65_536));
      at += size;
      parts.push(Buffer.from(scrubber.push(scrubber.room.subarray(0, size))));
    }
    expect(Buffer.concat([...parts, scrubber.end()]).equals(data)).toBe(true);
  });
});

test("a value cut over reads into the scrubber's own memory", () => {
  const text = Buffer.from(`before ${SECRET} after`);
  for (let cut = 0; cut <= text.length; cut++) {
    const scrubber = createScrubber();
    const parts = [text.subarray(0, cut), text.subarray(cut)].map((chunk) => {
      chunk.copy(scrubber.room);
      return Buffer.from(scrubber.push(scrubber.room.subarray(0, chunk.length)));
    });
    expect(Buffer.concat([...parts, scrubber.end()]).toString()).toBe("before [secret] after");
  }
});

test("however a text is cut, the scrubbed output is the same", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "prefix-77",
      "prefix-77-and-more",
      "overlap-one-two",
      "two-three-overlap",
      SECRET,
      "#".repeat(8),
    ),
    fc.constantFrom("prefix-77-an", "overlap-one-", "####", "p", "-three-overlap"),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.array(fc.nat(200), { maxLength: 6 }),
      (pieces, cuts) => {
        const data = Buffer.from(pieces.join(""));
        const ends = [...cuts.map((cut) => Math.min(cut, data.length)), data.length].sort((a, b) => a - b);
        const chunks = ends.map((end, i) => data.subarray(i === 0 ? 0 : ends[i - 1], end));
        expect(scrub(chunks)).toBe(scrub([data]));
      },
    ),
  );
});

test.each<[string, string, string, boolean]>([
  ["none", "A=1", "A=2", false],
  ["a new one", "A=1", `A=${basic}`, true],
  ["one that was there", `A=${SECRET}`, `B=${SECRET} # again`, false],
  ["one that is gone", `A=${SECRET}`, "A=1", false],
])("whether a text brings a secret: %s", (_what, before, after, expected) => {
  expect(bringsSecret(before, after)).toBe(expected);
});
