import { describe, expect, test } from "vitest";
import { readManifest } from "../model/manifest.ts";
import { environmentOf } from "../model/project.ts";
import { parseDotenv, type Resolution, resolve } from "./index.ts";

/** The three listings under "Environment Variables" in the seed document S3, as they stand there. */
const SEED_LISTINGS = {
  development: `# Application Configuration
ENVIRONMENT=development
DEBUG=true
LOG_LEVEL=DEBUG

# Database
DATABASE_URL=postgresql://admin:password@dev-db.xxx.rds.amazonaws.com:5432/taskmanager
DB_POOL_SIZE=10
DB_POOL_MAX_OVERFLOW=5

# Redis
REDIS_URL=redis://dev-cache.xxx.cache.amazonaws.com:6379/0

# Celery
CELERY_BROKER_URL=redis://dev-cache.xxx.cache.amazonaws.com:6379/0
CELERY_RESULT_BACKEND=redis://dev-cache.xxx.cache.amazonaws.com:6379/1
CELERY_WORKER_CONCURRENCY=2

# Authentication
JWT_SECRET_KEY=dev-secret-key-change-me
JWT_ALGORITHM=HS256
JWT_ACCESS_TOKEN_EXPIRE_MINUTES=1440  # 24 hours in dev

# External Services (sandbox)
SMTP_HOST=smtp.mailtrap.io
SMTP_PORT=2525
OAUTH_GOOGLE_CLIENT_ID=dev-google-client-id
OAUTH_GITHUB_CLIENT_ID=dev-github-client-id

# Feature Flags
ENABLE_REGISTRATION=true
ENABLE_EMAIL_VERIFICATION=false  # Skip in dev
ENABLE_RATE_LIMITING=false
`,
  staging: `# Application Configuration
ENVIRONMENT=staging
DEBUG=false
LOG_LEVEL=INFO

# Database (from Secrets Manager)
DATABASE_URL=<from-secrets-manager>
DB_POOL_SIZE=20
DB_POOL_MAX_OVERFLOW=10

# Redis (from Secrets Manager)
REDIS_URL=<from-secrets-manager>

# Celery
CELERY_BROKER_URL=<from-secrets-manager>
CELERY_RESULT_BACKEND=<from-secrets-manager>
CELERY_WORKER_CONCURRENCY=4

# Authentication
JWT_SECRET_KEY=<from-secrets-manager>
JWT_ALGORITHM=HS256
JWT_ACCESS_TOKEN_EXPIRE_MINUTES=15

# External Services (sandbox)
SMTP_HOST=smtp.sendgrid.net
SMTP_PORT=587
SMTP_USERNAME=<from-secrets-manager>
OAUTH_GOOGLE_CLIENT_ID=<from-secrets-manager>
OAUTH_GITHUB_CLIENT_ID=<from-secrets-manager>

# Feature Flags
ENABLE_REGISTRATION=true
ENABLE_EMAIL_VERIFICATION=true
ENABLE_RATE_LIMITING=true
`,
  production: `# Application Configuration
ENVIRONMENT=production
DEBUG=false
LOG_LEVEL=INFO

# Database (from Secrets Manager)
DATABASE_URL=<from-secrets-manager>
DATABASE_READER_URL=<from-secrets-manager>  # Read replica
DB_POOL_SIZE=50
DB_POOL_MAX_OVERFLOW=20

# Redis (from Secrets Manager)
REDIS_URL=<from-secrets-manager>

# Celery
CELERY_BROKER_URL=<from-secrets-manager>
CELERY_RESULT_BACKEND=<from-secrets-manager>
CELERY_WORKER_CONCURRENCY=4

# Authentication
JWT_SECRET_KEY=<from-secrets-manager>
JWT_ALGORITHM=HS256
JWT_ACCESS_TOKEN_EXPIRE_MINUTES=15
JWT_REFRESH_TOKEN_EXPIRE_DAYS=7

# External Services (production)
SMTP_HOST=smtp.sendgrid.net
SMTP_PORT=587
SMTP_USERNAME=<from-secrets-manager>
SMTP_PASSWORD=<from-secrets-manager>
OAUTH_GOOGLE_CLIENT_ID=<from-secrets-manager>
OAUTH_GOOGLE_CLIENT_SECRET=<from-secrets-manager>
OAUTH_GITHUB_CLIENT_ID=<from-secrets-manager>
OAUTH_GITHUB_CLIENT_SECRET=<from-secrets-manager>

# Monitoring
SENTRY_DSN=<from-secrets-manager>
DATADOG_API_KEY=<from-secrets-manager>

# Feature Flags
ENABLE_REGISTRATION=true
ENABLE_EMAIL_VERIFICATION=true
ENABLE_RATE_LIMITING=true
ENABLE_MFA=false  # Future feature
`,
};

type Listing = keyof typeof SEED_LISTINGS;
const LISTINGS = Object.keys(SEED_LISTINGS) as Listing[];

const MANIFEST = `project: taskmanager
environments: { development: , staging: , production: }
layers: ["config/environments/{env}/.env"]
settings:
  ENVIRONMENT: { type: enum, values: [development, staging, production], required: true }
  DEBUG: { type: boolean, required: true }
  LOG_LEVEL: { type: enum, values: [DEBUG, INFO, WARNING, ERROR], required: true }
  DATABASE_URL: { type: url, secret: true, required: true }
  DATABASE_READER_URL: { type: url, secret: true, required: [production] }
  DB_POOL_SIZE: { type: integer, min: 1, max: 100, required: true }
  DB_POOL_MAX_OVERFLOW: { type: integer, min: 0 }
  REDIS_URL: { type: url, secret: true, required: true }
  CELERY_BROKER_URL: { type: url, secret: true, required: true }
  CELERY_RESULT_BACKEND: { type: url, secret: true, required: true }
  CELERY_WORKER_CONCURRENCY: { type: integer, min: 1 }
  JWT_SECRET_KEY: { secret: true, required: true }
  JWT_ALGORITHM: { type: enum, values: [HS256, RS256] }
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: { type: integer, min: 1 }
  JWT_REFRESH_TOKEN_EXPIRE_DAYS: { type: integer, min: 1 }
  SMTP_HOST: { type: host }
  SMTP_PORT: { type: port }
  SMTP_USERNAME: { secret: true }
  SMTP_PASSWORD: { secret: true }
  OAUTH_GOOGLE_CLIENT_ID: { secret: true }
  OAUTH_GOOGLE_CLIENT_SECRET: { secret: true }
  OAUTH_GITHUB_CLIENT_ID: { secret: true }
  OAUTH_GITHUB_CLIENT_SECRET: { secret: true }
  SENTRY_DSN: { type: url, secret: true }
  DATADOG_API_KEY: { secret: true }
  ENABLE_REGISTRATION: { type: boolean }
  ENABLE_EMAIL_VERIFICATION: { type: boolean }
  ENABLE_RATE_LIMITING: { type: boolean }
  ENABLE_MFA: { type: boolean }
`;

function resolved(name: Listing, secrets: readonly string[]): Resolution {
  const { project, findings } = readManifest(MANIFEST, { root: "/p", file: "ringfence.yaml" });
  expect(findings).toEqual([]);
  return resolve({
    project: project!,
    environment: environmentOf(project!, name)!,
    layers: [{ declaration: project!.layers[0]!, path: `${name}.env`, text: SEED_LISTINGS[name] }],
    secrets: secrets.map((secret) => {
      return {
        name: secret,
        value: `postgresql://${secret}.shop.test/database`,
        place: { file: "secrets.yaml", line: 1, column: 1 },
      };
    }),
    process: {},
    rules: undefined,
  });
}

/** The names that a listing leaves to the secrets manager. */
function placeholders(name: Listing): string[] {
  const { entries } = parseDotenv(SEED_LISTINGS[name], ".env");
  return entries.filter(({ value }) => value === "<from-secrets-manager>").map((entry) => entry.name);
}

describe.each(LISTINGS)("%s", (name) => {
  test("every line that sets a variable is read, comments are not", () => {
    const { entries, problems } = parseDotenv(SEED_LISTINGS[name], ".env");
    const lines = SEED_LISTINGS[name].split("\n");
    expect(problems).toEqual([]);
    expect(entries.map((entry) => entry.name)).toEqual(
      lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split("=")[0]),
    );
    for (const { name: key, place, value } of entries) {
      expect(lines[place.line - 1]).toMatch(new RegExp(`^${key}=`));
      expect(value).not.toContain("#");
    }
  });

  test("resolves without an error once its secrets are where they belong", () => {
    const { settings, findings } = resolved(name, placeholders(name));
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(settings.get("ENVIRONMENT")?.value).toBe(name);
  });

  test("each placeholder without a secret is an error that says how to set it", () => {
    const { findings } = resolved(name, []);
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, setting, fix }) => [code, setting, fix])).toEqual(
      placeholders(name).map((key) => ["SETTING_PLACEHOLDER", key, `ringfence secret set ${key} -e ${name}`]),
    );
  });
});

test("the values that differ by design", () => {
  const rows = [
    "DEBUG",
    "LOG_LEVEL",
    "DB_POOL_SIZE",
    "JWT_ACCESS_TOKEN_EXPIRE_MINUTES",
    "ENABLE_EMAIL_VERIFICATION",
  ];
  const values = (key: string): unknown[] =>
    LISTINGS.map((name) => resolved(name, []).settings.get(key)?.value);
  expect(Object.fromEntries(rows.map((key) => [key, values(key)]))).toEqual({
    DEBUG: [true, false, false],
    LOG_LEVEL: ["DEBUG", "INFO", "INFO"],
    DB_POOL_SIZE: [10, 20, 50],
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: [1440, 15, 15],
    ENABLE_EMAIL_VERIFICATION: [false, true, true],
  });
});

test("a secret that stands in the development listing is named, not shown", () => {
  const { findings } = resolved("development", []);
  expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toContain(
    "warning SETTING_SECRET_IN_PLAIN",
  );
  expect(JSON.stringify(findings)).not.toContain("dev-secret-key-change-me");
});
