/** Git itself merges secrets files by name, and shows which names changed. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { identityPath } from "../../src/snapshot/home.ts";
import { GIT_IDENTITY } from "../git.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

const TIMEOUT_MS = 120_000;
const FILE = "secrets/development.yaml";
const MANIFEST = `project: shop
environments:
  development: {}
  production: {}
`;

let scene: CliScene;
let putBack: () => void;
beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.write(".gitignore", ".ringfence/\nbin/\n");
  scene.write("bin/ringfence", `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`);
  chmodSync(join(scene.root, "bin/ringfence"), 0o755);
  scene.git("init", "-q", "-b", "main");
  scene.must(["me", "init", "--name", "ada"]);
  scene.must(["identity", "create", "-e", "development"]);
  scene.must(["secret", "git-setup"]);
  for (const name of ["ONE", "TWO"]) set(name, `first value of ${name}`);
  commit("first");
  putBack = scene.keep();
});
beforeEach(() => putBack());
afterAll(() => scene?.remove());

function set(name: string, value: string): void {
  scene.must(["secret", "set", name, "-e", "development"], value);
}

function commit(message: string): void {
  scene.git("add", "-A");
  scene.git("commit", "-q", "-m", message);
}

/** With ringfence where git finds it. */
function git(...words: string[]) {
  const { PATH = "" } = process.env;
  const env = { PATH: `${join(scene.root, "bin")}:${PATH}`, HOME: scene.root, RINGFENCE_HOME: scene.home };
  return spawnSync("git", [...GIT_IDENTITY, ...words], { cwd: scene.root, env, encoding: "utf8" });
}

const get = (name: string) => scene.must(["secret", "get", name, "-e", "development"]).stdout.trim();
const lineOf = (name: string) => new RegExp(`^${name}: .*$`, "m").exec(scene.read(FILE))![0];

/** Another branch with a change of its own, and then one here. */
function diverge(there: () => void, here: () => void): void {
  scene.git("checkout", "-q", "-b", "other");
  there();
  commit("there");
  scene.git("checkout", "-q", "main");
  rmSync(join(scene.home, "revisions"), { recursive: true });
  here();
  commit("here");
}

test(
  "each branch's secrets are in the result, under a MAC and a signature of its own",
  () => {
    diverge(
      () => {
        set("TWO", "changed there");
        set("THREE", "added there");
      },
      () => set("ONE", "changed here"),
    );
    const kept = lineOf("ONE");
    const { status, stdout, stderr } = git("merge", "-q", "--no-edit", "other");
    expect(`${status} ${stdout}${stderr}`).toMatch(/^0 /);
    expect([get("ONE"), get("TWO"), get("THREE")]).toEqual(["changed here", "changed there", "added there"]);
    expect(lineOf("ONE")).toBe(kept);
    expect(scene.read(FILE)).toMatch(/^# ringfence-signature: ada /);
  },
  TIMEOUT_MS,
);

test(
  "what both changed is a conflict by name, and all else of both is in the file",
  () => {
    diverge(
      () => {
        for (const name of ["ONE", "TWO"]) set(name, "PlantedThere");
        set("THREE", "added there");
      },
      () => {
        for (const name of ["ONE", "TWO"]) set(name, "PlantedHere");
        set("FOUR", "added here");
      },
    );
    const { status, stdout, stderr } = git("merge", "--no-edit", "other");
    expect(status).toBe(1);
    expect(stdout + stderr).toMatch(/SECRETS_CONFLICT[\s\S]*ONE, TWO/);
    for (const name of ["ONE", "TWO"])
      expect(stderr).toContain(`ringfence secret set ${name} -e development`);
    expect(stdout + stderr).not.toContain("Planted");
    const names = ["ONE", "TWO", "THREE", "FOUR"];
    expect(names.map(get)).toEqual(["PlantedHere", "PlantedHere", "added there", "added here"]);
    expect(scene.read(FILE)).toMatch(/^# ringfence-signature: ada /);
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: scene.root, encoding: "utf8" })).toContain(
      `UU ${FILE}`,
    );
  },
  TIMEOUT_MS,
);

test.each(["there", "here"])(
  "an older file that was put back %s is refused as a replay",
  (where) => {
    const old = scene.read(FILE);
    set("ONE", "rotated");
    commit("rotated");
    set("TWO", "changed");
    const changed = scene.read(FILE);
    scene.git("checkout", "-q", "--", FILE);
    const replay = () => scene.write(FILE, old);
    const honest = () => scene.write(FILE, changed);
    if (where === "there") diverge(replay, honest);
    else diverge(honest, replay);
    const before = scene.read(FILE);
    const { status, stderr } = git("merge", "--no-edit", "other");
    expect(status).toBe(1);
    expect(stderr).toContain("SECRETS_REPLAYED");
    expect(scene.read(FILE)).toBe(before);
  },
  TIMEOUT_MS,
);

test(
  "branches that merged each other before merge again",
  () => {
    scene.git("checkout", "-q", "-b", "other");
    set("TWO", "changed there");
    commit("there");
    scene.git("tag", "there");
    scene.git("checkout", "-q", "main");
    rmSync(join(scene.home, "revisions"), { recursive: true });
    set("ONE", "changed here");
    commit("here");
    scene.git("tag", "here");
    expect(git("merge", "-q", "--no-edit", "there").status).toBe(0);
    scene.git("checkout", "-q", "other");
    rmSync(join(scene.home, "revisions"), { recursive: true });
    expect(git("merge", "-q", "--no-edit", "here").status).toBe(0);
    set("THREE", "added there");
    commit("there again");
    const { status, stdout, stderr } = git("merge", "-q", "--no-edit", "main");
    expect(`${status} ${stdout}${stderr}`).toMatch(/^0 /);
    expect(["ONE", "TWO", "THREE"].map(get)).toEqual(["changed here", "changed there", "added there"]);
  },
  TIMEOUT_MS,
);

test(
  "what the other branch took away does not come back: a former value, a key of others",
  () => {
    scene.write(
      "ringfence.yaml",
      `${scene.read("ringfence.yaml")}settings:\n  ONE: { secret: true, rotate: { every: 30d, generate: password, overlap: 1d } }\n`,
    );
    scene.must(["secret", "rotate", "ONE", "-e", "development"]);
    const rotated = get("ONE");
    const key = "    pgp:\n        - fp: ABCDEF\n          enc: wrapped\n";
    scene.write(FILE, scene.read(FILE).replace(/^ {4}lastmodified/m, `${key}$&`));
    expect(scene.read(FILE)).toContain("fp: ABCDEF");
    commit("rotated");
    diverge(
      () => {
        scene.must(["secret", "retire", "ONE", "-e", "development", "--reason", "leaked"]);
        scene.must(["secret", "recipients", "apply", "-e", "development", "--drop-keys"]);
      },
      () => set("TWO", "changed here"),
    );
    expect(scene.read(FILE)).toContain("fp: ABCDEF");
    const { status, stdout, stderr } = git("merge", "-q", "--no-edit", "other");
    expect(`${status} ${stdout}${stderr}`).toMatch(/^0 /);
    expect([get("ONE"), get("TWO")]).toEqual([rotated, "changed here"]);
    expect(scene.read(FILE)).not.toContain("fp: ABCDEF");
    const again = scene.run(["secret", "retire", "ONE", "-e", "development", "--reason", "leaked", "--json"]);
    expect(again.error?.code).toBe("ROTATION_NO_PREVIOUS");
  },
  TIMEOUT_MS,
);

test("git leaves the line ends of secrets files alone, also where it was set up before", () => {
  scene.write(".gitattributes", "*.txt text\nsecrets/*.yaml merge=ringfence diff=ringfence\n");
  scene.must(["secret", "git-setup"]);
  const line = "secrets/*.yaml -text merge=ringfence diff=ringfence";
  expect(scene.read(".gitattributes")).toBe(`*.txt text\n${line}\n`);
  expect(git("check-attr", "text", "--", FILE).stdout).toContain("text: unset");
});

test(
  "who can't open the file merges nothing",
  () => {
    diverge(
      () => set("TWO", "changed there"),
      () => set("ONE", "changed here"),
    );
    const before = scene.read(FILE);
    rmSync(identityPath(scene.home, "shop", "development"));
    const { status, stderr } = git("merge", "--no-edit", "other");
    expect(status).toBe(1);
    expect(stderr).toContain("SECRETS_NO_IDENTITY");
    expect(scene.read(FILE)).toBe(before);
  },
  TIMEOUT_MS,
);

test(
  "a diff shows names and no value, with an identity and without",
  () => {
    set("TWO", "PlantedSecond");
    const diff = git("diff", "--", FILE).stdout;
    expect(diff).toMatch(/^-TWO: fp:[0-9a-f]{16}$/m);
    expect(diff).toMatch(/^\+TWO: fp:[0-9a-f]{16}$/m);
    expect(diff).toMatch(/^ ONE: fp:/m);
    expect(diff).not.toMatch(/Planted|ENC\[/);
    rmSync(identityPath(scene.home, "shop", "development"));
    const sealed = git("diff", "--", FILE).stdout;
    expect(sealed).toMatch(/^\+TWO: sealed /m);
    expect(sealed).toMatch(/^ ONE: sealed /m);
  },
  TIMEOUT_MS,
);
