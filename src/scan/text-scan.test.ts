import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inPieces, known, leaksIn, TOKENS } from "./scan.fixture.ts";
import { PlaceCount, windowsOf } from "./text-windows.ts";

const SECRET = 'Zx9$kf/Qm2"Lx7&Rt5<Vb8';
const where = (leaks: Awaited<ReturnType<typeof leaksIn>>) =>
  leaks.map(({ line, column, values, shapes, times }) => [
    `${line}:${column}`,
    ...values.map(({ name }) => name),
    ...shapes.map(({ rule }) => rule),
    times,
  ]);

describe("a known value is found", () => {
  const bytes = Buffer.from(SECRET);
  const shifted = (by: number) => Buffer.concat([Buffer.alloc(by, 65), bytes, Buffer.alloc(4, 66)]);
  test.each<[string, string]>([
    ["as it is", SECRET],
    ["in base64", bytes.toString("base64")],
    ["in base64, shifted by one", shifted(1).toString("base64")],
    ["in base64, shifted by two", shifted(2).toString("base64")],
    ["in base64 for URLs", shifted(0).toString("base64url")],
    ["in hexadecimal", bytes.toString("hex")],
    ["in hexadecimal, large", bytes.toString("hex").toUpperCase()],
    ["in a URL", encodeURIComponent(SECRET)],
    ["in a form", new URLSearchParams({ a: SECRET }).toString()],
    ["in JSON", JSON.stringify({ a: SECRET })],
    ["in JSON in JSON, as in a source map", JSON.stringify(JSON.stringify({ a: SECRET }))],
    ["in HTML", SECRET.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")],
  ])("%s", async (_how, text) => {
    const [leak, ...more] = await leaksIn(`first\nsecond: ${text} end\n`, { values: [known(SECRET)] });
    expect(more).toEqual([]);
    expect(leak).toMatchObject({ line: 2, values: [{ name: "PASSWORD" }] });
  });

  test("among bytes that are no text, and in UTF-16", async () => {
    const binary = Buffer.concat([Buffer.from([0, 1, 2, 10]), Buffer.from(SECRET), Buffer.from([0])]);
    expect(where(await leaksIn(binary, { values: [known(SECRET)] }))).toEqual([["2:1", "PASSWORD", 1]]);
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`a\nbé ${SECRET}`, "utf16le")]);
    for (const piece of [1 << 20, 3, 1]) {
      expect(where(await leaksIn(wide, { values: [known(SECRET)], piece }))).toEqual([
        ["2:4", "PASSWORD", 1],
      ]);
    }
  });

  test("by the names of all settings that have it", async () => {
    const values = [known(SECRET), known(SECRET, { name: "OTHER", environment: "staging" })];
    expect(where(await leaksIn(SECRET, { values }))).toEqual([["1:1", "PASSWORD", "OTHER", 1]]);
  });

  test("once for a text, however often it stands there; another's is another", async () => {
    const values = [known(SECRET), known("another-Value-4711", { name: "OTHER" })];
    const text = `${SECRET}\n${SECRET} another-Value-4711\n`;
    expect(where(await leaksIn(text, { values }))).toEqual([
      ["1:1", "PASSWORD", 2],
      ["2:24", "OTHER", 1],
    ]);
  });

  test.each(["short", "password", "<from-secrets-manager>", "development"])(
    "not where it is too short or too common: %s",
    async (text) => {
      expect(await leaksIn(`x ${text} y`, { values: [known(text)] })).toEqual([]);
    },
  );
});

describe("a form of a credential", () => {
  test.each(Object.keys(TOKENS))("%s", async (rule) => {
    expect(where(await leaksIn(`é = "${TOKENS[rule]}"`))).toEqual([["1:6", `ringfence/${rule}`, 1]]);
  });

  test.each<[string, string | Buffer]>([
    ["in bytes that are no text", Buffer.concat([Buffer.from([0]), Buffer.from(TOKENS["github-token"]!)])],
    ["a key of AWS' documentation", ["AKIA", "IOSFODNN7EXAMPLE"].join("")],
    ["of one sign", `ghp_${"x".repeat(36)}`],
    ["a header of a key alone", ["-----BEGIN", "PRIVATE KEY-----"].join(" ")],
    ["encrypted by SOPS", "PASSWORD: ENC[AES256_GCM,data:Zm9vYmFy,iv:AAAA,tag:BBBB,type:str]"],
    ["a digest", `sha256:${"0123456789abcdef".repeat(4)}`],
  ])("is none: %s", async (_what, text) => {
    expect(await leaksIn(text)).toEqual([]);
  });

  describe("with a password in a URL", () => {
    const rules = {
      matches: async (text: string) => [{ rule: "url", what: "URL", from: 0, to: text.length }],
    };
    const found = (password: string) => leaksIn(`postgres://shop:${password}@db.example.com/shop`, { rules });
    test.each(["%40dmin7Kq2Zx", "%24Kq2Zx9mLw", "$2y7Kq-2Zx9mLw", "Kq2Zx9mLw%"])(
      "is one: %s",
      async (text) => {
        expect(await found(text)).toHaveLength(1);
      },
    );
    test.each(["$PASSWORD", "${PASSWORD}", "$1", "%s", "%v", "%(password)s", "%PASSWORD%", "{{password}}"])(
      "is none: %s",
      async (text) => {
        expect(await found(text)).toEqual([]);
      },
    );
  });

  test("of a known value is said with it, once", async () => {
    const token = TOKENS["github-token"]!;
    const found = await leaksIn(`a\nurl=https://${token}@host\n`, { values: [known(token)] });
    expect(where(found)).toEqual([["2:13", "PASSWORD", "ringfence/github-token", 1]]);
  });
});

describe("laws", () => {
  const token = TOKENS["github-token"]!;
  const part = fc.oneof(
    fc.constantFrom("\n", "é", "€", "𝄞", "a b", SECRET, encodeURIComponent(SECRET), token),
    fc.string({ maxLength: 12, unit: "grapheme" }),
  );
  const texts = fc.array(part, { maxLength: 60, size: "max" }).map((parts) => parts.join(" "));

  test("a text cut anyhow is scanned as if it were whole", async () => {
    const values = [known(SECRET)];
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 300 }), async (text, piece) => {
        const sizes = { size: 256, overlap: 160 };
        expect(await leaksIn(text, { values, sizes, piece })).toEqual(await leaksIn(text, { values }));
      }),
    );
  });

  test("places that are counted on are those that each would have alone", () => {
    const sign = fc.constantFrom("\n", "é", "€", "𝄞", "a", "\xff");
    const part = sign.map((text) => Buffer.from(text, text === "\xff" ? "latin1" : "utf8"));
    const asked = fc.array(fc.tuple(part, fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(asked, (parts) => {
        const data = Buffer.concat(parts.map(([bytes]) => bytes));
        const window = { data, own: { from: 0, to: data.length + 1 }, lines: 4, units: 7 };
        const count = new PlaceCount(window);
        let offset = 0;
        for (const [bytes, isAsked] of parts) {
          offset += bytes.length;
          if (isAsked) expect(count.placeOf(offset)).toEqual(new PlaceCount(window).placeOf(offset));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("many forms in one line stand where they stand", async () => {
    const keys = Array.from(
      { length: 300 },
      (_, at) => `${token.slice(0, -3)}${String(at).padStart(3, "0")}`,
    );
    const text = `𝄞\né ${keys.join(" 𝄞€ ")}`;
    const line = text.split("\n")[1]!;
    const expected = keys.map((key) => [`2:${line.indexOf(key) + 1}`, "ringfence/github-token", 1]);
    expect(where(await leaksIn(text))).toEqual(expected);
  });

  test("every position belongs to one window, with its place in the whole", async () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((data) => Buffer.from(data));
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (data, piece) => {
        let next = 0;
        for await (const { data: part, own } of windowsOf(inPieces(data, piece), { size: 64, overlap: 16 })) {
          const at = next - own.from;
          expect(part.equals(data.subarray(at, at + part.length))).toBe(true);
          next = at + own.to;
        }
        expect(next).toBe(data.length + 1);
      }),
    );
  });
});
