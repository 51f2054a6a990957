/** `config export` through the built command line: what it shows, what it keeps back, what it records. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXPORT_FORMATS } from "../../src/config/index.ts";
import type { AuditLogView } from "../../src/contract/audit.ts";
import { expectRefusal } from "./bad-scene.ts";
import { type CliScene, openCliScene, type Ran } from "./cli-scene.ts";

const MANIFEST = `project: shop
environments: { development: {}, staging: {}, production: {}, preview: {} }
layers: ["{env}.env?"]
settings:
  LEVEL: { default: INFO }
  GREETING: {}
  LIMIT: { type: integer, required: [preview] }
  TOKEN: { secret: true }
  DATABASE_URL: { default: "postgres://shop:\${TOKEN:-none}@db/shop" }
`;
const TOKEN = "Planted-token-%1";

let scene: CliScene;

beforeAll(() => {
  scene = openCliScene(MANIFEST);
  scene.write("staging.env", "GREETING='it is\n\"fine\"'\nLIMIT=10\n");
  scene.write("production.env", `GREETING=${TOKEN}2\n`);
  scene.must(["me", "init", "--name", "ada"]);
  for (const environment of ["staging", "production"]) {
    scene.must(["identity", "create", "-e", environment]);
    scene.must(
      ["secret", "set", "TOKEN", "-e", environment],
      `${TOKEN}${environment === "staging" ? "" : "2"}`,
    );
  }
});
afterAll(() => scene.remove());

const exported = (environment: string, format: string, ...more: string[]): Ran =>
  scene.run(["config", "export", "-e", environment, "--format", format, ...more]);

/** The exports in the record, oldest first. */
function recorded(): { subject: string; reason: string | null; details: unknown }[] {
  const { events } = JSON.parse(
    scene.must(["audit", "log", "--json", "--limit", "500"]).stdout,
  ) as AuditLogView;
  return events.filter(({ action }) => action === "config.export");
}

describe("without --secrets", () => {
  test.each(EXPORT_FORMATS.filter((format) => format !== "docker"))("%s shows no secret", (format) => {
    const { stdout, stderr, exit } = exported("staging", format);
    expect({ exit, leaks: `${stdout}${stderr}`.includes("Planted") }).toEqual({ exit: 0, leaks: false });
    expect(stderr).toMatch(/left out, because secret: TOKEN, DATABASE_URL /);
  });

  test("nothing is recorded", () => {
    expect(recorded()).toEqual([]);
  });

  test("standard output is the text and nothing else", () => {
    expect(exported("staging", "dotenv").stdout).toBe("LEVEL=INFO\nGREETING='it is\n\"fine\"'\nLIMIT=10\n");
  });

  test("--json answers the text and the names of what is left out", () => {
    const { stdout } = exported("staging", "shell", "--only", "LEVEL", "TOKEN", "--json");
    expect(JSON.parse(stdout)).toEqual({
      environment: "staging",
      format: "shell",
      text: "export LEVEL='INFO'\n",
      secretsLeftOut: ["TOKEN"],
    });
  });

  test("a plain setting that holds a secret's value is refused", () => {
    const refused = exported("production", "json", "--json");
    expectRefusal(refused, "CONFIG_EXPORT_LEAK", 1);
    expect(refused.error?.where).toBe("production.env:1:1");
    expectRefusal(
      exported("production", "json", "--secrets", "--only", "GREETING", "--json"),
      "CONFIG_EXPORT_LEAK",
      1,
    );
    expect(exported("production", "json", "--only", "LEVEL").exit).toBe(0);
  });

  test("a task definition refers to its secrets", () => {
    const { stdout, stderr } = exported("staging", "ecs", "--secrets-prefix", "team-");
    expect(JSON.parse(stdout).secrets).toEqual([
      { name: "TOKEN", valueFrom: "team-shop/staging/token" },
      { name: "DATABASE_URL", valueFrom: "team-shop/staging/database-url" },
    ]);
    expect(stderr).toBe("");
  });
});

describe("with --secrets", () => {
  test("they are exact, and the export is recorded with their names and the reason, never a value", () => {
    const { stdout, stderr } = exported("staging", "json", "--secrets", "--reason", "a migration");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      TOKEN,
      DATABASE_URL: `postgres://shop:${TOKEN}@db/shop`,
      LIMIT: 10,
    });
    expect(recorded()).toMatchObject([
      { subject: "json", reason: "a migration", details: { secrets: ["TOKEN", "DATABASE_URL"] } },
    ]);
    const state = join(scene.root, ".ringfence");
    for (const file of readdirSync(state, { recursive: true, withFileTypes: true })) {
      // The store keeps layers' texts for its revisions, and production's layer holds such a value in plain.
      if (!file.isFile() || file.name.startsWith("store.db")) continue;
      const path = join(file.parentPath, file.name);
      expect([path, readFileSync(path).includes("Planted")]).toEqual([path, false]);
    }
    for (const words of [
      ["audit", "log"],
      ["operation", "list"],
    ]) {
      expect(scene.run([...words, "--json"]).stdout).not.toContain("Planted");
    }
  });

  test("and none among those that were named there is nothing to record", () => {
    const before = recorded().length;
    expect(exported("staging", "json", "--secrets", "--only", "LEVEL").exit).toBe(0);
    expect(recorded()).toHaveLength(before);
  });

  test("what can't be written is refused and not recorded", () => {
    const before = recorded().length;
    const refused = exported("staging", "docker", "--secrets", "--json");
    expectRefusal(refused, "CONFIG_INEXPRESSIBLE", 1);
    expect(refused.error?.where).toBe("staging.env:1:1");
    expect(refused.stdout).toBe("");
    expect(recorded()).toHaveLength(before);
  });

  test("a record that can't be written shows nothing", () => {
    const checkpoints = join(scene.home, "checkpoints");
    renameSync(checkpoints, `${checkpoints}.away`);
    writeFileSync(checkpoints, "no folder");
    const refused = exported("staging", "json", "--secrets");
    expect(refused.exit).not.toBe(0);
    expect(refused.stdout).toBe("");
    renameSync(checkpoints, `${checkpoints}.file`);
    renameSync(`${checkpoints}.away`, checkpoints);
  });

  test("sealed ones are refused; plain ones that need none of them are not", () => {
    const identities = join(scene.home, "identities");
    renameSync(identities, `${identities}.away`);
    try {
      expectRefusal(
        exported("staging", "json", "--secrets", "--only", "TOKEN", "--json"),
        "CONFIG_INVALID",
        3,
      );
      scene.write("ringfence.yaml", MANIFEST.replace(/ {2}DATABASE_URL.*\n/, ""));
      expectRefusal(exported("staging", "json", "--secrets", "--json"), "SECRETS_NO_IDENTITY", 12);
      expect(exported("staging", "json", "--secrets", "--only", "LEVEL").exit).toBe(0);
      expect(exported("staging", "json").exit).toBe(0);
    } finally {
      renameSync(`${identities}.away`, identities);
      scene.write("ringfence.yaml", MANIFEST);
    }
  });
});

describe("refused", () => {
  const rows: [
    why: string,
    code: string,
    exit: number,
    words: string[],
    variables?: Record<string, string>,
  ][] = [
    ["an environment with mistakes", "CONFIG_INVALID", 3, ["-e", "preview", "--format", "json"]],
    ["a name that is none", "CONFIG_UNKNOWN_KEY", 2, ["-e", "staging", "--format", "json", "--only", "LEVL"]],
    [
      "values in a task definition",
      "CONFIG_EXPORT_OPTION",
      2,
      ["-e", "staging", "--format", "ecs", "--secrets"],
    ],
    ["a flag without use", "CONFIG_EXPORT_OPTION", 2, ["-e", "staging", "--format", "json", "--name", "x"]],
    ["a bad name", "CONFIG_EXPORT_OPTION", 2, ["-e", "staging", "--format", "kubernetes", "--name", "X"]],
    [
      "another environment's run",
      "GUARD_NESTED",
      10,
      ["-e", "staging", "--format", "json"],
      { RINGFENCE_ENVIRONMENT: "development" },
    ],
    [
      "production by the variable alone",
      "GUARD_PRODUCTION_NOT_EXPLICIT",
      10,
      ["--format", "json"],
      { ENVIRONMENT: "production" },
    ],
  ];
  test.each(rows)("%s", (_why, code, exit, words, variables = {}) => {
    const refused = scene.run(["config", "export", ...words, "--json"], { variables });
    expectRefusal(refused, code, exit);
    expect(refused.stdout).toBe("");
  });
});
