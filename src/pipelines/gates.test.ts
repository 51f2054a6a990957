import { describe, expect, test } from "vitest";
import { createKeyPair, signMessage } from "../base/ed25519.ts";
import { KIND_POLICIES } from "../model/kind.ts";
import { type Approval, approvalStatement, type Plan } from "../model/operation.ts";
import type { Environment, Person, Project } from "../model/project.ts";
import { approvalsGate, quarantineGate, settingsGate, upstreamGate } from "./index.ts";

const place = { file: "ringfence.yaml", line: 1, column: 1 };
const production: Environment = {
  name: "production",
  kind: "production",
  short: "production",
  region: undefined,
  policies: { ...KIND_POLICIES.production, approverRole: "owner" },
  policySources: {} as Environment["policySources"],
  hosts: [],
  ports: {},
  recipients: [],
  keys: [],
  prefix: undefined,
  folders: [],
  resources: [],
  holders: [],
  place,
};
const keys = { ann: createKeyPair(), ben: createKeyPair(), eve: createKeyPair() };
const person = (name: keyof typeof keys, roles: string[]): Person => ({
  name,
  roles,
  recipient: undefined,
  place,
  key: keys[name].publicText,
});
const people = [person("ann", ["owner"]), person("ben", ["owner"]), person("eve", [])];
const plan: Plan = { digest: "sha256:aa", summary: "", environment: "production", effects: [], facts: null };
const approval = (name: string, by: keyof typeof keys, digest: Plan["digest"] = plan.digest): Approval => ({
  operation: "op_1",
  plan: digest,
  person: name,
  signature: signMessage(keys[by].privatePem, approvalStatement(digest)),
  at: "2026-11-21T00:00:00Z",
});

describe("approvals", () => {
  const rows: [string, Approval[], string, RegExp][] = [
    ["none", [], "shut", /0 of 1/],
    ["another owner", [approval("ben", "ben")], "open", /1 of 1: ben/],
    ["the author", [approval("ann", "ann")], "shut", /ann is the author/],
    ["without the role", [approval("eve", "eve")], "shut", /eve has not the role owner/],
    ["a stranger", [approval("mallory", "eve")], "shut", /not in people/],
    ["another plan", [approval("ben", "ben", "sha256:bb")], "shut", /approved another plan/],
    ["another one's key", [approval("ben", "eve")], "shut", /signature of ben is wrong/],
  ];
  test.each(rows)("%s", (_name, approvals, state, why) => {
    const gate = approvalsGate({
      environment: production,
      operation: "op_1",
      plan,
      author: "ann",
      approvals,
      people,
    });
    expect(gate.state).toBe(state);
    expect(gate.why).toMatch(why);
    expect(gate.opens === null).toBe(state === "open");
  });
});

test("says when there is nobody who could approve", () => {
  const gate = approvalsGate({
    environment: production,
    operation: "op_1",
    plan,
    author: "ann",
    approvals: [],
    people: people.slice(0, 1),
  });
  expect(gate).toMatchObject({
    state: "shut",
    opens: expect.stringContaining("ringfence me init --name <name> --role owner"),
  });
});

describe("upstream", () => {
  const project = {
    manifest: "ringfence.yaml",
    pipeline: [
      { environment: "staging", after: [], place },
      { environment: "production", after: ["staging"], place },
    ],
  } as unknown as Project;
  const release = { version: "1.0.0", digest: "sha256:cc" };
  const verified = (digest: `sha256:${string}`) => [
    { environment: "staging", version: "1.0.0", release: digest, operation: "op_0", at: "then" },
  ];
  test.each([
    ["not verified", [], "shut"],
    ["verified", verified("sha256:cc"), "open"],
    ["another content of the same version verified", verified("sha256:dd"), "shut"],
  ] as const)("%s", (_name, verifications, state) => {
    expect(upstreamGate(project, production, release, verifications).state).toBe(state);
  });
});

test("sealed secrets leave the settings unknown, errors shut them", () => {
  expect(settingsGate("production", [], []).state).toBe("open");
  expect(settingsGate("production", [], ["TOKEN"]).state).toBe("unknown");
  const finding = {
    code: "X",
    severity: "error",
    setting: "A",
    where: "a.env:1:1",
    why: "wrong",
    fix: "mend",
  } as const;
  expect(settingsGate("production", [finding], ["TOKEN"])).toMatchObject({ state: "shut", opens: "mend" });
  expect(settingsGate("production", [{ ...finding, severity: "warning" }], []).state).toBe("open");
});

test("a quarantined release is shut out until lifted", () => {
  const quarantine = {
    version: "1.2.0",
    release: "sha256:ee",
    environment: "production",
    operation: "op_2",
    reason: "500s",
    at: "then",
  } as const;
  expect(quarantineGate("1.2.0", quarantine)).toMatchObject({
    state: "shut",
    opens: expect.stringContaining("release lift 1.2.0"),
  });
  expect(quarantineGate("1.2.0", undefined).state).toBe("open");
});
