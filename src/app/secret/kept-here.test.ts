/** What `secret copy`, `edit` and `unset` must not lose: a former value, a pending one, and where another store keeps it. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openSeed, type SeedScene } from "../../../test/seeds/seed-scene.ts";
import {
  listSecrets,
  openSecrets,
  parseIdentities,
  type SecretPast,
  writeSecrets,
} from "../../secrets/index.ts";
import { identityPath } from "../../snapshot/home.ts";

const FILE = "secrets/development.yaml";
const NOW = "2026-11-21T12:00:00.000Z";
const previous = { value: "PlantedFormer", until: "2099-01-01T00:00:00.000Z" };
const pending = { value: "PlantedPending", since: NOW };

let scene: SeedScene;
let recipients: readonly string[];
const home = () => join(scene.root, "..", "home");

beforeAll(async () => {
  scene = openSeed({
    "ringfence.yaml": `project: shop
environments: { development: {}, staging: {} }
layers: [ "{env}.env?" ]
settings: { ONE: { secret: true }, TWO: { secret: true } }
`,
    "development.env": "TWO=aws-sm://shop/two\n",
  });
  await scene.must("me init --name ada");
  for (const environment of ["development", "staging"]) await scene.must(`identity create -e ${environment}`);
  for (const name of ["ONE", "TWO"])
    await scene.must(`secret set ${name} -e staging`, { input: `PlantedOf${name}` });
  await scene.must("secret set ONE -e development", { input: "PlantedOne" });
  recipients = listSecrets(scene.read(FILE), { file: FILE }).recipients;
});
let revision = 1;
beforeEach(() => write({ previous, changedAt: NOW }));
afterAll(() => scene.remove());

const binding = { project: "shop", environment: "development" };

/** Writes ONE's secrets file anew, as a rotation leaves it. */
async function write(past: SecretPast): Promise<void> {
  revision += 10;
  const pasts = new Map([["ONE", past]]);
  const values = { ONE: "PlantedOne" };
  const request = { file: FILE, binding: { ...binding, revision }, values, pasts, recipients, now: NOW };
  scene.write(FILE, await writeSecrets(request));
}

function kept() {
  const path = identityPath(home(), "shop", "development");
  const identities = parseIdentities(readFileSync(path, "utf8"), path);
  const opened = openSecrets(scene.read(FILE), { file: FILE, expect: binding, identities });
  return { value: opened.values.find(({ name }) => name === "ONE")?.value, past: opened.pasts.get("ONE") };
}

async function codeOf(words: string, editor = "true"): Promise<string> {
  const path = join(scene.root, "..", "editor");
  writeFileSync(path, `#!/bin/sh\n${editor}\n`);
  chmodSync(path, 0o700);
  const variables = { EDITOR: path, VISUAL: "" };
  const { error } = await scene.command(words, { variables }).catch((thrown) => ({ error: thrown }));
  return error?.code ?? "ok";
}

const copy = (name: string) => `secret copy ${name} --from staging -e development --reason trial`;

test("a copy is as old as what it was made from, and the former value stays", async () => {
  expect(await codeOf(copy("ONE"))).toBe("ok");
  expect(kept()).toMatchObject({ value: "PlantedOfONE", past: { previous } });
  expect(kept().past?.changedAt).not.toBe(NOW);
});

test.each([
  ["copied over", copy("ONE"), ""],
  ["taken out", "secret unset ONE -e development", ""],
  ["taken out in an editor", "secret edit -e development", `sed -i '/^ONE=/d' "$1"`],
])("what has a pending value is not %s", async (_name, words, editor) => {
  await write({ previous, pending, changedAt: NOW });
  const before = scene.read(FILE);
  expect(await codeOf(words, editor)).toBe("ROTATION_PENDING");
  expect(scene.read(FILE)).toBe(before);
});

test.each([
  ["copied", copy("TWO"), ""],
  ["typed in an editor", "secret edit -e development", `echo TWO=PlantedTwo >> "$1"`],
])("no value that was %s counts in place of another store's", async (_name, words, editor) => {
  const before = scene.read(FILE);
  expect(await codeOf(words, editor)).toBe("REFERENCE_UNWRITABLE");
  expect(scene.read(FILE)).toBe(before);
});
