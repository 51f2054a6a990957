/** A key that somebody wrote into a secrets file: it is shown, gets no new data key, and is taken out. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SecretAccess } from "../../src/contract/secret-access.ts";
import { type CliScene, openCliScene } from "./cli-scene.ts";

const TIMEOUT_MS = 60_000;
const FILE = "secrets/development.yaml";
const KEY = "kms:arn:aws:kms:eu-central-1:666666666666:key/evil";
const MANIFEST = `project: shop
environments:
  development: {}
  local: {}
`;

let scene: CliScene;
beforeEach(() => {
  scene = openCliScene(MANIFEST);
  scene.must(["me", "init", "--name", "ada"]);
  for (const name of ["development", "local"]) {
    scene.must(["identity", "create", "-e", name]);
    scene.must(["secret", "set", "ONE", "-e", name], `a value of ${name}`);
    plant(`secrets/${name}.yaml`);
  }
});
afterEach(() => scene.remove());

function plant(file: string): void {
  const entry = `    kms:\n        - arn: ${KEY.slice("kms:".length)}\n          created_at: "2026-01-02T03:04:05Z"\n          enc: QUFBQQ==\n`;
  const text = scene.read(file).replace(/^# ringfence-signature.*\n/, "");
  scene.write(file, text.replace(/^sops:\n/m, `sops:\n${entry}`));
}

const on = (...words: string[]) => [...words, "-e", "development"];
const declare = () =>
  scene.write(
    "ringfence.yaml",
    scene.read("ringfence.yaml").replace(/^( *)recipients:/m, `$1keys: ["${KEY}"]\n$1recipients:`),
  );

test(
  "a planted key is shown, stops a new data key, and goes by --drop-keys",
  () => {
    expect(scene.must(on("secret", "get", "ONE")).stdout).toBe("a value of development\n");
    expect(scene.must(on("secret", "recipients", "list")).stdout).toMatch(/key +still can +kms:arn:.*evil/);
    const access = () => JSON.parse(scene.run(["secret", "access", "--json"]).stdout) as SecretAccess[];
    const services = () =>
      access()
        .find(({ environment }) => environment === "development")
        ?.holders.filter(({ kind }) => kind === "key service");
    expect(access()[0]?.holders.filter(({ key }) => KEY.endsWith(key))).toHaveLength(1);
    expect(services()).toEqual([{ name: "kms", kind: "key service", key: KEY, state: "surplus", roles: [] }]);
    expect(scene.run(["secret", "access"]).stdout).toMatch(/next: .*apply -e development --drop-keys/);
    const { findings } = JSON.parse(scene.must(on("secret", "list", "--json")).stdout);
    expect(findings).toMatchObject([{ code: "SECURITY_RECIPIENTS", severity: "error" }]);
    expect(findings[0].why).toContain(KEY);
    expect(findings[0].fix).toContain("--drop-keys");
    const set = scene.run([...on("secret", "set", "ONE"), "--dry-run"], { input: "another" });
    expect(set.stdout + set.stderr).toMatch(/still names what the manifest does not.*evil/);

    const before = scene.read(FILE);
    const added = scene.run([...on("secret", "recipients", "add", "person:ada"), "--json"]);
    expect(added.error).toMatchObject({ code: "SECRETS_FOREIGN_KEYS" });
    expect(added.error?.fix).toContain("--drop-keys");
    expect(scene.must(on("secret", "recipients", "apply")).stdout).toContain(KEY);
    expect(scene.read(FILE)).toBe(before);

    scene.must([...on("secret", "recipients", "apply"), "--drop-keys"]);
    expect(scene.read(FILE)).not.toContain("evil");
    scene.must(on("secret", "recipients", "add", "person:ada"));
    expect(scene.must(on("secret", "get", "ONE")).stdout).toBe("a value of development\n");
  },
  TIMEOUT_MS,
);

test(
  "a key that the manifest declares belongs there",
  () => {
    declare();
    expect(scene.must(on("secret", "recipients", "list")).stdout).toMatch(/key +can open it/);
    expect(JSON.parse(scene.must(on("secret", "list", "--json")).stdout).findings).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "two environments whose files name one key share a recipient",
  () => {
    const shared = () => {
      const { exit, stdout } = scene.run(["isolation", "--json"]);
      expect(exit).toBe(3);
      return JSON.parse(stdout).pairs.flatMap((pair: { contaminations: object[] }) => pair.contaminations);
    };
    expect(shared()).toMatchObject([{ code: "ISOLATION_RECIPIENT" }]);
    expect(JSON.stringify(shared())).toContain(KEY);
    declare();
    expect(shared()).toMatchObject([{ code: "ISOLATION_RECIPIENT" }]);
  },
  TIMEOUT_MS,
);
