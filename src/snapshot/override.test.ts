/** Which variables of the process say something else than what was compiled. */
import { expect, test } from "vitest";
import { overriddenKeys } from "./override.ts";
import type { Snapshot } from "./snapshot.ts";

const NAMES = ["A", "toString", "constructor", "hasOwnProperty", "MODE"];
const snapshot = (variables: Record<string, string>) =>
  ({ declared: NAMES, detection: { variable: "MODE" }, variables }) as unknown as Snapshot;

test.each<[string, Record<string, string>, Record<string, string | undefined>, string[]]>([
  ["nothing outside", { toString: "x" }, {}, []],
  ["the same", { A: "1", toString: "x" }, { A: "1", toString: "x" }, []],
  ["others", { A: "1", constructor: "x" }, { A: "2", constructor: "y" }, ["A", "constructor"]],
  ["set outside alone", {}, { hasOwnProperty: "x" }, ["hasOwnProperty"]],
  ["the variable that names the environment", {}, { MODE: "x" }, []],
])("%s", (_, variables, outer, expected) => {
  expect(overriddenKeys(snapshot(variables), outer)).toEqual(expected);
});
