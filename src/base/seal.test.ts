import { hkdfSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveKey, open, seal } from "./seal.ts";

test("a key is what Node's own HKDF derives", () => {
  const material = fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(material, fc.string({ unit: "grapheme" }), (given, purpose) => {
      const bytes = typeof given === "string" ? Buffer.from(given) : given;
      const expected = Buffer.from(hkdfSync("sha256", bytes, "ringfence", purpose, 32));
      expect(deriveKey(given, purpose).equals(expected)).toBe(true);
    }),
  );
});

test("only the same key, context and bytes open what was sealed", () => {
  const key = deriveKey("material", "purpose");
  const sealed = seal(key, "context", Buffer.from("content"));
  expect(open(key, "context", sealed)?.toString()).toBe("content");
  expect(open(deriveKey("material", "other"), "context", sealed)).toBeUndefined();
  expect(open(key, "other", sealed)).toBeUndefined();
  for (let at = 0; at < sealed.length; at++) {
    const damaged = Buffer.from(sealed);
    damaged[at]! ^= 1;
    expect(open(key, "context", damaged)).toBeUndefined();
    expect(open(key, "context", sealed.subarray(0, at))).toBeUndefined();
  }
});
