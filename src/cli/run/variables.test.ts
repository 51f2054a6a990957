/** What a child finds in its environment variables. */
import { expect, test } from "vitest";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { childVariables } from "./variables.ts";

const snapshot = (variables: Record<string, string>) =>
  ({
    environment: "development",
    variables,
    removed: [],
    detection: { variable: "MODE" },
    failures: { errors: "detailed", escalation: [] },
    shapes: {},
  }) as unknown as Snapshot;

test("names that every object has are names as others", () => {
  const settings = { constructor: "a", toString: "b", hasOwnProperty: "c" };
  const variables = childVariables(snapshot(settings), { PATH: "/bin" });
  expect(Object.entries(variables)).toEqual(
    expect.arrayContaining([...Object.entries(settings), ["PATH", "/bin"]]),
  );
});

test.each(["__proto__", "", "A=B", "A\0"])("%j is refused, not lost", (name) => {
  const settings = JSON.parse(JSON.stringify({ A: "1" }).replace("A", JSON.stringify(name).slice(1, -1)));
  expect(() => childVariables(snapshot(settings), {})).toThrow(
    expect.objectContaining({ code: "RUN_VARIABLE_UNFIT" }),
  );
});
