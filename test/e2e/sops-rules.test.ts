/** `.sops.yaml` beside a manifest: where they disagree about a secrets file, it is not written. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectRefusal } from "./bad-scene.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

let scene: CliScene;
let recipient: string;
let other: string;

beforeAll(() => {
  scene = openCliScene(
    "project: shop\nenvironments: { staging: {}, development: {} }\nlayers: []\nsettings: {}\n",
  );
  scene.must(["me", "init", "--name", "author"]);
  const made = ["staging", "development"].map((environment) =>
    scene.must(["identity", "create", "-e", environment, "--json"]),
  );
  [recipient, other] = made.map(({ stdout }) => JSON.parse(stdout).recipient) as [string, string];
});

afterAll(() => scene.remove());

const set = (environment: string) =>
  scene.run(["secret", "set", "TOKEN", "-e", environment, "--json"], { input: "a-token" });
const rule = (...recipients: string[]) =>
  scene.write(
    ".sops.yaml",
    `creation_rules:\n  - path_regex: ^secrets/staging\n    age: ${recipients.join(",")}\n`,
  );

test("a rule that agrees, or is for other files, stops no write", () => {
  rule(recipient);
  for (const environment of ["staging", "development"]) expect(set(environment).exit).toBe(0);
});

test("a rule that asks for others stops it, and both places are named", () => {
  const before = scene.read("secrets/staging.yaml");
  for (const recipients of [[other], [recipient, other]]) {
    rule(...recipients);
    const refused = set("staging");
    expectRefusal(refused, "SECRETS_RULES_DISAGREE", 12);
    expect(refused.error?.where).toBe(".sops.yaml:2:5");
    expect(refused.error?.why).toMatch(/ringfence\.yaml:\d+:\d+/);
    expect(scene.read("secrets/staging.yaml")).toBe(before);
  }
  expect(set("development").exit).toBe(0);
});
