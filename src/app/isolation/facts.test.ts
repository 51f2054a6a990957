import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIdentity } from "../../secrets/index.ts";
import { openApp } from "../app.ts";
import { factsOf } from "./facts.ts";

let root: string;
let own: string;
let ada: string;
let ci: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "ringfence-facts-"));
  const made = await Promise.all([createIdentity(), createIdentity(), createIdentity()]);
  [own, ada, ci] = made.map(({ recipient }) => recipient) as [string, string, string];
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ["the environment's own identity", () => own, [false]],
  ["a person by name", () => "person:ada", [true]],
  ["a person by role", () => "role:owner", [true]],
  ["a person by key", () => ada, [true]],
  ["a machine", () => "machine:ci", [true]],
  ["several", () => `person:ada, ${own}`, [true, false]],
])("may a recipient open other environments, too: %s", (_, recipients, expected) => {
  const key = `ed25519:${"A".repeat(43)}=`;
  writeFileSync(
    join(root, "ringfence.yaml"),
    `project: shop
environments: { development: { recipients: [${recipients()}] } }
people: { ada: { key: "${key}", roles: [owner], recipient: ${ada} } }
machines: { ci: { recipient: ${ci} } }
`,
  );
  const app = openApp({ folder: root, variables: { RINGFENCE_HOME: join(root, "home") } });
  const facts = factsOf(app, app.project.environments[0]!);
  expect(facts.recipients.map(({ isPerson }) => isPerson)).toEqual(expected);
});
