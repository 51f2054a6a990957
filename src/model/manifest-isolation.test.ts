import { expect, test } from "vitest";
import { readManifest } from "./manifest.ts";

const AT = { root: "/p", file: "ringfence.yaml" };
const project = (environment: string, more = "") =>
  `project: a\nenvironments:\n  local: { ${environment} }\n  testing:\n${more}`;
const allow = (text: string) => project("", `isolation: { allow: [{ ${text} }] }\n`);

test("what is an environment's own is read with its places, and folders are nobody else's unless told", () => {
  const text = project(
    'prefix: L_, folders: { data: var/l, logs: { path: /srv/l, mode: "0750" } }, resources: { networks: [10.0.0.0/8, "::/1"], cron: { job: "@daily" } }',
    "isolation: { allow: [{ between: [local, testing], resource: cron.job, reason: r, until: 2027-01-31 }] }\n",
  );
  const { project: read, findings } = readManifest(text, AT);
  expect(findings).toEqual([]);
  const [local] = read!.environments;
  expect(local).toMatchObject({
    prefix: "L_",
    folders: [
      { name: "data", path: "var/l", mode: 0o700, place: { line: 3, column: 35 } },
      { name: "logs", path: "/srv/l", mode: 0o750 },
    ],
    resources: [
      { kind: "networks", name: "networks", text: "10.0.0.0/8" },
      { kind: "networks", name: "networks", text: "::/1" },
      { kind: "cron", name: "cron.job", text: "@daily" },
    ],
  });
  expect(read!.exceptions).toMatchObject([
    {
      between: ["local", "testing"],
      subject: "cron.job",
      reason: "r",
      until: "2027-01-31",
      place: { line: 5 },
    },
  ]);
});

test.each([
  ["a prefix without its end", project("prefix: DEV"), ["MANIFEST_VALUE 3:20"]],
  [
    "one prefix for two",
    `project: a\nenvironments:\n  local: { prefix: A_ }\n  testing: { prefix: A_ }\n`,
    ["MANIFEST_SHARED_NAME 4:22"],
  ],
  ["a folder outside", project("folders: { data: ../x }"), ["MANIFEST_VALUE 3:29"]],
  ["a mode that is none", project('folders: { data: { path: x, mode: "9" } }'), ["MANIFEST_VALUE 3:46"]],
  [
    "a network with bits behind its prefix",
    project("resources: { networks: [10.1.2.3/16] }"),
    ["MANIFEST_VALUE 3:36"],
  ],
  ["a schedule that is none", project('resources: { cron: { job: "0 25 * * *" } }'), ["MANIFEST_VALUE 3:33"]],
  ["a sort that there is not", project("resources: { bucket: [a] }"), ["MANIFEST_UNKNOWN_KEY 3:25"]],
  [
    "an exception for one that there is not",
    allow("between: [local, prod], setting: A, reason: r, until: 2027-01-31"),
    ["MANIFEST_UNKNOWN_ENVIRONMENT 5:41"],
  ],
  [
    "an exception for nothing",
    allow("between: [local, testing], reason: r, until: 2027-01-31"),
    ["MANIFEST_MISSING 5:22"],
  ],
  [
    "an exception without an end",
    allow("between: [local, testing], setting: A, reason: r"),
    ["MANIFEST_MISSING 5:22"],
  ],
])("%s", (_name, text, expected) => {
  const found = readManifest(text, AT).findings.map(
    ({ code, where }) => `${code} ${where.replace("ringfence.yaml:", "")}`,
  );
  expect(found).toEqual(expected);
});
