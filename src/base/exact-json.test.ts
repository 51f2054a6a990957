/** Numbers of JSON stay as they are written. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exactJson, isStructured, scalarText } from "./exact-json.ts";

const NUMBERS = ["12345678901234567891", "9007199254740993", "1.10", "1e400", "1E3", "-0", "5.0", "0.1", "7"];

describe.each(NUMBERS)("%s", (number) => {
  test("is written again as it was", () => {
    const text = `{"a":[${number},{"b":${number}}],"__proto__":${number}}`;
    expect(JSON.stringify(exactJson(text))).toBe(text);
    expect(scalarText(exactJson(number))).toBe(number);
    expect(isStructured(exactJson(number))).toBe(false);
  });

  test("equals itself alone", () => {
    const parsed = (text: string) => exactJson(`[${text}]`);
    for (const other of NUMBERS)
      expect(isDeepStrictEqual(parsed(number), parsed(other))).toBe(number === other);
  });
});

test.each(['{"a":1.10,"a":2}', '{"a":{"b":1},"a":1.50}', '{"a":1,"a":1.50}'])(
  "of a name that stands there twice the last counts, as ever: %s",
  (text) => {
    expect(JSON.stringify(exactJson(text))).toBe(`{"a":${text.slice(text.lastIndexOf(":") + 1, -1)}}`);
  },
);

test("everything else is what JSON.parse says", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.stringify(exactJson(JSON.stringify(JSON.parse(text))))).toBe(
        JSON.stringify(JSON.parse(text)),
      );
    }),
  );
  expect(() => exactJson("{")).toThrow(SyntaxError);
});
