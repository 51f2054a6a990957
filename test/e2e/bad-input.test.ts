/** Bad input through the built command line: its catalogue error, exit code and fix, and nothing lost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliScene, openCliScene, type Ran } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments:
  development: { ports: { api: PORT } }
  staging: {}
  production: {}
layers: [ ".env?", "config/{env}.env?" ]
settings:
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
  TOKEN: { secret: true, required: true }
  LIMIT: { type: integer, default: 1 }
services:
  api: { entry: src/api.ts, health: { live: /healthz, ready: /readyz } }
pipeline:
  development: {}
  staging: { after: development }
  production: { after: staging }
`;

const API = `import { createServer } from "node:http";
createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");
`;

let scene: CliScene;
const taken = createServer();

const secretsOf = (environment: string) => `secrets/${environment}.yaml`;
const identityOf = (environment: string) => join(scene.home, "identities", "shop", `${environment}.txt`);

beforeAll(async () => {
  // The port of development is taken for the whole suite.
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  scene = openCliScene(MANIFEST.replace("PORT", String(port)));
  scene.write("src/api.ts", API);
  scene.write(".gitignore", "home/\n");
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "author"]);
  for (const environment of ["development", "production"]) {
    scene.must(["identity", "create", "-e", environment]);
    scene.must(["secret", "set", "TOKEN", "-e", environment], `first-token-of-${environment}`);
  }
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", "first");
  scene.must(["release", "create", "1.0.0"]);
});

afterAll(() => {
  scene.run(["env", "stop", "-e", "development"]);
  taken.close();
  scene.remove();
});

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

function expectRefusal(ran: Ran, code: string, exit: number): void {
  expect({ code: ran.error?.code, exit: ran.exit }, ran.stderr + ran.stdout).toEqual({ code, exit });
  expect(ran.error?.what).toBeTruthy();
  expect(ran.error?.fix).toBeTruthy();
  if (ran.stdout !== "") expect(() => JSON.parse(ran.stdout)).not.toThrow();
  expect(ran.stderr + ran.stdout).not.toContain("first-token-of");
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
    ["unknown key", () => nothing, ["config", "explain", "LOG_LEVL"], "CONFIG_UNKNOWN_KEY", 2, /LOG_LEVEL/],
    [
      "no identity",
      () => changed(identityOf("development"), () => undefined),
      run("development"),
      "SECRETS_NO_IDENTITY",
      12,
    ],
    [
      "wrong identity",
      () => changed(identityOf("development"), () => readFileSync(identityOf("production"), "utf8")),
      run("development"),
      "SECRETS_NO_IDENTITY",
      12,
    ],
    [
      "another environment's file",
      () => changed(secretsOf("development"), () => scene.read(secretsOf("production"))),
      run("development"),
      "SECRETS_NO_IDENTITY",
      12,
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

test("an older secrets file that is put back is a replay", () => {
  const old = scene.read(secretsOf("development"));
  scene.must(["secret", "set", "TOKEN", "-e", "development"], "second-token");
  const now = scene.read(secretsOf("development"));
  scene.write(secretsOf("development"), old);
  expectRefusal(scene.run(["config", "show", "-e", "development", "--json"]), "SECRETS_REPLAYED", 12);
  expectRefusal(scene.run(["run", "--json", "-e", "development", "--", "true"]), "SECRETS_REPLAYED", 12);
  scene.write(secretsOf("development"), now);
  scene.must(["config", "show", "-e", "development"]);
});

test("a key file that others can read is refused", () => {
  chmodSync(identityOf("development"), 0o644);
  expectRefusal(scene.run(["config", "show", "-e", "development", "--json"]), "SNAPSHOT_KEY_UNUSABLE", 12);
  chmodSync(identityOf("development"), 0o600);
});

test("production is never selected by a variable alone", () => {
  const variables = { ENVIRONMENT: "production" };
  for (const words of [
    ["run", "--json", "--", "true"],
    ["secret", "set", "TOKEN", "--json"],
    ["env", "stop", "--json"],
  ]) {
    const ran = scene.run(words, { variables, input: "a-value" });
    expectRefusal(ran, "GUARD_PRODUCTION_NOT_EXPLICIT", 10);
  }
  expect(scene.run(["which", "--json"], { variables }).stdout).toContain('"variable"');
});

test("a run inside another environment's run is refused", () => {
  const ran = scene.run(["run", "--json", "-e", "development", "--", "true"], {
    variables: { RINGFENCE_ENVIRONMENT: "staging" },
  });
  expectRefusal(ran, "GUARD_NESTED", 10);
});

test("a store that another process has locked", { timeout: 60_000 }, async () => {
  const script = `const { DatabaseSync } = require("node:sqlite");
    const db = new DatabaseSync(process.argv[1]); db.exec("BEGIN IMMEDIATE"); console.log("locked"); process.stdin.resume();`;
  const holder = spawn(process.execPath, ["-e", script, join(scene.root, ".ringfence", "store.db")]);
  try {
    await once(holder.stdout, "data");
    const before = scene.fingerprint();
    expectRefusal(
      scene.run(["secret", "set", "TOKEN", "-e", "development", "--json"], { input: "never-kept" }),
      "STORE_BUSY",
      11,
    );
    expect(scene.fingerprint()).toBe(before);
  } finally {
    holder.kill();
    await once(holder, "close");
  }
  scene.must(["operation", "list"]);
});

describe("a state folder that can't be used", () => {
  // Root may write anywhere: a file in the place of the folder is what nobody can write into.
  const state = () => join(scene.root, ".ringfence");
  test("mutations are refused, reads of the configuration work", () => {
    renameSync(state(), `${state()}.aside`);
    writeFileSync(state(), "");
    try {
      const before = scene.fingerprint();
      const ran = scene.run(["secret", "set", "TOKEN", "-e", "development", "--json"], {
        input: "never-kept",
      });
      expect(ran.error?.code).toMatch(/^STORE_UNWRITABLE$/);
      expect(ran.exit).toBe(1);
      expect(scene.fingerprint()).toBe(before);
      scene.must(["config", "show", "-e", "development"]);
      expectRefusal(scene.run(["run", "--json", "-e", "production", "--", "true"]), "SPOOL_UNWRITABLE", 10);
    } finally {
      rmSync(state());
      renameSync(`${state()}.aside`, state());
    }
  });

  test("a damaged store", () => {
    const path = join(state(), "store.db");
    const before = readFileSync(path);
    for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
    writeFileSync(path, Buffer.concat([Buffer.from("this is no database"), before.subarray(19)]));
    try {
      expectRefusal(scene.run(["operation", "list", "--json"]), "STORE_DAMAGED", 1);
    } finally {
      writeFileSync(path, before);
    }
    scene.must(["operation", "list"]);
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
