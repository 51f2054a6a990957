/** What becomes of an edit that can't be written: mistakes open the editor again, and nothing a person typed is lost. */
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSeed, type SeedScene } from "../../../test/seeds/seed-scene.ts";

const FILE = "secrets/development.yaml";
let scene: SeedScene;

beforeEach(async () => {
  scene = openSeed({
    "ringfence.yaml":
      "project: shop\nenvironments: { development: {} }\nsettings: { ONE: { secret: true } }\n",
  });
  await scene.must("me init --name ada");
  await scene.must("identity create -e development");
  await scene.must("secret set ONE -e development", { input: "PlantedOne" });
});
afterEach(() => scene.remove());

/** By an editor that is a shell script; it gets the file as `$1`. */
function edit(script: string) {
  const path = join(scene.root, "..", "editor");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return scene.command("secret edit -e development", { variables: { EDITOR: path, VISUAL: "" } }).then(
    ({ error }) => error,
    (error) => error,
  );
}

const get = async (name: string) =>
  (await scene.must<{ value: string }>(`secret get ${name} -e development`)).value;

describe("what can't be written opens the editor again, with the edit in it", () => {
  test.each([
    ["a name that objects lose", "__proto__=PlantedTwo"],
    ["a name of the file's own", "sops=PlantedTwo"],
    ["a name in plain text", "TWO_unencrypted=PlantedTwo"],
    ["a NUL character", 'TWO="PlantedTwo\\u0000"'],
  ])("%s", async (_, line) => {
    const seen = join(scene.root, "..", "seen");
    const error = await edit(
      `if grep -q '^# mistake: ' "$1"; then cp "$1" '${seen}'; sed -i '$d' "$1"; echo TWO=PlantedTwo >> "$1"
else echo '${line}' >> "$1"; fi`,
    );
    expect(error).toBeUndefined();
    expect(readFileSync(seen, "utf8")).toContain(line);
    expect(readFileSync(seen, "utf8").split("\n")[0]).not.toContain("Planted");
    expect([await get("ONE"), await get("TWO")]).toEqual(["PlantedOne", "PlantedTwo"]);
  });
});

describe("an edit that fails after the editor is kept", () => {
  test.each([
    ["the file was changed meanwhile", `echo '# by another' >> "$FILE"`],
    ["the folder can't be written", `mv "$FILE" "$FILE.was"; mkdir "$FILE"`],
  ])("%s", async (_, script) => {
    const before = scene.read(FILE);
    const error = await edit(
      `FILE='${join(scene.root, FILE)}'; sed -i 's/^ONE=.*/ONE=PlantedNew/' "$1"; ${script}`,
    );
    expect(JSON.stringify(error)).not.toContain("Planted");
    const path = /it is kept in (\S+), /.exec(error?.why ?? "")?.[1] ?? "none";
    expect(readFileSync(path, "utf8")).toContain("ONE=PlantedNew");
    expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(error?.fix).toContain(`VISUAL='cp ${path}' ringfence secret edit -e development`);
    rmSync(join(scene.root, FILE), { recursive: true });
    scene.write(FILE, before);
    expect(await edit(`cp ${path} "$1"`)).toBeUndefined();
    expect(await get("ONE")).toBe("PlantedNew");
    rmSync(dirname(path), { recursive: true });
    expect(existsSync(path)).toBe(false);
  });
});
