/** Seed document S3: the environments side by side, as its "Differences by Design" and "Environment Comparison Matrix" say. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvironmentComparisonView, SettingsMatrixView } from "../../src/contract/comparison.ts";
import type { SeedScene } from "./seed-scene.ts";
import { manifest, OWN_POLICIES, openTaskmanager, placeholders, setSecrets } from "./taskmanager.ts";

let scene: SeedScene;
beforeAll(async () => {
  scene = openTaskmanager(manifest(OWN_POLICIES));
  await setSecrets(scene, ["staging"]);
});
afterAll(() => scene.remove());

describe("config diff", () => {
  const verdicts = (changes: Awaited<ReturnType<SeedScene["diff"]>>, keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, changes[key]?.verdict]));
  const all = (keys: readonly string[], verdict: string) =>
    Object.fromEntries(keys.map((key) => [key, verdict]));

  test("secrets are unknown where a placeholder stands, different where both sides have one", async () => {
    const own = placeholders("staging");
    expect(verdicts(await scene.diff("staging", "production"), own)).toEqual(all(own, "unknown"));
    const both = own.filter((key) => key !== "SMTP_USERNAME");
    expect(verdicts(await scene.diff("development", "staging"), both)).toEqual(all(both, "different"));
  });

  test("what is in production only, and by design or not", async () => {
    const changes = await scene.diff("staging", "production");
    const added = Object.entries(changes).filter(([, { kind }]) => kind === "added");
    expect(Object.fromEntries(added.map(([key, { byDesign }]) => [key, byDesign]))).toEqual({
      DATABASE_READER_URL: false,
      DATADOG_API_KEY: false,
      ENABLE_MFA: false,
      JWT_REFRESH_TOKEN_EXPIRE_DAYS: false,
      LOG_ARCHIVE_DAYS: true,
      OAUTH_GITHUB_CLIENT_SECRET: true,
      OAUTH_GOOGLE_CLIENT_SECRET: true,
      SENTRY_DSN: false,
      SMTP_PASSWORD: true,
    });
  });

  test("sizes, logging and sandboxes differ by design; what skips a protection does not", async () => {
    const changes = await scene.diff("development", "staging");
    const unexpected = Object.entries(changes).filter(([, { byDesign }]) => !byDesign);
    expect(unexpected.map(([key]) => key)).toEqual([
      "CELERY_BROKER_URL",
      "CELERY_RESULT_BACKEND",
      "DATABASE_URL",
      "ENABLE_EMAIL_VERIFICATION",
      "ENABLE_RATE_LIMITING",
      "JWT_ACCESS_TOKEN_EXPIRE_MINUTES",
      "JWT_SECRET_KEY",
      "REDIS_URL",
    ]);
  });

  test("no answer holds a secret's text", async () => {
    const answers = [
      await scene.must("config diff development staging"),
      await scene.must("config matrix"),
      await scene.must("env compare"),
    ];
    expect(JSON.stringify(answers)).not.toMatch(/planted|change-me|admin:password/);
  });
});

test("parity: what lowers it, worst first", async () => {
  const { parity, rows } = await scene.must<SettingsMatrixView>("config matrix");
  const by = (wanted: string) =>
    parity.deductions.filter(({ kind }) => kind === wanted).map(({ key }) => key);
  expect(by("key-missing")).toEqual([
    "DATABASE_READER_URL",
    "JWT_REFRESH_TOKEN_EXPIRE_DAYS",
    "SENTRY_DSN",
    "DATADOG_API_KEY",
    "ENABLE_MFA",
  ]);
  expect(by("unexpected-difference")).toEqual([
    "JWT_ACCESS_TOKEN_EXPIRE_MINUTES",
    "ENABLE_EMAIL_VERIFICATION",
    "ENABLE_RATE_LIMITING",
  ]);
  expect(by("unknown")).toEqual([
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "JWT_SECRET_KEY",
  ]);
  // 5 × 1 + 3 × 0.5 + 5 × 0.25 of the units are lost.
  expect(parity.score).toBe(Math.floor(100 * (1 - 7.75 / parity.units)));
  const groups = Object.values(rows.find(({ key }) => key === "JWT_SECRET_KEY")!.cells);
  expect(groups.map(({ group }) => group)).toEqual(["A", "B", "?"]);
});

/** The table of S3, row by row, in our words. */
const TABLE: readonly (readonly [seed: string, field: string, cells: readonly string[]])[] = [
  ["Uptime SLA", "uptimePercent", ["–", "95", "99.9"]],
  ["Data", "data", ["synthetic", "sanitised", "real"]],
  ["Auto Scaling", "scaling", ["no", "yes", "yes"]],
  ["Debug Mode", "debug", ["yes", "no", "no"]],
  ["Log Level", "logLevel", ["DEBUG", "INFO", "INFO"]],
  ["Email Verification", "emailVerification", ["no", "yes", "yes"]],
  ["Rate Limiting", "rateLimits", ["no", "yes", "yes"]],
  ["Monitoring", "monitoring", ["basic", "full", "alerting"]],
  ["Deployment", "deploy", ["merge", "push", "approval"]],
  ["Users", "users", ["developers", "the team and invited customers", "everyone"]],
  ["Error responses", "errors", ["detailed", "operational", "operational"]],
];

describe("the comparison matrix of the document", () => {
  let bare: SeedScene;
  let kinds: (field: string) => string[];
  let own: (field: string) => string[];
  beforeAll(async () => {
    bare = openTaskmanager();
    kinds = await bare.compared();
    own = await scene.compared();
  });
  afterAll(() => bare.remove());

  test.each(TABLE)("%s: the kinds bring it", (_seed, field, cells) => {
    expect(kinds(`policies.${field}`)).toEqual(cells);
    expect(own(`policies.${field}`)).toEqual(cells);
  });

  test("Backups are kept 7, 14 and 30 days", async () => {
    const { rows } = await bare.must<EnvironmentComparisonView>("env compare");
    const cells = rows.find(({ field }) => field === "policies.backupRetentionMs")!.cells;
    expect(Object.values(cells).map(({ value }) => Number(value) / 86_400_000)).toEqual([7, 14, 30]);
  });

  /** Where the document demands otherwise than the kinds do, the manifest says so. */
  const overridden: [seed: string, field: string, kinds: string[], own: string[]][] = [
    ["JWT Expiration", "tokenLifetimeMs", ["1d", "1h", "1h"], ["1d", "15m", "15m"]],
    ["Uptime SLA, hours", "uptimeHours", ["–", "–", "24/7"], ["–", "business hours", "24/7"]],
    ["Peer review", "approvals", ["0", "1", "1"], ["0", "1", "2"]],
  ];
  test.each(overridden)("%s: the manifest overrides the kind", (_seed, field, before, after) => {
    expect(kinds(`policies.${field}`)).toEqual(before);
    expect(own(`policies.${field}`)).toEqual(after);
  });

  test("each overridden policy names the manifest as its source, the others their kind", async () => {
    const { rows } = await scene.must<EnvironmentComparisonView>("env compare");
    const sources = (field: string) =>
      Object.values(rows.find((row) => row.field === `policies.${field}`)!.cells).map(({ source }) => source);
    expect(sources("tokenLifetimeMs")).toEqual([
      "kind development",
      "ringfence.yaml:4:26",
      "ringfence.yaml:5:29",
    ]);
    expect(sources("debug")).toEqual(["kind development", "kind staging", "kind production"]);
  });

  test("the overridden policy is what settings are held against", async () => {
    const flag = "--set JWT_ACCESS_TOKEN_EXPIRE_MINUTES=30";
    const finding = "error SECURITY_TOKEN_LIFETIME JWT_ACCESS_TOKEN_EXPIRE_MINUTES";
    expect(await scene.check("production", flag)).toContain(finding);
    expect(await bare.check("production", flag)).not.toContain(finding);
  });

  test("Database, backups and scaling: the settings say what the table does", async () => {
    const { rows } = await scene.must<SettingsMatrixView>("config matrix");
    const values = (key: string) =>
      Object.values(rows.find((row) => row.key === key)!.cells).map(({ value }) => value);
    expect(values("DB_MULTI_AZ")).toEqual([false, true, true]);
    expect(values("DB_CREATE_REPLICA")).toEqual([false, true, true]);
    expect(values("DB_BACKUP_RETENTION_DAYS")).toEqual([7, 14, 30]);
    expect(values("JWT_ACCESS_TOKEN_EXPIRE_MINUTES")).toEqual([1440, 15, 15]);
  });
});
