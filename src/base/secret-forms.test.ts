/** Forms are held against what programs themselves write: Python, bash and dash did beforehand, Node does it here. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createScrubber, redact, rememberSecret } from "./redact.ts";
import vectors from "./secret-forms.vectors.json" with { type: "json" };

const TABBED = "k9\tZ'q\"u\\é😀$x`<&>/;=#1";
const SPACED = TABBED.replace("\t", " ");
const TOKEN = "tok_9fK2mXq7Lw0ZbR4tYc8D";
const LINES = "first line of it\n  second: 'x'\nthird and last";
const BODY = Array.from({ length: 4 }, (_, i) => Buffer.alloc(48, `m4Q${i}-r9`).toString("base64"));
const PEM = `-----BEGIN PRIVATE KEY-----\n${BODY.join("\n")}\nMC4CAQAwBQYD\n-----END PRIVATE KEY-----\n`;
for (const value of [TABBED, SPACED, TOKEN, LINES, PEM]) rememberSecret(value);

const password = new URL("https://shop.test/");
password.password = TABBED;
const query = new URL("https://shop.test/");
query.search = SPACED;
const fragment = new URL("https://shop.test/");
fragment.hash = SPACED;
const token = Buffer.from(TOKEN);
const digits = (base: 8 | 16, length: number, write: (number: string) => string) =>
  [...token].map((byte) => write(byte.toString(base).padStart(length, "0"))).join("");

const written: readonly (readonly [string, string, string])[] = [
  ["Node, inspect", inspect(TABBED), "'[secret]'"],
  [
    "Node, JSON three times",
    JSON.stringify(JSON.stringify(JSON.stringify(TABBED))),
    '"\\"\\\\\\"[secret]\\\\\\"\\""',
  ],
  ["Node, password in a URL", password.href, "https://:[secret]@shop.test/"],
  ["Node, query of a URL", query.href, "https://shop.test/?[secret]"],
  ["Node, fragment of a URL", fragment.href, "https://shop.test/#[secret]"],
  ["Node, form", new URLSearchParams({ a: TABBED }).toString(), "a=[secret]"],
  ["Node, encodeURI", encodeURI(TABBED), "[secret]"],
  ["Node, bytes", inspect(token), "<Buffer [secret]>"],
  ["Node, bytes in JSON", JSON.stringify(token), '{"type":"Buffer","data":[[secret]]}'],
  ["YAML, single quotes", `'${SPACED.replaceAll("'", "''")}'`, "'[secret]'"],
  ["CSV", `"${SPACED.replaceAll('"', '""')}"`, '"[secret]"'],
  ["hexadecimal", token.toString("hex"), "[secret]"],
  ["hexadecimal, upper case", token.toString("hex").toUpperCase(), "[secret]"],
  ["hexadecimal, in pairs", digits(16, 2, (byte) => `:${byte}`), ":[secret]"],
  ["hexadecimal escapes", digits(16, 2, (byte) => `\\x${byte}`), "[secret]"],
  ["octal escapes", digits(8, 3, (byte) => `\\${byte}`), "[secret]"],
  ["Unicode escapes", digits(16, 4, (unit) => `\\u${unit}`), "[secret]"],
  ["base64 in a URL", encodeURIComponent(Buffer.from(TABBED).toString("base64")), "[secret]E%3D"],
];

test.each(vectors.written as [string, string][])("%s", (_, text) => {
  const masked = redact(text);
  expect(masked).toContain("[secret]");
  expect(masked).not.toMatch(/k9|[qu;#1]/);
});

describe("what others write of a value is masked, wherever it is cut over two writes", () => {
  test.each(written)("%s", (_, form, masked) => {
    const text = Buffer.from(`<<${form}>>`);
    for (let cut = 0; cut <= text.length; cut++) {
      const scrubber = createScrubber();
      const parts = [scrubber.push(text.subarray(0, cut)), scrubber.push(text.subarray(cut)), scrubber.end()];
      expect(Buffer.concat(parts).toString(), `cut at ${cut}`).toBe(`<<${masked}>>`);
    }
  });

  test("over three writes, cut at every two places", () => {
    const text = Buffer.from(`a ${TOKEN} b ${token.toString("base64")} c`);
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        const scrubber = createScrubber();
        const chunks = [text.subarray(0, first), text.subarray(first, second), text.subarray(second)];
        const parts = [...chunks.map((chunk) => Buffer.from(scrubber.push(chunk))), scrubber.end()];
        expect(Buffer.concat(parts).toString()).toBe("a [secret] b [secret] c");
      }
    }
  });
});

describe("values of several lines", () => {
  test.each([
    ["a log's prefix", (line: string) => `2026-05-01 api | ${line}`],
    ["an indent", (line: string) => `      ${line}`],
    ["a quotation", (line: string) => `> ${line}`],
    ["a list of texts", (line: string) => `  ${JSON.stringify(line)},`],
  ])("each line with %s", (_, around) => {
    const text = LINES.split("\n").map(around).join("\n");
    expect(redact(text)).not.toMatch(/first|second|third/);
  });

  test.each([64, 76, 1000])("PEM, cut again to lines of %d", (width) => {
    const body = `${BODY.join("")}MC4CAQAwBQYD`;
    const text = body.replace(new RegExp(`.{${width}}`, "g"), "$&\n");
    for (const line of redact(text).split("\n")) expect(line.replaceAll("[secret]", "")).toBe("");
  });

  test("the frame of PEM is not secret", () => {
    expect(redact("-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----");
  });
});

/** What base64 digits that stayed say of the bytes they stand for: the number of known bits of each. */
function knownBits(encoded: string, from: number, length: number, masked: string): number[] {
  const kept = new Map<number, number>();
  const start = encoded.length - (masked.length - "[secret]".length);
  const mask = masked.indexOf("[secret]");
  for (let digit = 0; digit < encoded.length; digit++) {
    if (digit >= mask && digit < mask + start) continue;
    for (let bit = digit * 6; bit < digit * 6 + 6; bit++) {
      const byte = Math.floor(bit / 8) - from;
      if (byte >= 0 && byte < length) kept.set(byte, (kept.get(byte) ?? 0) + 1);
    }
  }
  return [...kept.values()];
}

test.each(["u:", "usr:", "user:", "", "a", "ab", "abc"])(
  "base64 of %j and a value keeps at most four bits of its first and its last byte",
  (before) => {
    for (const after of ["", "\n", "xy", "xyz"]) {
      const encoded = Buffer.from(before + TOKEN + after)
        .toString("base64")
        .replace(/=+$/, "");
      const masked = redact(encoded);
      expect(masked).toContain("[secret]");
      const bits = knownBits(encoded, before.length, TOKEN.length, masked);
      expect(bits.length).toBeLessThanOrEqual(2);
      expect(Math.max(0, ...bits)).toBeLessThanOrEqual(4);
    }
  },
);
