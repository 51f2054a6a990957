/** A credential that Vault makes for a run: two settings have one lease, which is renewed while the run lasts and ends with it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openVault, type VaultService } from "../contracts/services/vault.ts";
import { eventually } from "../contracts/target.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments: { development: {} }
layers: [.env]
settings:
  DB_USER: { secret: true, required: true }
  DB_PASSWORD: { secret: true, required: true }
`;
const AT = "vault-lease://database/creds/shop";

let scene: CliScene;
let vault: VaultService;

beforeEach(async () => {
  vault = await openVault();
  scene = openCliScene(MANIFEST);
  scene.write(".env", `DB_USER=${AT}#username\nDB_PASSWORD=${AT}#password\n`);
});
afterEach(async () => {
  scene.remove();
  await vault.close();
});

/** Runs the built command line beside this process, which answers for Vault. */
function run(script: string) {
  const env = {
    PATH: process.env.PATH,
    HOME: scene.home,
    RINGFENCE_HOME: scene.home,
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.token,
  };
  const words = [ENTRY, "run", "-e", "development", "--", "sh", "-c", script];
  const child = spawn(process.execPath, words, { cwd: scene.root, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = new Promise<{ exit: number | null; said: string }>((resolve) => {
    child.once("close", (exit) => resolve({ exit, said }));
  });
  return { child, ended };
}

const asked = (end: string) => vault.requests.filter(({ url }) => url.pathname.endsWith(end));

test("one lease for both fields, renewed at two thirds of its time, given back at the end", async () => {
  vault.leaseSeconds = 2;
  const { ended } = run(
    'test -n "$DB_USER" && test -n "$DB_PASSWORD" && echo > began; until [ -e enough ]; do sleep 0.1; done',
  );
  await eventually(async () => existsSync(join(scene.root, "began")), "the command runs");
  await eventually(async () => asked("/sys/leases/renew").length > 1, "it is renewed, and renewed again");
  expect(asked("/sys/leases/revoke")).toEqual([]);
  scene.write("enough", "");
  expect(await ended).toMatchObject({ exit: 0, said: "" });
  expect(asked("/database/creds/shop")).toHaveLength(1);
  const ids = (end: string) =>
    new Set(asked(end).map(({ body }) => (JSON.parse(body) as { lease_id: string }).lease_id));
  expect(asked("/sys/leases/revoke")).toHaveLength(1);
  expect(ids("/sys/leases/renew")).toEqual(ids("/sys/leases/revoke"));
});

test("a run that is ended by a signal gives it back as well", async () => {
  const { child, ended } = run("echo > began; exec sleep 600");
  await eventually(async () => existsSync(join(scene.root, "began")), "the command runs");
  child.kill("SIGTERM");
  await ended;
  expect(asked("/sys/leases/revoke")).toHaveLength(1);
});
