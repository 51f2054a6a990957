import { describe, expect, test } from "vitest";
import { readManifest } from "./manifest.ts";

const at = { root: "/project", file: "ringfence.yaml" };
const KEY = `ed25519:${"A".repeat(43)}=`;
const OTHER_KEY = `ed25519:${"A".repeat(42)}E=`;
const ADA = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const CI = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
const SSH = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"B".repeat(43)}`;

const manifest = (recipients: string, more = "") => `project: shop
environments:
  development: { recipients: [${recipients}] }
  staging: {}
people:
  ada: { key: "${KEY}", roles: [owner, developer], recipient: ${ADA} }
  ben: { key: "${OTHER_KEY}", roles: [support] }
machines:
  ci: { recipient: ${CI} }
${more}`;

const reading = (recipients: string, more = "") => readManifest(manifest(recipients, more), at);

describe("who an environment's secrets are encrypted to", () => {
  const rows: [string, string, object[]][] = [
    ["a person", "person:ada", [{ recipient: ADA, name: "ada", kind: "person", via: "person:ada" }]],
    ["a machine", "machine:ci", [{ recipient: CI, name: "ci", kind: "machine", via: "machine:ci" }]],
    ["a role", "role:owner", [{ recipient: ADA, name: "ada", kind: "person", via: "role:owner" }]],
    ["a person's key itself", ADA, [{ recipient: ADA, name: "ada", kind: "person", via: ADA }]],
    [
      "an SSH key with its comment",
      `${SSH} ada@laptop`,
      [{ recipient: SSH, name: SSH, kind: "identity", via: `${SSH} ada@laptop` }],
    ],
    [
      "somebody twice",
      "person:ada, role:developer",
      [
        { recipient: ADA, name: "ada", kind: "person", via: "person:ada" },
        { recipient: ADA, name: "ada", kind: "person", via: "role:developer" },
      ],
    ],
  ];
  test.each(rows)("%s", (_, recipients, holders) => {
    const { project, findings } = reading(recipients);
    expect(findings).toEqual([]);
    const [development] = project!.environments;
    expect(development!.holders).toEqual(holders);
    expect(development!.recipients).toHaveLength(1);
  });

  test("a role's members without a recipient are left out, as long as one has one", () => {
    const people = manifest("role:support").replace(
      "[support] }",
      `[support] }\n  cy: { key: "ed25519:${"A".repeat(42)}I=", roles: [support], recipient: ${CI} }`,
    );
    const { project } = readManifest(people.replace(/machines:\n.*\n/, ""), at);
    expect(project!.environments[0]!.holders).toEqual([
      { recipient: CI, name: "cy", kind: "person", via: "role:support" },
    ]);
  });
});

describe("mistakes", () => {
  const rows: [string, string, string, string, RegExp][] = [
    ["an unknown person", "person:adda", "", "MANIFEST_UNKNOWN_RECIPIENT 3:31", /^write person:ada$/],
    ["an unknown machine", "machine:cj", "", "MANIFEST_UNKNOWN_RECIPIENT 3:31", /^write machine:ci$/],
    ["an unknown role", "role:ownr", "", "MANIFEST_UNKNOWN_RECIPIENT 3:31", /^write role:owner$/],
    ["a person without a recipient", "person:ben", "", "MANIFEST_NO_RECIPIENT 3:31", /me init --name ben/],
    ["a role without one", "role:support", "", "MANIFEST_NO_RECIPIENT 3:31", /me init --name ben/],
    ["neither a key nor a name", "ada", "", "MANIFEST_VALUE 3:31", /person:ada/],
    ["a mistyped key", `${ADA.slice(0, -1)}q`, "", "MANIFEST_VALUE 3:31", /copy it again/],
  ];
  test.each(rows)("%s", (_, recipients, more, expected, fix) => {
    const { project, findings } = reading(recipients, more);
    expect(project).toBeUndefined();
    expect(findings.map(({ code, where }) => `${code} ${where.replace("ringfence.yaml:", "")}`)).toEqual([
      expected,
    ]);
    expect(findings[0]!.fix).toMatch(fix);
  });

  test("a person may stand in several environments", () => {
    const text = manifest("person:ada").replace("staging: {}", "staging: { recipients: [role:owner] }");
    expect(readManifest(text, at).findings).toEqual([]);
  });

  test.each([
    ["a key in two environments", CI, CI],
    ["a key here, its owner there", ADA, "person:ada"],
  ])("%s", (_, here, there) => {
    const text = manifest(here).replace("staging: {}", `staging: { recipients: [${there}] }`);
    const found = readManifest(text, at).findings.map(({ code }) => code);
    expect(found).toEqual(["MANIFEST_SHARED_RECIPIENT"]);
  });

  test("two who have one recipient", () => {
    const text = manifest("person:ada").replace(CI, ADA);
    expect(readManifest(text, at).findings.map(({ code }) => code)).toEqual(["MANIFEST_SHARED_RECIPIENT"]);
  });
});
