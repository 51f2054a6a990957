import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["id", ["fix"], undefined],
  ["to", ["no"], undefined],
  ["dve", ["dev"], "dev"],
  ["abc", ["axy"], undefined],
  ["dv", ["dev"], "dev"],
  ["rum", ["run"], "run"],
  ["prd", ["production", "prod"], "prod"],
  ["prodution", ["production", "promotion"], "production"],
  ["stagign", ["staging"], "staging"],
  ["PORTT", ["PORT"], "PORT"],
  ["PROT", ["PORT"], "PORT"],
  ["HOST", ["PORT"], undefined],
  ["prod", ["production", "development"], "production"],
  ["x", ["y"], undefined],
  ["", ["a"], undefined],
] as const)("%j among %j is %j", (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
