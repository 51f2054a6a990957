import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSecretsText, secretsText } from "./edit-text.ts";

test("what is written is read again, whatever the values", { timeout: 60_000 }, () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((one) => one !== "__proto__");
  const value = fc.oneof(
    fc.constant(""),
    fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" }),
    fc.string({ minLength: 1, maxLength: 20, unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (values) => {
      expect(parseSecretsText(secretsText(values, ["a", "b=c"]))).toEqual({ ok: true, values });
    }),
  );
});

describe("what people write", () => {
  const rows: [string, string, object][] = [
    ["spaces around", " A = b c \n", { ok: true, values: { A: "b c" } }],
    ["a number sign in a password", "A=b #c\n", { ok: true, values: { A: "b #c" } }],
    ["single quotes", "A='b'\n", { ok: true, values: { A: "b" } }],
    ["a carriage return", "A=b\r\n# c\r\n", { ok: true, values: { A: "b" } }],
    ["no name", "b\n", { ok: false, mistakes: ["line 1 is no NAME=value"] }],
    ["an open quote", 'A="b\n', { ok: false, mistakes: ["line 1: the quotes of A don't fit"] }],
    ["a name twice", "A=b\nA=c\n", { ok: false, mistakes: ["line 2: A stands there twice"] }],
    ["an empty value in quotes", "A=\"\"\nB=''\n", { ok: true, values: { A: "", B: "" } }],
    ["nothing behind it", "A=\n", { ok: false, mistakes: [expect.stringContaining("no value")] }],
  ];
  test.each(rows)("%s", (_, text, expected) => expect(parseSecretsText(text)).toEqual(expected));
});
