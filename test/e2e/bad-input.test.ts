/** Bad input through the built command line: its catalogue error, exit code and fix, and nothing lost. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BadScene, expectRefusal, openBadScene, secretsOf } from "./bad-scene.ts";
import { openCliScene } from "./cli-scene.ts";

let scene: BadScene;

beforeAll(async () => {
  scene = await openBadScene();
});

afterAll(() => scene.close());

/** What is done to the project before the command, and taken back after it. */
type Damage = () => (() => void) | undefined;

const nothing: Damage = () => undefined;

/** Changes one file for one case. */
function changed(path: string, change: (text: string) => string | undefined): Damage {
  return () => {
    const absolute = path.startsWith("/") ? path : join(scene.root, path);
    const before = existsSync(absolute) ? readFileSync(absolute, "utf8") : undefined;
    const after = change(before ?? "");
    if (after === undefined) rmSync(absolute);
    else {
      mkdirSync(join(absolute, ".."), { recursive: true });
      writeFileSync(absolute, after);
    }
    return () => {
      if (before === undefined) rmSync(absolute, { force: true });
      else writeFileSync(absolute, before, { mode: 0o600 });
    };
  };
}

describe("each mistake has its error, exit code and fix, and loses nothing", () => {
  const run = (environment: string) => ["run", "-e", environment, "--", "sh", "-c", "touch started"];
  const rows: [
    name: string,
    damage: () => Damage,
    words: string[],
    code: string,
    exit: number,
    says?: RegExp,
  ][] = [
    [
      "unknown environment",
      () => nothing,
      ["config", "show", "-e", "stagin"],
      "ENV_UNKNOWN",
      2,
      /-e staging/,
    ],
    ["unknown environment, mutation", () => nothing, ["promote", "1.0.0", "--to", "prod"], "ENV_UNKNOWN", 2],
    ["missing key, run", () => nothing, run("staging"), "CONFIG_INVALID", 3, /TOKEN is required in staging/],
    ["unknown environment, whole project", () => nothing, ["status", "-e", "stagin"], "ENV_UNKNOWN", 2],
    ["unknown key", () => nothing, ["config", "explain", "LOG_LEVL"], "CONFIG_UNKNOWN_KEY", 2, /LOG_LEVEL/],
    [
      "no identity",
      () => changed(scene.identityOf("development"), () => undefined),
      run("development"),
      "SECRETS_NO_IDENTITY",
      12,
    ],
    [
      "wrong identity",
      () =>
        changed(scene.identityOf("development"), () => readFileSync(scene.identityOf("production"), "utf8")),
      run("development"),
      "SECRETS_NO_IDENTITY",
      12,
    ],
    [
      "another environment's file",
      () => changed(secretsOf("development"), () => scene.read(secretsOf("production"))),
      run("development"),
      "SECRETS_WRONG_ENVIRONMENT",
      12,
      /git restore/,
    ],
    [
      "another environment's file, where its identity lies here too",
      () => () => {
        const keys = changed(
          scene.identityOf("development"),
          (text) => text + readFileSync(scene.identityOf("production"), "utf8"),
        )();
        const file = changed(secretsOf("development"), () => scene.read(secretsOf("production")))();
        return () => {
          file?.();
          keys?.();
        };
      },
      run("development"),
      "SECRETS_WRONG_ENVIRONMENT",
      12,
      /git restore/,
    ],
    [
      "MAC altered",
      () =>
        changed(secretsOf("development"), (text) =>
          text.replace(
            /(mac: ENC\[AES256_GCM,data:)(.)/,
            (_, head, first) => head + (first === "A" ? "B" : "A"),
          ),
        ),
      run("development"),
      "SECRETS_MAC_MISMATCH",
      12,
    ],
    [
      "value altered",
      () =>
        changed(secretsOf("development"), (text) =>
          text.replace(
            /(TOKEN: ENC\[AES256_GCM,data:)(.)/,
            (_, head, first) => head + (first === "A" ? "B" : "A"),
          ),
        ),
      run("development"),
      "SECRETS_MAC_MISMATCH",
      12,
    ],
    [
      "file cut",
      () => changed(secretsOf("development"), (text) => text.slice(0, text.length / 2)),
      run("development"),
      "SECRETS_MALFORMED",
      12,
    ],
    [
      "file gone",
      () => changed(secretsOf("development"), () => undefined),
      run("development"),
      "SECRETS_REPLAYED",
      12,
    ],
    [
      "unsigned production file",
      () => changed(secretsOf("production"), (text) => text.replace(/^# ringfence-signature.*\n/, "")),
      run("production"),
      "SECRETS_UNSIGNED",
      12,
    ],
    [
      "circle",
      () => changed(".env", () => ["A", "B", "C"].map((name, at) => `${name}=\${${"BCA"[at]}}\n`).join("")),
      run("development"),
      "CONFIG_INVALID",
      3,
      /A → B → C → A/,
    ],
    [
      "wrong type",
      () => changed(".env", () => "LIMIT=many\n"),
      run("development"),
      "CONFIG_INVALID",
      3,
      /\.env:1:1/,
    ],
    [
      "placeholder",
      () => changed(".env", () => "LOG_LEVEL=<from-secrets-manager>\n"),
      run("development"),
      "CONFIG_INVALID",
      3,
    ],
    [
      "malformed line",
      () => changed(".env", () => "LOG_LEVEL=INFO\nnonsense\n"),
      run("development"),
      "CONFIG_INVALID",
      3,
      /\.env:2:1/,
    ],
    [
      "port taken",
      () => nothing,
      ["promote", "1.0.0", "--to", "development"],
      "TARGET_PORT_TAKEN",
      1,
      /service api/,
    ],
    [
      "release unknown",
      () => nothing,
      ["promote", "1.0.1", "--to", "development"],
      "APP_RELEASE_UNKNOWN",
      2,
      /1\.0\.0/,
    ],
    ["release exists", () => nothing, ["release", "create", "1.0.0"], "APP_RELEASE_EXISTS", 1],
    ["no version", () => nothing, ["release", "create", "v1"], "RELEASE_VERSION_INVALID", 2, /1\.0\.0/],
    [
      "commit unknown",
      () => nothing,
      ["release", "create", "2.0.0", "--commit", "nowhere"],
      "SOURCE_UNKNOWN_REVISION",
      2,
    ],
    ["operation unknown", () => nothing, ["operation", "show", "op_1"], "OPERATION_UNKNOWN", 2],
    [
      "person unknown",
      () => nothing,
      ["secret", "set", "TOKEN", "-e", "development", "--as", "somebody"],
      "ACCESS_UNKNOWN_PERSON",
      13,
    ],
    ["no value", () => nothing, ["secret", "set", "TOKEN", "-e", "development"], "APP_SECRET_INPUT", 2],
    ["no recipients", () => nothing, ["secret", "set", "TOKEN", "-e", "staging"], "SECRETS_BAD_RECIPIENT", 2],
    ["no reason", () => nothing, ["release", "lift", "1.0.0"], "APP_BAD_INPUT", 2],
    [
      "command missing",
      () => nothing,
      ["run", "-e", "development", "--", "no-such-command"],
      "RUN_COMMAND_NOT_FOUND",
      127,
    ],
    [
      "command not executable",
      () => nothing,
      ["run", "-e", "development", "--", "./ringfence.yaml"],
      "RUN_COMMAND_NOT_EXECUTABLE",
      126,
    ],
    ["no project", () => nothing, ["config", "show", "--project", "/"], "APP_NO_PROJECT", 2],
  ];
  test.each(rows)("%s", (_name, damage, words, code, exit, says) => {
    const undo = damage()();
    try {
      const before = scene.fingerprint();
      const isRun = words[0] === "run";
      const ran = isRun ? scene.run(["run", "--json", ...words.slice(1)]) : scene.run([...words, "--json"]);
      expectRefusal(ran, code, exit);
      if (says) expect(JSON.stringify(ran.error)).toMatch(says);
      expect(scene.fingerprint()).toBe(before);
      expect(existsSync(join(scene.root, "started"))).toBe(false);
    } finally {
      undo?.();
    }
    scene.must(["audit", "verify"]);
  });
});

test("a manifest with ten different mistakes tells all of them, each at its place with a fix", () => {
  const bad = openCliScene(`project: Shop!
environments:
  development: { ports: { api: 99999 }, hots: [a] }
  quality: {}
  production: { kind: prodution }
layers: [ { path: /etc/x } ]
secrets: secrets.yaml
settings:
  LEVEL: { type: enum }
  POOL: { type: integer, default: many }
  lower case: {}
services:
  api: { entri: src/api.ts }
pipeline:
  staging: { after: development }
people:
  someone: { key: "ed25519:short" }
`);
  try {
    const before = bad.fingerprint();
    const ran = bad.run(["env", "list", "--json"]);
    expectRefusal(ran, "APP_MANIFEST_INVALID", 3);
    const { findings } = (
      ran.error as unknown as {
        details: { findings: { code: string; where: string; why: string; fix: string }[] };
      }
    ).details;
    expect(findings.length).toBeGreaterThanOrEqual(10);
    for (const finding of findings) {
      expect(finding.where).toMatch(/^ringfence\.yaml:\d+:\d+$/);
      expect(finding.fix).toBeTruthy();
    }
    expect(new Set(findings.map(({ where }) => where)).size).toBeGreaterThanOrEqual(10);
    expect(JSON.stringify(findings)).toMatch(/hosts/);
    expect(JSON.stringify(findings)).toMatch(/production/);
    expect(JSON.stringify(findings)).toMatch(/entry/);
    expect(bad.fingerprint()).toBe(before);
  } finally {
    bad.remove();
  }
});

test("config check lists what is missing and exits with 3; the JSON is one document", () => {
  const { exit, stdout } = scene.run(["config", "check", "-e", "staging", "--json"]);
  expect(exit).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    environment: "staging",
    findings: [
      {
        code: "SETTING_MISSING",
        severity: "error",
        setting: "TOKEN",
        fix: "ringfence secret set TOKEN -e staging",
      },
    ],
  });
});

test.each([
  [["config", "shwo"], /show/],
  [["relase", "list"], /release/],
  [["config", "show", "--jsno"], /--json/],
  [["promote"], /version/],
])("%j is a usage error that suggests the right word", (words, says) => {
  const ran = scene.run(words);
  expect(ran.exit).toBe(2);
  expect(ran.stdout).toBe("");
  expect(ran.stderr).toMatch(says);
});
