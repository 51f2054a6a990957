/**
 * What people see, as files that a change shows in review: `UPDATE_GOLDEN=1 npx vitest run test/golden` rewrites
 * them. And what nobody may see: planted secrets in the output of any command.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../src/app/catalogue.generated.ts";
import { encodingsOf } from "../../src/base/redact.ts";
import { type CliScene, openCliScene, type Ran } from "../e2e/cli-scene.ts";
import { normalise } from "./normalise.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const MANIFEST = `project: shop
environments:
  development: { ports: { api: 4101 }, hosts: [dev-*] }
  staging: { ports: { api: 4201 } }
  production: { ports: { api: 4301 }, hosts: [prod-*, "*.shop.test"] }
layers: [config/base.yaml, "config/{env}.env?"]
settings:
  LEVEL: { type: enum, values: [DEBUG, INFO], default: INFO }
  LIMIT: { type: integer, min: 1, required: true }
  DATABASE_URL: { type: url, required: true }
  DATABASE_PASSWORD: { secret: true, required: true }
  SIGNING_KEY: { secret: true, rotate: { every: 90d, generate: ed25519 } }
  PIN: { type: integer, secret: true }
services:
  api: { entry: src/api.ts, health: { live: /healthz, ready: /readyz }, smoke: [/status] }
pipeline:
  development: {}
  staging: { after: development }
  production: { after: staging }
`;

/** By environment. The PIN of production is no number: an error about it must not show it. */
const PLANTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  development: {
    DATABASE_PASSWORD: "Planted.pass+word=1",
    SIGNING_KEY: "-----BEGIN KEY-----\nPlantedFirstLine\nPlantedSecondLine\n-----END KEY-----",
  },
  production: { DATABASE_PASSWORD: "Planted.pass+word=2", PIN: "PlantedNoNumber" },
};
const planted = Object.values(PLANTED)
  .flatMap((values) => Object.values(values))
  .flatMap((value) => value.split("\n").filter((part) => part.includes("Planted")));

let scene: CliScene;
let refused: string;

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.write(".gitignore", "home/\n");
  scene.write(
    "config/base.yaml",
    `LIMIT: 10\nDATABASE_URL: postgres://shop:\${DATABASE_PASSWORD}@db.shop.test/shop\n`,
  );
  scene.write("config/development.env", "LEVEL=DEBUG\nLIMIT=20\n");
  scene.write("config/staging.env", "LIMIT=none\nLEVL=INFO\n");
  scene.write("src/api.ts", 'process.stdout.write("never started");\n');
  scene.git("init", "-q");
  scene.must(["me", "init", "--name", "ada"]);
  for (const [environment, values] of Object.entries(PLANTED)) {
    scene.must(["identity", "create", "-e", environment]);
    for (const [name, value] of Object.entries(values))
      scene.must(["secret", "set", name, "-e", environment], value);
  }
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", "first");
  scene.must(["release", "create", "1.0.0"]);
  scene.run(["promote", "1.0.0", "--to", "staging"]);
  refused = JSON.parse(scene.must(["operation", "list", "--json"]).stdout)[0].id;
});

afterAll(() => scene.remove());

function transcript(words: readonly string[], { exit, stdout, stderr }: Ran): string {
  const part = (name: string, text: string) => (text === "" ? "" : `--- ${name}\n${text}`);
  const text = `$ ringfence ${words.join(" ")}\n${stdout}${part("standard error", stderr)}--- exit ${exit}\n`;
  return normalise(text, [
    [scene.root, "/project"],
    [basename(scene.root), "project"],
    [refused, "op_00000000000000000000000000"],
  ]);
}

const cases: Readonly<Record<string, () => string[]>> = {
  help: () => ["--help"],
  "help-promote": () => ["help", "promote"],
  inspect: () => ["inspect"],
  "inspect-markdown": () => ["inspect", "--markdown"],
  which: () => ["which", "-e", "staging"],
  "env-list": () => ["env", "list"],
  "config-show": () => ["config", "show", "-e", "development"],
  "config-explain": () => ["config", "explain", "LIMIT", "-e", "development"],
  "config-explain-secret": () => ["config", "explain", "DATABASE_URL", "-e", "development"],
  "config-check": () => ["config", "check", "-e", "staging"],
  "config-check-all": () => ["config", "check", "--all"],
  "config-check-sarif": () => ["config", "check", "-e", "staging", "--sarif"],
  "config-check-secret": () => ["config", "check", "-e", "production"],
  "config-diff": () => ["config", "diff", "development", "staging", "--exit-code"],
  "config-diff-markdown": () => ["config", "diff", "development", "production@1.0.0", "--markdown"],
  "config-matrix": () => ["config", "matrix"],
  "config-matrix-markdown": () => ["config", "matrix", "--differing", "--only", "D*", "--markdown"],
  "env-compare": () => ["env", "compare"],
  "env-compare-markdown": () => ["env", "compare", "--markdown"],
  isolation: () => ["isolation"],
  "isolation-markdown": () => ["isolation", "--markdown"],
  "error-side": () => ["config", "diff", "developmnt", "staging"],
  "config-compile": () => ["config", "compile", "-e", "staging"],
  "config-types": () => ["config", "types"],
  "secret-list": () => ["secret", "list", "-e", "development"],
  "secret-status": () => ["secret", "status"],
  "secret-scan": () => ["secret", "scan"],
  "release-list": () => ["release", "list"],
  "release-show": () => ["release", "show", "1.0.0"],
  "promote-dry-run": () => ["promote", "1.0.0", "--to", "development", "--dry-run"],
  "promote-refused": () => ["promote", "1.0.0", "--to", "staging"],
  "operation-list": () => ["operation", "list", "--state", "succeeded", "--limit", "2"],
  "operation-show": () => ["operation", "show", refused],
  status: () => ["status"],
  "audit-log": () => ["audit", "log", "--operation", refused],
  "audit-verify": () => ["audit", "verify"],
  "error-environment": () => ["config", "show", "-e", "stagin"],
  "error-key": () => ["config", "explain", "LIMT", "-e", "development"],
  "error-command": () => ["relase", "list"],
  "error-run": () => ["run", "-e", "staging", "--", "true"],
};

describe("what people see", () => {
  test.each(Object.keys(cases))("%s", (name) => {
    const words = cases[name]!();
    const seen = transcript(words, scene.run(words));
    const path = join(FOLDER, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, seen);
    expect(seen).toBe(readFileSync(path, "utf8"));
  });

  test("no file is left of a case that is gone", () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
    expect(files.sort()).toEqual(
      Object.keys(cases)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});

/** How every command is called here; a new one is added with what it needs. `secret get` shows its secret by intent. */
const calls: Readonly<Record<string, (environment: string) => string[]>> = {
  approve: () => ["approve", refused],
  "audit log": () => ["audit", "log"],
  "audit verify": () => ["audit", "verify"],
  "config check": (environment) => ["config", "check", "-e", environment],
  "config diff": (environment) => ["config", "diff", "staging", environment],
  "config fix": (environment) => ["config", "fix", "-e", environment, "--dry-run"],
  "config scan": () => ["config", "scan"],
  "config test": (environment) => ["config", "test", "-e", environment],
  "config matrix": () => ["config", "matrix", "--differing"],
  "config compile": (environment) => ["config", "compile", "-e", environment],
  "config explain": (environment) => ["config", "explain", "DATABASE_URL", "-e", environment],
  "config history": (environment) => ["config", "history", "-e", environment],
  "config record": (environment) => ["config", "record", "-e", environment, "--reason", "a test"],
  "config rollback": (environment) => [
    "config",
    "rollback",
    "previous",
    "-e",
    environment,
    "--reason",
    "a test",
  ],
  "config set": (environment) => ["config", "set", "DATABASE_PASSWORD", "x", "-e", environment],
  "config move": () => ["config", "move", "LIMIT", "--to", "config/base.yaml"],
  "config rename": () => ["config", "rename", "SIGNING_KEY", "SIGNATURE_KEY", "--dry-run"],
  "config split": () => ["config", "split", "DATABASE_URL", "--into", "host=DATABASE_HOST", "--dry-run"],
  "config sync": (environment) => ["config", "sync", "staging", environment, "--take", "from"],
  "config unset": (environment) => [
    "config",
    "unset",
    "DATABASE_URL",
    "-e",
    environment,
    "--layer",
    "config/base.yaml",
  ],
  "config docs": () => ["config", "docs"],
  // With --secrets it shows them by intent, as secret get does.
  "config export": (environment) => ["config", "export", "--format", "kubernetes", "-e", environment],
  "config schema": (environment) => ["config", "schema", "-e", environment],
  "config show": (environment) => ["config", "show", "-e", environment],
  "env compare": () => ["env", "compare"],
  isolation: () => ["isolation"],
  "break-glass close": (environment) => ["break-glass", "close", "-e", environment, "--dry-run"],
  "break-glass list": () => ["break-glass", "list"],
  "break-glass open": (environment) => [
    ...["break-glass", "open", "-e", environment, "--for", "30m", "--reason", "the shop is down"],
  ],
  "break-glass review": () => ["break-glass", "review", refused, "--reason", "a test"],
  "break-glass seal": (environment) => ["break-glass", "seal", "-e", environment, "--to", "person:ada"],
  "config types": () => ["config", "types"],
  "env create": () => ["env", "create", "qa", "--kind", "testing", "--dry-run"],
  eject: (environment) => ["eject", "-e", environment, "--dry-run"],
  init: () => ["init", "--here", "--dry-run"],
  "env list": () => ["env", "list"],
  "env stop": (environment) => ["env", "stop", "-e", environment, "--dry-run"],
  "identity lock": (environment) => ["identity", "lock", "-e", environment],
  "identity create": (environment) => ["identity", "create", "-e", environment],
  inspect: () => ["inspect", "--all"],
  "me init": () => ["me", "init", "--name", "ben", "--dry-run"],
  "operation list": () => ["operation", "list"],
  "operation resume": () => ["operation", "resume", refused],
  "operation show": () => ["operation", "show", refused],
  promote: (environment) => ["promote", "1.0.0", "--to", environment, "--dry-run"],
  "release create": () => ["release", "create", "1.1.0", "--dry-run"],
  "release lift": () => ["release", "lift", "1.0.0", "--reason", "a test"],
  "release list": () => ["release", "list"],
  "release show": () => ["release", "show", "1.0.0"],
  rollback: (environment) => ["rollback", environment],
  "secret accept": (environment) => ["secret", "accept", "-e", environment, "--reason", "a test"],
  "secret access": () => ["secret", "access"],
  "secret report": () => ["secret", "report", "--by", "secret"],
  "secret bind": (environment) => ["secret", "bind", "PIN", "--to", "vault://kv/pin", "-e", environment],
  "secret push": (environment) => ["secret", "push", "DATABASE_PASSWORD", "-e", environment],
  "secret copy": (environment) => [
    ...["secret", "copy", "SIGNING_KEY,DATABASE_PASSWORD", "--from", "development"],
    ...["-e", environment, "--reason", "a test", "--dry-run"],
  ],
  "secret edit": (environment) => ["secret", "edit", "-e", environment],
  "secret git-setup": () => ["secret", "git-setup", "--dry-run"],
  "secret merge": (environment) => [
    ...["secret", "merge", "secrets/development.yaml", "secrets/production.yaml", "secrets/development.yaml"],
    `secrets/${environment}.yaml`,
  ],
  "secret recipients add": (environment) => [
    ...["secret", "recipients", "add", "person:ada", "-e", environment, "--dry-run"],
  ],
  "secret recipients apply": (environment) => ["secret", "recipients", "apply", "-e", environment],
  "secret recipients list": (environment) => ["secret", "recipients", "list", "-e", environment],
  "secret recipients remove": (environment) => [
    "secret",
    "recipients",
    "remove",
    "person:ada",
    "-e",
    environment,
  ],
  "secret revoke": () => ["secret", "revoke", "ada", "--dry-run"],
  "secret revoked": () => ["secret", "revoked", "--all"],
  "secret textconv": (environment) => ["secret", "textconv", `secrets/${environment}.yaml`],
  "secret unset": (environment) => ["secret", "unset", "DATABASE_PASSWORD", "-e", environment, "--dry-run"],
  "secret list": (environment) => ["secret", "list", "-e", environment],
  "secret status": (environment) => ["secret", "status", "-e", environment],
  "secret rotate": (environment) => ["secret", "rotate", "SIGNING_KEY", "-e", environment, "--dry-run"],
  "secret rollback": (environment) => ["secret", "rollback", "SIGNING_KEY", "-e", environment],
  "secret retire": (environment) => ["secret", "retire", "-e", environment],
  "secret hook install": () => ["secret", "hook", "install", "--dry-run"],
  "secret hook remove": () => ["secret", "hook", "remove"],
  "secret scan": () => ["secret", "scan", "--history"],
  "secret set": (environment) => ["secret", "set", "PIN", "-e", environment, "--dry-run"],
  status: () => ["status"],
  trust: () => ["trust", "--yes"],
  "trust revoke": () => ["trust", "revoke"],
  "trust show": () => ["trust", "show"],
  which: (environment) => ["which", "-e", environment],
};

describe("what nobody may see: no planted secret, in no encoding, in the output of", () => {
  const forms = planted.flatMap((value) => encodingsOf(value));
  const leaksOf = ({ stdout, stderr }: Ran) => forms.filter((form) => `${stdout}${stderr}`.includes(form));

  test("a value is planted and would be found", () => {
    const shown = scene.run(["secret", "get", "DATABASE_PASSWORD", "-e", "development"]);
    expect(leaksOf(shown)).not.toEqual([]);
  });

  test("all commands of the catalogue are called", () => {
    const names = catalogue.map(({ name }) => name).filter((name) => name !== "secret get");
    expect(Object.keys(calls).sort()).toEqual(names.sort());
  });

  test.each(Object.keys(calls))("%s, shown or as JSON, done or refused", (name) => {
    for (const environment of Object.keys(PLANTED)) {
      const words = calls[name]!(environment);
      for (const all of [words, [...words, "--json"], [...words, "--as", "nobody"]]) {
        expect({ all, leaks: leaksOf(scene.run(all, { input: "PlantedNoNumber" })) }).toEqual({
          all,
          leaks: [],
        });
      }
    }
  });

  test.each([
    ["config diff as Markdown", ["config", "diff", "development", "production", "--markdown"]],
    ["config test as JUnit", ["config", "test", "--junit", "--min-parity", "0"]],
    ["config diff with a release", ["config", "diff", "development", "development@1.0.0"]],
    ["config matrix as Markdown", ["config", "matrix", "--markdown"]],
    ["env compare as Markdown", ["env", "compare", "--markdown"]],
  ])("%s", (_name, words) => {
    expect(leaksOf(scene.must(words))).toEqual([]);
  });

  test("a run that is refused, and one whose output is scrubbed", () => {
    expect(leaksOf(scene.run(["run", "-e", "production", "--", "env"]))).toEqual([]);
    const scrubbed = scene.run(["run", "-e", "development", "--", "env"], { variables: { CI: "true" } });
    expect({ exit: scrubbed.exit, leaks: leaksOf(scrubbed) }).toEqual({ exit: 0, leaks: [] });
    expect(scrubbed.stdout).toContain("[secret]");
  });
});
