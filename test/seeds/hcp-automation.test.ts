/** Seed documents S0 and S1: layout, hierarchy, detection, isolation and comparison of development and production. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SettingsMatrixView } from "../../src/contract/comparison.ts";
import type { WhichView } from "../../src/contract/environment.ts";
import type { Explanation } from "../../src/model/setting.ts";
import { CREDENTIALS, FILES, type Named } from "./hcp-automation.ts";
import { openSeed, type SeedOptions, type SeedScene } from "./seed-scene.ts";

let scene: SeedScene;
beforeAll(() => {
  scene = openSeed(FILES);
});
afterAll(() => scene.remove());

/** With one file otherwise, for as long as something is looked at. */
async function edited<T>(path: keyof typeof FILES, edit: (text: string) => string, look: () => Promise<T>) {
  scene.write(path, edit(FILES[path]));
  try {
    return await look();
  } finally {
    scene.write(path, FILES[path]);
  }
}

describe("the layout loads as it stands", () => {
  const rows: [Named, Record<string, unknown>][] = [
    [
      "development",
      {
        AIRTABLE_BASE_ID: "app67yWFv0hKdl6jM",
        WEBHOOK_PATH: "/webhooks/hcp-dev",
        WEBHOOK_PORT: 5001,
        CSV_DIRECTORY: "CSV_process_development/",
        LOGGING_LEVEL: "DEBUG",
        LOGGING_CONSOLE: true,
        LOGGING_FILE: "logs/automation_dev_*.log",
        VALIDATION: "relaxed",
      },
    ],
    [
      "production",
      {
        AIRTABLE_BASE_ID: "appZzebEIqCU5R9ER",
        WEBHOOK_PATH: "/webhooks/hcp",
        WEBHOOK_PORT: 5000,
        CSV_DIRECTORY: "CSV_process_production/",
        LOGGING_LEVEL: "INFO",
        LOGGING_CONSOLE: false,
        LOGGING_FILE: "logs/automation_prod_*.log",
        VALIDATION: "strict",
      },
    ],
  ];
  test.each(rows)("%s", async (name, expected) => {
    const credentials = Object.fromEntries(Object.keys(CREDENTIALS[name]).map((key) => [key, null]));
    expect(await scene.values(name)).toEqual({
      ...expected,
      ...credentials,
      PROJECT_NAME: "hcp-automation",
      TIMEZONE: "America/Los_Angeles",
      HTTP_TIMEOUT: 30_000,
    });
  });
});

describe("the hierarchy: later overrides earlier", () => {
  test("shared settings, then the environment's, then runtime parameters", async () => {
    const explain = (key: string, ...more: string[]) =>
      scene.must<Explanation>(["config explain", key, "-e development", ...more].join(" "));
    const { layers } = await explain("LOGGING_CONSOLE", "--set LOGGING_CONSOLE=false");
    expect(layers.map(({ source, value, wins }) => [source, value, wins])).toEqual([
      [".env", "false", false],
      ["config/environments/dev/settings.yml", true, false],
      ["--set", "false", true],
    ]);
    const level = await explain("LOGGING_LEVEL");
    expect(level.layers.map(({ source }) => source)).toEqual([
      "policy logLevel",
      "config/environments/dev/settings.yml",
    ]);
    expect((await explain("HTTP_TIMEOUT")).layers.map(({ source }) => source)).toEqual(["default"]);
  });

  test("an environment's .env overrides the project's", async () => {
    const zone = await edited(
      "config/environments/prod/.env",
      (text) => `${text}TIMEZONE=UTC\n`,
      async () => [(await scene.values("production")).TIMEZONE, (await scene.values("development")).TIMEZONE],
    );
    expect(zone).toEqual(["UTC", "America/Los_Angeles"]);
  });

  test("a runtime parameter is checked like any other, and is never a secret", async () => {
    expect(await scene.check("development", "--set WEBHOOK_PORT=none")).toContain(
      "error SETTING_TYPE WEBHOOK_PORT",
    );
    const { error } = await scene.command("config show -e development --set DEV_HCP_TOKEN=planted");
    expect(error?.code).toBe("APP_BAD_INPUT");
  });
});

describe("which environment is meant", () => {
  const rows: [title: string, options: SeedOptions, environment: string, method: string][] = [
    ["ENVIRONMENT first", { variables: { ENVIRONMENT: "production" } }, "production", "variable"],
    [
      "ENVIRONMENT, whatever the host is called",
      { variables: { ENVIRONMENT: "development" }, host: "web-prod-1" },
      "development",
      "variable",
    ],
    ["a host with prod in its name", { host: "web-prod-1" }, "production", "hostname"],
    ["or with production", { host: "PRODUCTION.example.test" }, "production", "hostname"],
    ["else development", { host: "laptop" }, "development", "default"],
  ];
  test.each(rows)("%s", async (_title, options, environment, method) => {
    expect(await scene.must<WhichView>("which", options)).toMatchObject({ environment, method });
  });

  const compile = "config compile";
  const refused: [title: string, words: string, options: SeedOptions, code: string | undefined][] = [
    [
      "production by the variable alone",
      compile,
      { variables: { ENVIRONMENT: "production" } },
      "GUARD_PRODUCTION_NOT_EXPLICIT",
    ],
    [
      "development on a host of production",
      `${compile} -e development`,
      { host: "web-prod-1" },
      "GUARD_WRONG_HOST",
    ],
    ["unless forced", `${compile} -e development --force emergency`, { host: "web-prod-1" }, undefined],
    ["development where nothing says otherwise", compile, {}, undefined],
  ];
  test.each(refused)("%s", async (_title, words, options, code) => {
    // The guard stands before what is missing on this machine to compile.
    const { error } = await scene.command(words, options);
    expect(error?.code.startsWith("GUARD_") ? error.code : undefined).toBe(code);
  });
});

describe("checks", () => {
  test("credentials in plain files: a warning in development, an error in production", async () => {
    const found = (severity: string, name: Named) =>
      Object.keys(CREDENTIALS[name])
        .map((key) => `${severity} SETTING_SECRET_IN_PLAIN ${key}`)
        .sort();
    expect(await scene.check("development")).toEqual(found("warning", "development"));
    expect(await scene.check("production")).toEqual(found("error", "production"));
    const { answer } = await scene.command("config check -e production");
    expect(JSON.stringify(answer)).not.toContain("planted");
  });

  const dev = "config/environments/dev/.env";
  const prod = "config/environments/prod/settings.yml";
  const broken: [
    title: string,
    path: keyof typeof FILES,
    edit: (text: string) => string,
    environment: Named,
    finding: string,
  ][] = [
    [
      "a base id that is too short",
      dev,
      (t) => t.replace("6jM", ""),
      "development",
      "error SETTING_TYPE AIRTABLE_BASE_ID",
    ],
    [
      "a base id without app",
      dev,
      (t) => t.replace("app6", "xpp6"),
      "development",
      "error SETTING_TYPE AIRTABLE_BASE_ID",
    ],
    [
      "no token",
      dev,
      (t) => t.replace(/DEV_HCP_TOKEN.*\n/, ""),
      "development",
      "error SETTING_MISSING DEV_HCP_TOKEN",
    ],
    [
      "a credential of production in development",
      dev,
      (t) => `${t}PROD_HCP_TOKEN=planted\n`,
      "development",
      "error RULE_BROKEN PROD_HCP_TOKEN",
    ],
    [
      "relaxed production",
      prod,
      (t) => t.replace("strict", "relaxed"),
      "production",
      "error RULE_BROKEN VALIDATION",
    ],
    [
      "debug logs in production",
      prod,
      (t) => t.replace("INFO", "DEBUG"),
      "production",
      "warning SECURITY_LOG_LEVEL LOGGING_LEVEL",
    ],
    [
      "a port that is none",
      prod,
      (t) => t.replace("5000", "70000"),
      "production",
      "error SETTING_TYPE WEBHOOK_PORT",
    ],
    [
      "a key that nobody declared",
      prod,
      (t) => `${t}webhok: x\n`,
      "production",
      "error SETTING_UNKNOWN WEBHOK",
    ],
    ["a missing file's settings", ".env", () => "", "production", "error SETTING_MISSING PROJECT_NAME"],
  ];
  test.each(broken)("%s", async (_title, path, edit, environment, finding) => {
    expect(await edited(path, edit, () => scene.check(environment))).toContain(finding);
  });
});

describe("development and production side by side", () => {
  test("everything that differs does so by design", async () => {
    const changes = await scene.diff("development", "production");
    expect(Object.keys(changes)).toEqual(
      [
        "AIRTABLE_BASE_ID",
        "CSV_DIRECTORY",
        ...Object.keys(CREDENTIALS.development),
        "LOGGING_CONSOLE",
        "LOGGING_FILE",
        "LOGGING_LEVEL",
        ...Object.keys(CREDENTIALS.production),
        "VALIDATION",
        "WEBHOOK_PATH",
        "WEBHOOK_PORT",
      ].sort(),
    );
    expect(Object.values(changes).every(({ byDesign }) => byDesign)).toBe(true);
    expect((await scene.command("config diff development production --exit-code")).exit).toBe(0);
  });

  test("what differs otherwise is found", async () => {
    const look = () => scene.command("config diff development production --exit-code");
    const { exit } = await edited("config/environments/prod/.env", (text) => `${text}TIMEZONE=UTC\n`, look);
    expect(exit).toBe(3);
  });

  test("no two environments share a base, a folder, a port or a log; the parity says so", async () => {
    const { rows, parity } = await scene.must<SettingsMatrixView>("config matrix");
    const isolated = rows.filter(({ differs }) => differs);
    expect(isolated.every(({ byDesign }) => byDesign)).toBe(true);
    expect(rows.filter(({ differs }) => !differs).map(({ key }) => key)).toEqual([
      "PROJECT_NAME",
      "TIMEZONE",
      "HTTP_TIMEOUT",
    ]);
    expect(parity.score).toBe(100);
    expect(JSON.stringify(rows)).not.toContain("planted");
  });
});

test("with its secrets where they belong production has no finding", async () => {
  const path = "config/environments/prod/.env";
  await scene.must("me init --name boris");
  await scene.must("identity create -e production");
  for (const [name, value] of Object.entries(CREDENTIALS.production))
    await scene.must(`secret set ${name} -e production`, { input: `${value}-${"x".repeat(24)}` });
  scene.write(path, FILES[path].replace(/^PROD_.*\n/gm, ""));
  expect(await scene.check("production")).toEqual([]);
});
