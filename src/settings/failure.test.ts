import { describe, expect, test } from "vitest";
import { describeFailure, type FailureOptions, Secret } from "./index.ts";

const DEVELOPMENT = { RINGFENCE_ENVIRONMENT: "development", RINGFENCE_ERRORS: "detailed" };
const PRODUCTION = {
  RINGFENCE_ENVIRONMENT: "production",
  RINGFENCE_ERRORS: "operational",
  RINGFENCE_ESCALATION: "on-call@shop.test",
};

function failure(): Error {
  const refused = Object.assign(new Error("connect ECONNREFUSED 10.1.2.3:5432"), { code: "ECONNREFUSED" });
  return new Error("no order was written for customer 4711", { cause: refused });
}

test("the same failure, both ways", () => {
  const error = failure();
  const seen = describeFailure(error, { variables: DEVELOPMENT });
  const told = describeFailure(error, { variables: PRODUCTION });
  expect(seen).toMatchObject({
    errors: "detailed",
    code: "INTERNAL",
    message: "no order was written for customer 4711",
    stack: error.stack,
    causes: [{ name: "Error", message: "connect ECONNREFUSED 10.1.2.3:5432", code: "ECONNREFUSED" }],
  });
  expect(seen.text).toContain("caused by Error: connect ECONNREFUSED");
  expect(told).toEqual({
    errors: "operational",
    code: "INTERNAL",
    incident: seen.incident,
    escalation: "on-call@shop.test",
    next: `report incident ${seen.incident} to on-call@shop.test`,
    text: `error INTERNAL, incident ${seen.incident}\nnext: report incident ${seen.incident} to on-call@shop.test`,
  });
  expect(JSON.stringify(told)).not.toMatch(/4711|10\.1\.2\.3|failure\.test/);
});

describe("which way", () => {
  test.each<[string, FailureOptions, "detailed" | "operational"]>([
    ["nothing is known", { variables: {} }, "operational"],
    ["development", { variables: { RINGFENCE_ENVIRONMENT: "development" } }, "detailed"],
    ["local", { variables: { RINGFENCE_ENVIRONMENT: "local" } }, "detailed"],
    ["staging", { variables: { RINGFENCE_ENVIRONMENT: "staging" } }, "operational"],
    ["told", { variables: { RINGFENCE_ENVIRONMENT: "staging", RINGFENCE_ERRORS: "detailed" } }, "detailed"],
    [
      "told, in development",
      { variables: { ...DEVELOPMENT, RINGFENCE_ERRORS: "operational" } },
      "operational",
    ],
    [
      "told a word that is none",
      { variables: { ...DEVELOPMENT, RINGFENCE_ERRORS: "Detailed" } },
      "operational",
    ],
    ["asked for", { errors: "detailed", variables: PRODUCTION }, "detailed"],
  ])("%s", (_, options, expected) => {
    expect(describeFailure(failure(), options).errors).toBe(expected);
  });
});

describe("the code", () => {
  test.each<[unknown, string]>([
    [Object.assign(new Error(), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    [Object.assign(new Error(), { code: "SETTINGS_INVALID" }), "SETTINGS_INVALID"],
    [Object.assign(new Error(), { code: "no such table: users" }), "INTERNAL"],
    [Object.assign(new Error(), { code: `A${"_LONG".repeat(20)}` }), "INTERNAL"],
    [Object.assign(new Error(), { code: 42 }), "INTERNAL"],
    ["a text", "INTERNAL"],
    [null, "INTERNAL"],
    [undefined, "INTERNAL"],
  ])("%s", (error, code) => {
    const described = describeFailure(error, { variables: PRODUCTION });
    expect(described).toMatchObject({ code, incident: expect.stringMatching(/^inc_/) });
  });
});

test("what can be tried again says so; a step that is told is the next one", () => {
  const busy = Object.assign(new Error("busy"), { retryable: true });
  const variables = PRODUCTION;
  const shown = describeFailure(busy, { variables, incident: "inc_1" });
  expect(shown.next).toBe("try again; if it fails again, report incident inc_1 to on-call@shop.test");
  expect(describeFailure(busy, { variables, next: "wait" }).next).toBe("wait");
  expect(describeFailure(failure(), { variables: {}, incident: "inc_1" }).next).toBe(
    "report incident inc_1 to whoever operates this service",
  );
});

test("detailed shows a circle of causes once, and no secret of this process", () => {
  const secret = new Secret("DATABASE_URL", "postgres://shop:hush-hush@db/shop");
  const inner = new Error(`cannot reach ${secret.open()}`);
  const outer = new AggregateError([inner, "a text"], `tried ${encodeURIComponent(secret.open())}`);
  inner.cause = outer;
  const described = describeFailure(outer, { errors: "detailed", variables: {} });
  expect(described.causes).toHaveLength(2);
  expect(JSON.stringify(described)).not.toContain("hush-hush");
  expect(described.message).toBe("tried [secret]");
});
