import { expect, test } from "vitest";
import { isRingfenceError } from "../../base/error.ts";
import { parseSide } from "./side.ts";

test.each([
  ["staging", { environment: "staging", at: undefined }],
  ["production@1.4.0", { environment: "production", at: "1.4.0" }],
  ["production@previous", { environment: "production", at: "previous" }],
  ["production@sha256:ab", { environment: "production", at: "sha256:ab" }],
])("%s", (text, side) => {
  expect(parseSide(text)).toEqual(side);
});

test.each(["", "@", "staging@", "@1.0.0", "staging@1@2"])("%j names nothing", (text) => {
  let thrown: unknown;
  try {
    parseSide(text);
  } catch (error) {
    thrown = error;
  }
  expect(isRingfenceError(thrown, "APP_BAD_INPUT")).toBe(true);
});
