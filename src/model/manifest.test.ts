import * as age from "age-encryption";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeyPair } from "../base/ed25519.ts";
import { KIND_POLICIES } from "./kind.ts";
import { manifestJsonSchema, readManifest } from "./manifest.ts";
import type { Project } from "./project.ts";

const AT = { root: "/project", file: "ringfence.yaml" };
const recipient = async (): Promise<string> => age.identityToRecipient(await age.generateX25519Identity());
const [FIRST, SECOND] = [await recipient(), await recipient()];
const [ALICE, BOB] = [createKeyPair().publicText, createKeyPair().publicText];

function findings(text: string): string[] {
  return readManifest(text, AT).findings.map(
    ({ code, where }) => `${code} ${where.replace("ringfence.yaml:", "")}`,
  );
}

function project(text: string): Project {
  const { project: read, findings: wrong } = readManifest(text, AT);
  expect(wrong.filter(({ severity }) => severity === "error")).toEqual([]);
  return read!;
}

const HEAD = "project: shop\nenvironments:\n";
const WHOLE = `# yaml-language-server: $schema=./ringfence.schema.json
project: taskmanager
detect: { variable: APP_ENV, default: staging }
environments:
  development:
    hosts: ["dev-*"]
    ports: { api: 4101 }
    recipients: [${FIRST}]
  staging:
    ports: { api: 4201 }
    policies: { approvals: 2, approverRole: owner, run: { output: direct, record: required }, secrets: { signed: true }, settings: { strict: false }, rollout: { observe: 1m30s } }
  quality:
    kind: qa
  production:
    recipients: [${SECOND}]
kinds:
  qa: { like: staging, policies: { approvals: 0 } }
layers:
  - .env?
  - path: config/{env}.yaml
  - { path: 'extra/{env}', format: json, optional: true }
secrets: "vault/{env}.yaml"
settings:
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO, doc: "How much is logged." }
  TIMEOUT: { type: duration, min: 5s, max: 1h, default: 1m30s }
  DB_POOL_SIZE: { type: integer, min: 1, max: 100, required: [staging, production] }
  JWT_SECRET_KEY: { secret: true, required: true }
  OLD: { deprecated: "use NEW" }
  HOSTS: { type: list, default: [a, b] }
  URL: { type: url, default: "https://\${NAME}/" }
  EMPTY:
services:
  api:
    entry: src/api.ts
    health: { live: /healthz, ready: /readyz }
    smoke: [/tasks]
  site:
    build: { command: [npm, run, build], output: dist, start: [node, main.js] }
pipeline:
  production: { after: [staging, quality] }
  quality: { after: development }
  staging: { after: development }
  development:
people:
  alice: { key: "${ALICE}", roles: [owner] }
  bob: { key: "${BOB}", roles: [owner, developer] }
  carol: { key: "${createKeyPair().publicText}" }
`;

test("a whole manifest becomes a project with defaults filled in", () => {
  const read = project(WHOLE);
  expect(readManifest(WHOLE, AT).findings).toEqual([]);
  expect(read.detect).toEqual({ variable: "APP_ENV", fallback: "staging" });
  expect(read.environments.map(({ name, kind, like }) => [name, kind, like])).toEqual([
    ["development", "development", undefined],
    ["staging", "staging", undefined],
    ["quality", "qa", "staging"],
    ["production", "production", undefined],
  ]);
  expect(read.environments[1]?.policies).toEqual({
    ...KIND_POLICIES.staging,
    approvals: 2,
    approverRole: "owner",
    runOutput: "direct",
    runRecordRequired: true,
    signedSecrets: true,
    strictSettings: false,
    observeMs: 90_000,
  });
  expect(read.environments[1]?.policySources).toMatchObject({
    approvals: expect.stringMatching(/^ringfence\.yaml:\d+:\d+$/),
    debug: "kind staging",
  });
  expect(read.environments[2]?.policies).toMatchObject({ approvals: 0, strictSettings: true });
  expect(read.environments[3]?.place).toEqual({ file: "ringfence.yaml", line: 14, column: 3 });
  expect(read.layers.map(({ path, format, optional }) => [path, format, optional])).toEqual([
    [".env", "dotenv", true],
    ["config/{env}.yaml", "yaml", false],
    ["extra/{env}", "json", true],
  ]);
  expect(read.settings[1]).toMatchObject({ name: "TIMEOUT", min: 5_000, max: 3_600_000, default: "1m30s" });
  expect(read.settings.at(-1)).toMatchObject({ name: "EMPTY", type: "string", required: false });
  expect(read.services.map(({ build }) => build.kind)).toEqual(["entry", "command"]);
  expect(read.pipeline.map(({ environment }) => environment)).toEqual([
    "development",
    "staging",
    "quality",
    "production",
  ]);
});

test("the smallest manifest gets the usual layers, secrets and detection", () => {
  const read = project("project: a\nenvironments: { testing: {}, preview: }\n");
  expect(read.detect).toEqual({ variable: "ENVIRONMENT", fallback: "testing" });
  expect(read.layers.map(({ path, optional }) => [path, optional])).toEqual([
    [".env", true],
    ["config/environments/{env}/.env", true],
  ]);
  expect(read.secretsPath).toBe("secrets/{env}.yaml");
  expect(project("project: a\nenvironments: { testing: , development: }").detect.fallback).toBe(
    "development",
  );
});

const TEN = `project: Shop
enviroment: x
environments:
  development: { ports: { api: 4101 }, recipients: [${FIRST}] }
  qa: {}
  production: { kind: prodction, ports: { api: 4101 }, recipients: [${FIRST}] }
settings:
  LEVEL: { type: enumm }
  POOL: { type: integer, default: many }
services:
  api: { entry: a.ts }
  api: { entry: b.ts }
pipeline:
  development: { after: production }
  production: { after: [development, stage] }
`;

test("ten and more mistakes are reported at once, each where it stands", () => {
  const { project: none, findings: wrong } = readManifest(TEN, AT);
  expect(none).toBeUndefined();
  expect(wrong.map(({ code, where }) => `${code} ${where.replace("ringfence.yaml:", "")}`)).toEqual([
    "MANIFEST_VALUE 1:10",
    "MANIFEST_UNKNOWN_KEY 2:1",
    "MANIFEST_MISSING 5:3",
    "MANIFEST_UNKNOWN_KIND 6:23",
    "MANIFEST_SHARED_PORT 6:48",
    "MANIFEST_SHARED_RECIPIENT 6:69",
    "MANIFEST_VALUE 8:18",
    "MANIFEST_DEFAULT 9:26",
    "MANIFEST_DUPLICATE_KEY 12:3",
    "MANIFEST_CYCLE 14:25",
    "MANIFEST_UNKNOWN_STAGE 15:38",
  ]);
  for (const { why, fix } of wrong) expect([why, fix].every((text) => text.length > 3)).toBe(true);
});

test.each([
  ["MANIFEST_UNKNOWN_KEY", "write environments"],
  ["MANIFEST_UNKNOWN_KIND", "write production"],
  ["MANIFEST_VALUE", "write enum"],
])("%s names the nearest known word: %s", (code, fix) => {
  const found = readManifest(TEN, AT).findings.filter((finding) => finding.code === code);
  expect(found.map((finding) => finding.fix)).toContain(fix);
});

test("what two environments share is named with both places", () => {
  const why = (code: string): string | undefined =>
    readManifest(TEN, AT).findings.find((finding) => finding.code === code)?.why;
  expect(why("MANIFEST_SHARED_PORT")).toContain(
    "api in development (ringfence.yaml:4:32) share the port 4101",
  );
  expect(why("MANIFEST_SHARED_RECIPIENT")).toContain("production and development (ringfence.yaml:4:53)");
  expect(why("MANIFEST_DUPLICATE_KEY")).toContain("ringfence.yaml:11:3");
  expect(why("MANIFEST_CYCLE")).toContain("development → production → development");
});

describe("one mistake, one finding", () => {
  const mistyped = `${FIRST.slice(0, -1)}${FIRST.endsWith("q") ? "p" : "q"}`;
  const rows: [title: string, text: string, expected: string[]][] = [
    ["empty", "", ["MANIFEST_MISSING 1:1"]],
    ["a list", "- a\n", ["MANIFEST_TYPE 1:1"]],
    ["no environments", "project: a\n", ["MANIFEST_MISSING 1:1"]],
    ["no environment", "project: a\nenvironments: {}\n", ["MANIFEST_MISSING 2:15"]],
    ["a tab", "project: a\nenvironments:\n\tlocal: {}\n", ["MANIFEST_SYNTAX 3:1"]],
    [
      "a tab and another mistake behind it",
      "project: a\nenvironments:\n\tlocal: { host: [] }\n",
      ["MANIFEST_SYNTAX 3:1", "MANIFEST_UNKNOWN_KEY 3:11"],
    ],
    ["a quote not closed", "project: 'a\nenvironments: {}\n", ["MANIFEST_SYNTAX 3:1"]],
    ["an unknown tag", "project: !x a\nenvironments: { local: }\n", ["MANIFEST_SYNTAX 1:10"]],
    ["an unknown alias", `${HEAD}  local: { hosts: [*x] }\n`, ["MANIFEST_SYNTAX 3:20"]],
    ["wrong type", `${HEAD}  local: { hosts: x }\n`, ["MANIFEST_TYPE 3:19"]],
    ["wrong number", `${HEAD}  local: { policies: { approvals: many } }\n`, ["MANIFEST_TYPE 3:35"]],
    [
      "unknown fallback",
      `${HEAD}  local:\ndetect: { default: locale }\n`,
      ["MANIFEST_UNKNOWN_ENVIRONMENT 4:20"],
    ],
    ["unknown service", `${HEAD}  local: { ports: { api: 1 } }\n`, ["MANIFEST_UNKNOWN_SERVICE 3:21"]],
    ["recipient of wrong shape", `${HEAD}  local: { recipients: [age1x] }\n`, ["MANIFEST_VALUE 3:25"]],
    ["recipient mistyped", `${HEAD}  local: { recipients: [${mistyped}] }\n`, ["MANIFEST_VALUE 3:25"]],
    [
      "a shared host pattern",
      `${HEAD}  local: { hosts: [a] }\n  preview: { hosts: [a] }\n`,
      ["MANIFEST_SHARED_HOST 4:22"],
    ],
    ["a bad public key", `${HEAD}  local:\npeople: { a: { key: "ed25519:x" } }\n`, ["MANIFEST_VALUE 4:21"]],
    [
      "one key, two people",
      `${HEAD}  local:\npeople: { a: { key: "${ALICE}" }, b: { key: "${ALICE}" } }\n`,
      [`MANIFEST_SHARED_KEY 4:${`people: { a: { key: "${ALICE}" }, b: { key: `.length + 1}`],
    ],
    [
      "built-in kind again",
      `${HEAD}  local:\nkinds: { local: { like: local } }\n`,
      ["MANIFEST_UNKNOWN_KIND 4:10"],
    ],
    [
      "own kind like none",
      `${HEAD}  local:\nkinds: { qa: { like: stagin } }\n`,
      ["MANIFEST_UNKNOWN_KIND 4:22"],
    ],
    [
      "stores",
      `${HEAD}  local:\nstores:\n  op: { timeout: 5s }\n  vault: { command: [a, "{path}"] }\n  pass: { command: [pass, show] }\n  file: { timeout: 5s }\n  own: { command: [own, "{reference}"] }\n`,
      ["MANIFEST_MISSING 5:3", "MANIFEST_VALUE 6:3", "MANIFEST_VALUE 7:3"],
    ],
    ["entry and build missing", `${HEAD}  local:\nservices: { api: {} }\n`, ["MANIFEST_SERVICE 4:13"]],
    ["a layer outside", `${HEAD}  local:\nlayers: [../.env]\n`, ["MANIFEST_VALUE 4:10"]],
    ["a layer without format", `${HEAD}  local:\nlayers: [settings]\n`, ["MANIFEST_VALUE 4:10"]],
    [
      "a typing mistake in a layer",
      `${HEAD}  local:\nlayers: [{ path: .env, optinal: true }]\n`,
      ["MANIFEST_UNKNOWN_KEY 4:24"],
    ],
    ["one secrets file for all", `${HEAD}  local:\nsecrets: secrets.yaml\n`, ["MANIFEST_VALUE 4:10"]],
    [
      "a stage after itself",
      `${HEAD}  local:\npipeline: { local: { after: local } }\n`,
      ["MANIFEST_CYCLE 4:29"],
    ],
    ["an unknown stage", `${HEAD}  local:\npipeline: { locl: }\n`, ["MANIFEST_UNKNOWN_ENVIRONMENT 4:13"]],
    [
      "a level that no logger has",
      `${HEAD}  local: { policies: { logLevel: loud } }\n`,
      ["MANIFEST_VALUE 3:34"],
    ],
    ["a level in its own case", `${HEAD}  local: { policies: { logLevel: Critical } }\n`, []],
    [
      "an unknown setting as final",
      `${HEAD}  local:\nlayers: [{ path: .env, final: [B, A] }]\nsettings: { A: }\n`,
      ["MANIFEST_UNKNOWN_SETTING 4:32"],
    ],
    ["final where nothing is declared", `${HEAD}  local:\nlayers: [{ path: .env, final: [B] }]\n`, []],
    ["a key named __proto__", `${HEAD}  local:\n__proto__: 1\n`, ["MANIFEST_SYNTAX 4:1"]],
  ];
  test.each(rows)("%s", (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });
});

describe("declarations of settings", () => {
  const rows: [declaration: string, expected: string[]][] = [
    ["{ type: enum }", ["MANIFEST_ENUM 5:8"]],
    ["{ values: [a] }", ["MANIFEST_ENUM 5:8"]],
    ["{ type: enum, values: [1] }", ["MANIFEST_TYPE 5:29"]],
    ["{ type: enum, values: [] }", ["MANIFEST_VALUE 5:28"]],
    ["{ min: 1 }", ["MANIFEST_BOUND 5:8"]],
    ["{ type: integer, min: 1m }", ["MANIFEST_BOUND 5:23"]],
    ["{ type: duration, max: 5 }", ["MANIFEST_BOUND 5:24"]],
    ["{ type: integer, min: 2, max: 1 }", ["MANIFEST_BOUND 5:23"]],
    ["{ type: integer, min: 2, default: 1 }", ["MANIFEST_DEFAULT 5:31"]],
    ["{ type: integer, default: '7' }", []],
    ["{ type: string, default: 1.10 }", ["MANIFEST_DEFAULT 5:22"]],
    ["{ type: enum, values: [a, b], default: c }", ["MANIFEST_DEFAULT 5:36"]],
    ["{ type: duration, default: 15 }", ["MANIFEST_DEFAULT 5:24"]],
    ["{ type: size, default: 10MiB, min: 1MiB }", []],
    ["{ type: list, default: [a] }", []],
    ["{ type: object, default: { a: 1 } }", []],
    ["{ type: pattern }", ["MANIFEST_PATTERN 5:8"]],
    ["{ type: pattern, pattern: '(' }", ["MANIFEST_PATTERN 5:23"]],
    ["{ type: integer, pattern: '1' }", ["MANIFEST_PATTERN 5:23"]],
    ["{ pattern: 'a+', default: b }", ["MANIFEST_DEFAULT 5:23"]],
    ["{ secret: true, default: x }", ["MANIFEST_SECRET_DEFAULT 5:22"]],
    ["{ required: [locl] }", ["MANIFEST_UNKNOWN_ENVIRONMENT 5:19"]],
    ["{ required: [local, production] }", []],
    ["{ requierd: true }", ["MANIFEST_UNKNOWN_KEY 5:8"]],
    ["{ required: 1 }", ["MANIFEST_TYPE 5:18"]],
    ["{ type: integer, max: 5, in: { local: { min: 6 } } }", ["MANIFEST_BOUND 5:46"]],
    ["{ type: integer, min: 5, in: { local: { max: 4 } } }", ["MANIFEST_BOUND 5:46"]],
    ["{ type: duration, max: 1m, in: { local: { min: 2m, max: 3m } } }", []],
    ["{ replacedBy: X }", ["MANIFEST_CYCLE 5:20"]],
    ["{ replacedBy: Y }", ["MANIFEST_UNKNOWN_SETTING 5:20"]],
    ["{ replacedBy: Y }\n  Y: { replacedBy: X }", ["MANIFEST_CYCLE 5:20"]],
    ["{ allow: { SECURITY_TLS: inside, ADVICE_POOL: pooled } }", []],
    ["{ allow: { SECURITY_TSL: inside } }", ["MANIFEST_UNKNOWN_CODE 5:17"]],
    ["{ allow: { SETTING_TYPE: inside } }", ["MANIFEST_UNKNOWN_CODE 5:17"]],
    ["{ allow: { SECURITY_TLS: '' } }", ["MANIFEST_VALUE 5:31"]],
    ["{ type: integer, policy: tokenLifetime }", ["MANIFEST_POLICY 5:23"]],
    ["{ type: duration, policy: tokenLifetime }", []],
    ["{ type: port, policy: debug }", ["MANIFEST_POLICY 5:20"]],
    ["{ type: enum, values: ['on', 'off'], policy: debug }", ["MANIFEST_POLICY 5:43"]],
    ["{ type: enum, values: [warning], policy: logLevel }", []],
    ["{ type: boolean, policy: logLevel }", ["MANIFEST_POLICY 5:23"]],
    ["{ policy: externalServices }", []],
  ];
  test.each(rows)("%s", (declaration, expected) => {
    expect(findings(`${HEAD}  local:\nsettings:\n  X: ${declaration}\n`)).toEqual(expected);
  });

  test("a name that no variable can have", () => {
    expect(findings(`${HEAD}  local:\nsettings:\n  1X: {}\n`)).toEqual(["MANIFEST_NAME 5:3"]);
  });
});

test("approvals that nobody can give are a warning: the author can't approve", () => {
  const manifest = (people: string): string =>
    `${HEAD}  staging:\npipeline: { staging: }\npeople:\n  a: { key: "${ALICE}", roles: [x] }\n${people}`;
  const alone = readManifest(manifest(""), AT);
  expect(alone.project).toBeDefined();
  expect(alone.findings.map(({ code, severity }) => [code, severity])).toEqual([
    ["MANIFEST_APPROVERS", "warning"],
  ]);
  expect(readManifest(manifest(`  b: { key: "${BOB}" }\n`), AT).findings).toEqual([]);
});

test("the JSON Schema for editors has a title and describes every key", () => {
  const schema = JSON.parse(JSON.stringify(manifestJsonSchema()));
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "ringfence.yaml",
  });
  const bare: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (node === null || typeof node !== "object") return;
    for (const [key, child] of Object.entries(node)) {
      if (path.endsWith("/properties") && !("description" in child)) bare.push(`${path}/${key}`);
      visit(child, `${path}/${key}`);
    }
  };
  visit(schema, "");
  expect(bare).toEqual([]);
});

test("whatever is cut out of a manifest or doubled in it, reading it throws nothing", () => {
  const cut = fc.tuple(
    fc.nat(WHOLE.length),
    fc.nat(40),
    fc.constantFrom("", "[", "x: ", "{}", "null", "\n", "\t", "- "),
  );
  fc.assert(
    fc.property(cut, ([start, length, instead]) => {
      const read = readManifest(WHOLE.slice(0, start) + instead + WHOLE.slice(start + length), AT);
      const wrong = read.findings.some(({ severity }) => severity === "error");
      expect(read.project === undefined).toBe(wrong);
    }),
    { numRuns: 300 },
  );
});

test("ten thousand settings are read in linear time and aliases can't blow the text up", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `  K${i}: { type: integer, default: ${i} }\n`).join(
    "",
  );
  expect(project(`${HEAD}  local:\nsettings:\n${many}`).settings).toHaveLength(10_000);
  const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i && 9)} x]`).join(
    "\n",
  );
  expect(findings(bomb).some((finding) => finding.startsWith("MANIFEST_SYNTAX"))).toBe(true);
});

describe("a value where a secret may have been put is told by what it is like", () => {
  test.each([
    'settings: { TOKEN: "hidden-1" }',
    "settings: { TOKEN: { secret: hidden-1 } }",
    "settings: { TOKEN: { secret: true, type: hidden-1 } }",
    "settings: { TOKEN: { secret: true, required: [hidden-1] } }",
    "settings: { TOKEN: { secret: true, type: duration, min: hidden-1 } }",
    "settings: { TOKEN: { secret: true, type: duration, default: hidden-1 } }",
    "rules: [ TOKEN == 'hidden-1' ]",
    "expect: { all: hidden-1 }",
    "templates: { preview: hidden-1 }",
  ])("%s", (text) => {
    const manifest = `project: shop\nenvironments: { development: }\n${text}\n`;
    const { findings } = readManifest(manifest, { root: "/p", file: "ringfence.yaml" });
    expect(findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(findings)).not.toContain("hidden-1");
  });
});
