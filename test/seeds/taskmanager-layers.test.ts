/** Seed document S3: the listings of variables and of `terraform.tfvars`, loaded as they stand, and checked. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckView } from "../../src/contract/check.ts";
import type { Explanation } from "../../src/model/setting.ts";
import { openSeed, type SeedScene } from "./seed-scene.ts";
import {
  envPath,
  NAMES,
  type Named,
  openTaskmanager,
  placeholders,
  setSecrets,
  tfvarsPath,
} from "./taskmanager.ts";
import { ENV_LISTINGS } from "./taskmanager-env.ts";
import { TFVARS_LISTINGS } from "./taskmanager-tfvars.ts";

let scene: SeedScene;
beforeAll(() => {
  scene = openTaskmanager();
});
afterAll(() => scene.remove());

/** `KEY = value` lines of a listing, as they are written. */
function writtenKeys(listing: string): string[] {
  return [...listing.matchAll(/^(\w+)\s*=/gm)].map(([, key]) => key!.toUpperCase());
}

describe.each(NAMES)("%s", (name) => {
  test("every line that sets something is read, comments are not", async () => {
    const values = await scene.values(name);
    const written = [...writtenKeys(TFVARS_LISTINGS[name]), ...writtenKeys(ENV_LISTINGS[name])];
    expect(Object.keys(values).sort()).toEqual([...new Set(written)].sort());
    expect(JSON.stringify(values)).not.toContain("#");
  });

  test("each placeholder without a secret is an error that says how to set it", async () => {
    const { findings } = await scene.must<CheckView>(`config check -e ${name}`);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, setting, fix }) => [code, setting, fix])).toEqual(
      placeholders(name).map((key) => ["SETTING_PLACEHOLDER", key, `ringfence secret set ${key} -e ${name}`]),
    );
  });

  test("the log level of both listings is the same; the variables win", async () => {
    const { layers } = await scene.must<Explanation>(`config explain LOG_LEVEL -e ${name}`);
    const value = name === "development" ? "DEBUG" : "INFO";
    expect(layers.map(({ source, value: said, wins }) => [source, said, wins])).toEqual([
      [tfvarsPath(name), value, false],
      [envPath(name), value, true],
    ]);
  });
});

test("every value of the tfvars keeps its type, also where nothing is declared", async () => {
  const bare = openSeed({
    "ringfence.yaml":
      'project: taskmanager\nenvironments: { development: { short: dev } }\nlayers: ["environments/{short}/terraform.tfvars"]\n',
    [tfvarsPath("development")]: TFVARS_LISTINGS.development,
  });
  expect(await bare.values("development")).toEqual({
    AWS_REGION: "us-east-1",
    VPC_CIDR: "10.1.0.0/16",
    AVAILABILITY_ZONES: ["us-east-1a", "us-east-1b"],
    DB_INSTANCE_CLASS: "db.t3.micro",
    DB_ALLOCATED_STORAGE: 20,
    DB_MAX_ALLOCATED_STORAGE: 50,
    DB_MULTI_AZ: false,
    DB_BACKUP_RETENTION_DAYS: 7,
    DB_DELETION_PROTECTION: false,
    DB_SKIP_FINAL_SNAPSHOT: true,
    DB_CREATE_REPLICA: false,
    CACHE_NODE_TYPE: "cache.t3.micro",
    CACHE_NUM_NODES: 1,
    CACHE_AUTOMATIC_FAILOVER: false,
    API_CPU: "256",
    API_MEMORY: "512",
    API_DESIRED_COUNT: 2,
    API_MIN_CAPACITY: 2,
    API_MAX_CAPACITY: 5,
    WORKER_CPU: "256",
    WORKER_MEMORY: "512",
    WORKER_DESIRED_COUNT: 2,
    WORKER_MIN_CAPACITY: 1,
    WORKER_MAX_CAPACITY: 10,
    LOG_RETENTION_DAYS: 7,
    LOG_LEVEL: "DEBUG",
    DOMAIN_NAME: "dev.taskmanager.internal",
  });
  bare.remove();
});

test("values side by side, as the listings say", async () => {
  const all = await Promise.all(NAMES.map((name) => scene.values(name)));
  const rows = {
    DEBUG: [true, false, false],
    LOG_LEVEL: ["DEBUG", "INFO", "INFO"],
    DB_POOL_SIZE: [10, 20, 50],
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: [1440, 15, 15],
    JWT_REFRESH_TOKEN_EXPIRE_DAYS: [undefined, undefined, 7],
    SMTP_HOST: ["smtp.mailtrap.io", "smtp.sendgrid.net", "smtp.sendgrid.net"],
    ENABLE_EMAIL_VERIFICATION: [false, true, true],
    ENABLE_MFA: [undefined, undefined, false],
    VPC_CIDR: ["10.1.0.0/16", "10.2.0.0/16", "10.0.0.0/16"],
    DB_MULTI_AZ: [false, true, true],
    DB_CREATE_REPLICA: [false, true, true],
    DB_BACKUP_RETENTION_DAYS: [7, 14, 30],
    DB_REPLICA_INSTANCE_CLASS: [undefined, "db.t3.medium", "db.r6g.large"],
    API_CPU: ["256", "512", "1024"],
    WORKER_MAX_CAPACITY: [10, 20, 100],
    LOG_ARCHIVE_DAYS: [undefined, undefined, 365],
    DOMAIN_NAME: ["dev.taskmanager.internal", "staging.taskmanager.com", "taskmanager.com"],
  };
  expect(Object.fromEntries(Object.keys(rows).map((key) => [key, all.map((values) => values[key])]))).toEqual(
    rows,
  );
});

describe("once the secrets are where they belong", () => {
  let whole: SeedScene;
  beforeAll(async () => {
    whole = openTaskmanager();
    await setSecrets(whole, ["staging", "production"]);
  });
  afterAll(() => whole.remove());

  /** Of the check of one environment, with one listing in the place of another. */
  async function withListing(name: Named, text: string): Promise<string[]> {
    whole.write(envPath(name), text);
    const found = await whole.check(name);
    whole.write(envPath(name), ENV_LISTINGS[name]);
    return found;
  }

  const IN_PLAIN = [
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "DATABASE_URL",
    "JWT_SECRET_KEY",
    "OAUTH_GITHUB_CLIENT_ID",
    "OAUTH_GOOGLE_CLIENT_ID",
    "REDIS_URL",
  ];
  // 15 connections for each of 15 processes, 70 for each of 150: more than the instances take. Staging just fits.
  const POOL = "advice ADVICE_POOL DB_POOL_SIZE";
  const rows: [Named, string[]][] = [
    ["development", [POOL, ...IN_PLAIN.map((key) => `warning SETTING_SECRET_IN_PLAIN ${key}`)]],
    ["staging", []],
    ["production", [POOL]],
  ];
  test.each(rows)("%s has no error", async (name, findings) => {
    expect(await whole.check(name)).toEqual(findings);
    expect(JSON.stringify(await whole.command(`config check -e ${name}`))).not.toMatch(/change-me|planted/);
  });

  test("the advice names pool, processes and the instance's limit", async () => {
    const { findings } = await whole.must<CheckView>("config check -e production");
    expect(findings[0]?.why).toBe(
      "70 connections for each of 150 processes are 10500; the database takes 3604 (DB_INSTANCE_CLASS db.r6g.xlarge)",
    );
  });

  test("the variables of development in production: each policy that they break", async () => {
    const found = await withListing("production", ENV_LISTINGS.development);
    const errors = [
      "error SECURITY_DEBUG DEBUG",
      "warning SECURITY_LOG_LEVEL LOG_LEVEL",
      "error SECURITY_TOKEN_LIFETIME JWT_ACCESS_TOKEN_EXPIRE_MINUTES",
      "error SETTING_WRONG_ENVIRONMENT ENVIRONMENT",
      ...IN_PLAIN.map((key) => `error SETTING_SECRET_IN_PLAIN ${key}`),
    ];
    expect(found).toEqual(expect.arrayContaining(errors));
  });

  test("without secrets of its own production would take those of development: refused as well", async () => {
    const bare = openTaskmanager();
    bare.write(envPath("production"), ENV_LISTINGS.development);
    expect(await bare.check("production")).toEqual(
      expect.arrayContaining([
        "error SECURITY_DEFAULT_CREDENTIAL DATABASE_URL",
        "error SECURITY_DEFAULT_CREDENTIAL JWT_SECRET_KEY",
        "error SECURITY_KEY_LENGTH JWT_SECRET_KEY",
        "error SECURITY_TLS REDIS_URL",
        "error SETTING_MISSING DATABASE_READER_URL",
      ]),
    );
    bare.remove();
  });
});
