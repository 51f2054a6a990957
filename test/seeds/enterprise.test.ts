/** Seed document S2: the listings `base.yml` and `production.yml` over five environments, and the four stages of checks. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SettingsMatrixView } from "../../src/contract/comparison.ts";
import type { Explanation } from "../../src/model/setting.ts";
import { FILES } from "./enterprise.ts";
import { openSeed, type SeedScene } from "./seed-scene.ts";

const VERSION = "--set APP_VERSION=1.0.0";

let scene: SeedScene;
beforeAll(() => {
  scene = openSeed(FILES);
});
afterAll(() => scene.remove());

/** What the check of production says where a listing is otherwise. */
async function edited(path: keyof typeof FILES, edit: (text: string) => string, environment = "production") {
  scene.write(path, edit(FILES[path]));
  try {
    return await scene.check(environment, VERSION);
  } finally {
    scene.write(path, FILES[path]);
  }
}

const BASE = {
  APP_NAME: "Enterprise Application",
  APP_VERSION: "1.0.0",
  DATABASE_POOL_SIZE: 10,
  DATABASE_TIMEOUT: 30_000,
  SECURITY_SESSION_TIMEOUT: 3600,
  SECURITY_PASSWORD_MIN_LENGTH: 8,
  AUDIT_RETENTION_DAYS: 365,
};
const PRODUCTION = {
  ...BASE,
  DATABASE_POOL_SIZE: 50,
  DATABASE_SSL_MODE: "require",
  DATABASE_BACKUP_ENABLED: true,
  SECURITY_SESSION_TIMEOUT: 1800,
  SECURITY_MFA_REQUIRED: true,
  MONITORING_LEVEL: "detailed",
  MONITORING_ALERTS_ENABLED: true,
  PERFORMANCE_CACHE_ENABLED: true,
  PERFORMANCE_CDN_ENABLED: true,
};

test.each([
  ["local", BASE],
  ["feature", BASE],
  ["integration", BASE],
  ["staging", BASE],
  ["production", PRODUCTION],
])("%s loads and checks as it stands", async (environment, expected) => {
  expect(await scene.values(environment, VERSION)).toEqual(expected);
  expect(await scene.check(environment, VERSION)).toEqual([]);
});

describe('version: "$' + '{APP_VERSION}"', () => {
  test("comes from the process environment", async () => {
    const variables = { APP_VERSION: "2.3.4" };
    const { layers } = await scene.must<Explanation>("config explain APP_VERSION -e staging", { variables });
    expect(layers.map(({ source, wins }) => [source, wins])).toEqual([
      ["base.yml", false],
      ["process environment", true],
    ]);
    expect((await scene.command("config check -e staging", { variables })).exit).toBe(0);
  });

  test("is checked, and has no value where nothing gives one", async () => {
    expect(await scene.check("staging", "--set APP_VERSION=latest")).toEqual([
      "error SETTING_TYPE APP_VERSION",
    ]);
    expect(await scene.check("staging")).toEqual(["error SETTING_CYCLE APP_VERSION"]);
  });
});

test("what production overrides is explained from the base up", async () => {
  const { layers } = await scene.must<Explanation>("config explain DATABASE_POOL_SIZE -e production");
  expect(layers.map(({ source, line, value, wins }) => [source, line, value, wins])).toEqual([
    ["base.yml", 7, 10, false],
    ["production.yml", 3, 50, true],
  ]);
});

describe("range and format", () => {
  const rows: [edit: readonly [string, string], finding: string][] = [
    [["pool_size: 10", "pool_size: 0"], "error SETTING_TYPE DATABASE_POOL_SIZE"],
    [["pool_size: 10", "pool_size: many"], "error SETTING_TYPE DATABASE_POOL_SIZE"],
    [["session_timeout: 3600", "session_timeout: 60"], "error SETTING_TYPE SECURITY_SESSION_TIMEOUT"],
    [["session_timeout: 3600", "session_timeout: 86401"], "error SETTING_TYPE SECURITY_SESSION_TIMEOUT"],
    [["min_length: 8", "min_length: 7"], "error SETTING_TYPE SECURITY_PASSWORD_MIN_LENGTH"],
    [["retention_days: 365", "retention_days: 30"], "error SETTING_TYPE AUDIT_RETENTION_DAYS"],
    [["retention_days", "retention_day"], "error SETTING_UNKNOWN AUDIT_RETENTION_DAY"],
    [["Enterprise Application", ""], "error SETTING_MISSING APP_NAME"],
  ];
  test.each(rows)("%j", async ([from, to], finding) => {
    expect(await edited("base.yml", (text) => text.replace(from, to), "staging")).toEqual([finding]);
  });
});

describe("the four stages find what is wrong with a broken production", () => {
  const rows: [stage: string, edit: readonly [from: string | RegExp, to: string], findings: string[]][] = [
    ["1 structure: range", ["pool_size: 50", "pool_size: 500"], ["error SETTING_TYPE DATABASE_POOL_SIZE"]],
    [
      "1 structure: required",
      [/ {2}backup_enabled.*\n/, ""],
      ["error SETTING_MISSING DATABASE_BACKUP_ENABLED"],
    ],
    [
      "2 the environment's rules: stricter than the base",
      [/ {2}session_timeout.*\n/, ""],
      ["error SETTING_TYPE SECURITY_SESSION_TIMEOUT"],
    ],
    [
      "2 the environment's rules: a second factor",
      ["mfa_required: true", "mfa_required: false"],
      ["error RULE_BROKEN SECURITY_MFA_REQUIRED"],
    ],
    [
      "2 the environment's rules: one setting asks for another",
      ["level: detailed", "level: basic"],
      ["error RULE_BROKEN MONITORING_LEVEL"],
    ],
    [
      "3 security",
      ["ssl_mode: require", "ssl_mode: prefer"],
      ["error RULE_BROKEN DATABASE_SSL_MODE", "error SECURITY_TLS DATABASE_SSL_MODE"],
    ],
    [
      "4 performance",
      ["cache_enabled: true", "cache_enabled: false"],
      ["advice ADVICE_CACHE PERFORMANCE_CACHE_ENABLED"],
    ],
  ];
  test.each(rows)("%s", async (_stage, [from, to], findings) => {
    expect(await edited("production.yml", (text) => text.replace(from, to))).toEqual(findings);
  });

  test("all at once", async () => {
    const all = rows.reduce(
      (text, [, [from, to]]) => text.replace(from, to),
      FILES["production.yml"] as string,
    );
    expect(await edited("production.yml", () => all)).toEqual(
      [...new Set(rows.flatMap(([, , findings]) => findings))].sort(),
    );
  });

  test("advice stops nothing, an error does", async () => {
    scene.write("production.yml", FILES["production.yml"].replace("cdn_enabled: true", "cdn_enabled: false"));
    expect((await scene.command(`config check -e production ${VERSION}`)).exit).toBe(0);
    scene.write("production.yml", FILES["production.yml"].replace("level: detailed", "level: all"));
    expect((await scene.command(`config check -e production ${VERSION}`)).exit).toBe(3);
    scene.write("production.yml", FILES["production.yml"]);
  });
});

describe("side by side", () => {
  const ONLY_IN_PRODUCTION = Object.keys(PRODUCTION)
    .filter((name) => !(name in BASE))
    .sort();

  test("staging lacks what only production has", async () => {
    const changes = await scene.diff("staging", "production");
    const added = Object.entries(changes).filter(([, { kind }]) => kind === "added");
    expect(added.map(([name]) => name)).toEqual(ONLY_IN_PRODUCTION);
    const byDesign = Object.entries(changes).filter((entry) => entry[1].byDesign);
    expect(byDesign.map(([name]) => name)).toEqual([
      "APP_VERSION",
      "DATABASE_POOL_SIZE",
      "SECURITY_SESSION_TIMEOUT",
    ]);
    expect((await scene.command("config diff staging production --exit-code")).exit).toBe(3);
    expect(Object.keys(await scene.diff("local", "staging"))).toEqual(["APP_VERSION"]);
  });

  test("the matrix has all five, and the parity names the keys that the others lack", async () => {
    const { environments, parity } = await scene.must<SettingsMatrixView>("config matrix");
    expect(environments).toEqual(["local", "feature", "integration", "staging", "production"]);
    const lacking = parity.deductions.filter(({ kind }) => kind === "key-missing");
    expect(lacking.map(({ key }) => key).sort()).toEqual(ONLY_IN_PRODUCTION);
    for (const { environments: where } of lacking) expect(where).not.toContain("production");
  });

  test("what production requires and lacks is missing there, and nowhere else", async () => {
    scene.write("production.yml", "");
    const { rows } = await scene.must<SettingsMatrixView>("config matrix --missing");
    scene.write("production.yml", FILES["production.yml"]);
    const missing = rows.flatMap(({ key, cells }) =>
      Object.entries(cells).flatMap(([name, { state }]) => (state === "missing" ? [`${key} ${name}`] : [])),
    );
    expect(missing.sort()).toEqual(
      ["BACKUP_ENABLED", "SSL_MODE"]
        .map((name) => `DATABASE_${name} production`)
        .concat([
          "MONITORING_ALERTS_ENABLED production",
          "MONITORING_LEVEL production",
          "SECURITY_MFA_REQUIRED production",
        ]),
    );
  });

  test("five kinds with what the document says of each", async () => {
    const row = await scene.compared();
    expect(row("kind")).toEqual(["local", "preview", "integration", "staging", "production"]);
    expect(row("policies.externalServices")).toEqual(["mock", "sandbox", "sandbox", "sandbox", "real"]);
    expect(row("policies.data")).toEqual(["synthetic", "synthetic", "synthetic", "sanitised", "real"]);
    expect(row("policies.deploy")).toEqual(["manual", "branch", "merge", "push", "approval"]);
    expect(row("policies.monitoring")).toEqual(["none", "basic", "basic", "full", "alerting"]);
  });
});
