/** Editing, copying, taking out and accepting secrets, and identities from several places, by the built command line. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { identityPath } from "../../src/snapshot/home.ts";
import { type CliScene, ENTRY, openCliScene } from "./cli-scene.ts";

const TIMEOUT_MS = 120_000;
const FILE = "secrets/development.yaml";
const MANIFEST = `project: shop
environments:
  development: {}
  staging: {}
  production: {}
settings:
  ONE: { secret: true }
  TWO: { secret: true }
`;

let scene: CliScene;
let putBack: () => void;
beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.write(".gitignore", ".ringfence/\n");
  scene.must(["me", "init", "--name", "ada"]);
  scene.must(["identity", "create", "-e", "development"]);
  scene.must(["secret", "set", "ONE", "-e", "development"], "PlantedOne");
  scene.must(["secret", "set", "TWO", "-e", "development"], 'Planted "Two" #2');
  putBack = scene.keep();
});
beforeEach(() => putBack());
afterAll(() => scene?.remove());

const get = (name: string, environment = "development") =>
  scene.run(["secret", "get", name, "-e", environment]).stdout.trim();

/** An editor that is a shell script; it gets the file as `$1`. */
function editor(script: string): Record<string, string> {
  const path = join(scene.home, "editor");
  writeFileSync(path, `#!/bin/sh\necho "$1" >> given\n${script}\n`);
  chmodSync(path, 0o700);
  return { EDITOR: path };
}

const edit = (script: string, ...more: string[]) =>
  scene.run(["secret", "edit", "-e", "development", ...more, "--json"], { variables: editor(script) });

/** Every file that an editor was given. */
const givenFiles = () => scene.read("given").trim().split("\n");

describe("secret edit", () => {
  test(
    "what is changed, added and taken out is written, and shown by name",
    () => {
      const ran = edit(
        `ls -l "$1" | cut -c1-10 > mode; sed -i -e 's/^ONE=.*/ONE=PlantedNew/' -e '/^TWO=/d' "$1"; printf '%s\\n' 'THREE="Planted\\nThree"' >> "$1"`,
      );
      expect(ran.exit).toBe(0);
      expect(ran.stdout + ran.stderr).not.toContain("Planted");
      expect(JSON.parse(ran.stdout).notes).toEqual(["replace ONE", "take TWO out", "add THREE"]);
      expect([get("ONE"), get("TWO"), get("THREE")]).toEqual(["PlantedNew", "", "Planted\nThree"]);
      expect(scene.read("mode").trim()).toBe("-rw-------");
      expect(givenFiles().filter((path) => existsSync(path))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  const unwritten: [string, string, number, string | undefined][] = [
    ["nothing was changed", "true", 0, undefined],
    ["the editor failed", `sed -i -e 's/^ONE=.*/ONE=x/' "$1"; exit 1`, 2, "APP_SECRET_INPUT"],
    ["mistakes were left", `sed -i -e 's/^ONE=.*/ONE="x/' "$1"`, 2, "APP_SECRET_INPUT"],
  ];
  test.each(unwritten)("nothing is written where %s", (_, script, exit, code) => {
    const before = scene.read(FILE);
    const ran = edit(script);
    expect([ran.exit, ran.error?.code]).toEqual([exit, code]);
    expect(scene.read(FILE)).toBe(before);
    expect(givenFiles().filter((path) => existsSync(path))).toEqual([]);
  });

  test("a mistake opens the editor again, with the edit and the mistake in it", () => {
    const ran = edit(
      `cp "$1" seen; if grep -q '^# mistake: line 4' "$1"; then sed -i 's/^ONE="new/ONE=new/' "$1"; else sed -i 's/^ONE=.*/ONE="new/' "$1"; fi`,
    );
    expect(ran.exit).toBe(0);
    expect(get("ONE")).toBe("new");
    expect(scene.read("seen")).toMatch(/^# mistake: .*ONE/);
  });

  test("the editor finds no way to a key, and a signal leaves no file", () => {
    const variables = {
      ...editor('env > seen; kill -TERM $(ps -o ppid= -p "$PPID"); sleep 1'),
      RINGFENCE_PASSPHRASE: "Planted",
    };
    const ran = scene.run(["secret", "edit", "-e", "development"], { variables });
    expect(ran.exit).toBeNull();
    expect(givenFiles().filter((path) => existsSync(path))).toEqual([]);
    expect(scene.read("seen")).not.toMatch(/RINGFENCE_(HOME|PASSPHRASE)/);
  });
});

test("secret unset takes one out, and knows what is not there", () => {
  expect(scene.run(["secret", "unset", "TOW", "-e", "development", "--json"]).error).toMatchObject({
    code: "SECRETS_UNKNOWN",
    fix: "ringfence secret unset TWO -e development",
  });
  scene.must(["secret", "unset", "TWO", "-e", "development"]);
  expect([get("ONE"), get("TWO")]).toEqual(["PlantedOne", ""]);
});

test("secret copy needs a reason, and says what is shared from then on", () => {
  scene.must(["identity", "create", "-e", "staging"]);
  const words = ["secret", "copy", "ONE,TWO", "--from", "development", "-e", "staging", "--json"];
  expect(scene.run(words).error).toMatchObject({ code: "APP_BAD_INPUT" });
  const ran = scene.must([...words, "--reason", "a trial account of both"]);
  expect(ran.stdout).toMatch(/contamination/);
  expect(get("TWO", "staging")).toBe('Planted "Two" #2');
  expect(scene.must(["config", "history", "-e", "staging", "--json"]).stdout).toContain(
    "a trial account of both",
  );
});

describe("secret accept", () => {
  const accept = (environment: string, ...more: string[]) =>
    scene.run(["secret", "accept", "-e", environment, "--json", ...more]);

  test(
    "an older file counts again as a newer revision",
    () => {
      const older = scene.read(FILE);
      scene.must(["secret", "set", "ONE", "-e", "development"], "PlantedNewer");
      scene.write(FILE, older);
      const refused = scene.run(["secret", "get", "ONE", "-e", "development", "--json"]).error;
      expect(refused).toMatchObject({
        code: "SECRETS_REPLAYED",
        fix: expect.stringContaining("ringfence secret accept"),
      });
      expect(accept("development").error).toMatchObject({ code: "APP_BAD_INPUT" });
      expect(accept("development", "--reason", "back to the old branch").exit).toBe(0);
      expect(get("ONE")).toBe("PlantedOne");
      expect(JSON.parse(accept("development", "--reason", "again").stdout).files).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "that the file is gone counts as a newer revision without secrets",
    () => {
      const file = scene.read(FILE);
      rmSync(join(scene.root, FILE));
      const refused = scene.run(["secret", "get", "ONE", "-e", "development", "--json"]).error;
      expect(refused).toMatchObject({
        code: "SECRETS_REPLAYED",
        fix: expect.stringContaining("ringfence secret accept"),
      });
      expect(accept("development", "--reason", "a branch of before secrets").exit).toBe(0);
      expect(scene.must(["secret", "list", "-e", "development"]).stdout).not.toContain("ONE");
      scene.must(["secret", "set", "TWO", "-e", "development"], "PlantedNewer");
      scene.write(FILE, file);
      expect(scene.run(["secret", "get", "ONE", "-e", "development", "--json"]).error).toMatchObject({
        code: "SECRETS_REPLAYED",
      });
    },
    TIMEOUT_MS,
  );

  test(
    "in production only an owner's word counts, and only for a signed file",
    () => {
      scene.must(["identity", "create", "-e", "production"]);
      scene.must(["secret", "set", "ONE", "-e", "production"], "PlantedOne");
      const file = "secrets/production.yaml";
      const older = scene.read(file);
      scene.must(["secret", "set", "ONE", "-e", "production"], "PlantedNewer");
      scene.write(file, older);
      expect(accept("production", "--reason", "a test").error).toMatchObject({ code: "ACCESS_DENIED" });
      scene.write(
        "ringfence.yaml",
        scene.read("ringfence.yaml").replace(/(recipient: age1\w+)(\s*\n?)$/, "$1$2    roles: [owner]\n"),
      );
      scene.write(file, older.split("\n").slice(1).join("\n"));
      expect(accept("production", "--reason", "a test").error).toMatchObject({ code: "SECRETS_UNSIGNED" });
      scene.write(file, older);
      expect(accept("production", "--reason", "a test").exit).toBe(0);
      expect(get("ONE", "production")).toBe("PlantedOne");
    },
    TIMEOUT_MS,
  );
});

describe("identities", () => {
  let own: string;
  let ada: string;
  let withAda: (() => void) | undefined;
  beforeEach(() => {
    withAda?.();
    if (!withAda) {
      scene.must(["secret", "recipients", "add", "person:ada", "-e", "development"]);
      withAda = scene.keep();
    }
    const path = identityPath(scene.home, "shop", "development");
    own = readFileSync(path, "utf8");
    const personal = join(scene.home, "people", "ada.identity");
    ada = readFileSync(personal, "utf8");
    rmSync(path);
    rmSync(personal);
  });
  const read = (variables: Record<string, string>) =>
    scene.run(["secret", "get", "ONE", "-e", "development", "--json"], { variables });
  const key = (text: string) => text.trim().split("\n").at(-1)!;

  test(
    "are found in variables and the files that they name",
    () => {
      expect(read({}).error).toMatchObject({ code: "SECRETS_NO_IDENTITY" });
      const file = join(scene.home, "key.txt");
      writeFileSync(file, ada, { mode: 0o600 });
      const places: Record<string, string>[] = [
        { RINGFENCE_IDENTITY: key(ada) },
        { RINGFENCE_IDENTITY: own },
        { RINGFENCE_IDENTITY_FILE: file },
        { SOPS_AGE_KEY: `AGE-PLUGIN-YUBIKEY-1Q\n${key(own)}` },
        { SOPS_AGE_KEY_FILE: file },
      ];
      for (const variables of places) {
        const ran = read(variables);
        expect([Object.keys(variables), ran.exit]).toEqual([Object.keys(variables), 0]);
        expect(JSON.parse(ran.stdout).value).toBe("PlantedOne");
      }
    },
    TIMEOUT_MS,
  );

  test(
    "that are none of the file's open nothing, and errors say where was looked",
    () => {
      scene.must(["identity", "create", "-e", "staging"]);
      const file = join(scene.home, "other.txt");
      writeFileSync(file, readFileSync(identityPath(scene.home, "shop", "staging")), { mode: 0o600 });
      const { error } = read({ SOPS_AGE_KEY_FILE: file });
      expect(error).toMatchObject({
        code: "SECRETS_NO_IDENTITY",
        why: expect.stringContaining(`SOPS_AGE_KEY_FILE (${file})`),
      });
      expect(read({ RINGFENCE_IDENTITY: "AGE-SECRET-KEY-1PLANTED" }).error).toMatchObject({
        code: "SECRETS_BAD_IDENTITY",
      });
      expect(read({ SOPS_AGE_KEY_CMD: "touch ran" }).error).toMatchObject({ code: "SECRETS_NO_IDENTITY" });
      expect(existsSync(join(scene.root, "ran"))).toBe(false);
    },
    TIMEOUT_MS,
  );

  test(
    "of a variable leave nothing behind that a run without it could read, and no child gets them",
    () => {
      const variables = {
        RINGFENCE_IDENTITY: key(ada),
        RINGFENCE_PASSPHRASE: "Planted",
        SOPS_AGE_KEY: key(ada),
      };
      const run = (given: Record<string, string>) =>
        execFileSync(process.execPath, [ENTRY, "run", "-e", "development", "--", "env"], {
          cwd: scene.root,
          env: { PATH: process.env.PATH ?? "", RINGFENCE_HOME: scene.home, ...given },
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        });
      const seen = run(variables);
      expect(seen).toContain("ONE=");
      expect(seen).not.toMatch(/^(RINGFENCE_IDENTITY|RINGFENCE_PASSPHRASE|SOPS_AGE_KEY|RINGFENCE_HOME)=/m);
      expect(() => run({})).toThrow();
    },
    TIMEOUT_MS,
  );

  test(
    "of a person: once the file is gone, so is what was compiled with it",
    () => {
      const personal = join(scene.home, "people", "ada.identity");
      writeFileSync(personal, ada, { mode: 0o600 });
      const words = ["run", "-e", "development", "--", "true"];
      expect([scene.run(words).exit, scene.run(words).exit]).toEqual([0, 0]);
      expect(existsSync(join(scene.root, ".ringfence/cache"))).toBe(true);
      rmSync(personal);
      expect(scene.run(words).exit).toBe(12);
    },
    TIMEOUT_MS,
  );
});

test(
  "recipients are added, found wanting, applied and removed; the manifest keeps its comments",
  () => {
    const manifest = scene.read("ringfence.yaml").replace("environments:", "# whose they are\nenvironments:");
    scene.write("ringfence.yaml", manifest);
    scene.must(["secret", "recipients", "add", "person:ada", "-e", "development"]);
    scene.must(["secret", "recipients", "add", "person:ada", "-e", "staging"]);
    expect(scene.read("ringfence.yaml")).toContain("# whose they are");
    expect(
      scene.run(["secret", "recipients", "add", "person:adda", "-e", "staging", "--json"]).error,
    ).toMatchObject({
      code: "APP_MANIFEST_INVALID",
    });
    const checked = () =>
      JSON.parse(scene.run(["config", "check", "-e", "development", "--json"]).stdout).findings;
    const drift = () => checked().filter(({ code }: { code: string }) => code === "SECURITY_RECIPIENTS");
    expect(drift()).toEqual([]);
    const withAda = scene.read("ringfence.yaml");
    scene.write("ringfence.yaml", withAda.replace(/,\s*person:ada|\n\s*- person:ada/, ""));
    expect(drift()).toMatchObject([
      { severity: "error", fix: "ringfence secret recipients apply -e development" },
    ]);
    scene.must(["secret", "recipients", "apply", "-e", "development"]);
    expect(drift()).toEqual([]);
    scene.write("ringfence.yaml", withAda);
    expect(drift()).toMatchObject([{ severity: "warning" }]);
    scene.must(["secret", "recipients", "remove", "person:ada", "-e", "development"]);
    expect(
      scene.run(["secret", "recipients", "remove", "person:ada", "-e", "development", "--json"]).error,
    ).toMatchObject({
      code: "APP_BAD_INPUT",
    });
  },
  TIMEOUT_MS,
);
