/**
 * Seed document S3: the typed settings of `config/environments/production.py`, behaviours by environment, and the
 * secrets of an ECS task definition.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportView } from "../../src/contract/settings.ts";
import type { SettingValue } from "../../src/model/setting.ts";
import { openSeed, type SeedScene } from "./seed-scene.ts";

/** `ProductionSettings`, field by field, and "Environment-Specific Behaviors" below it. */
const MANIFEST = `project: taskmanager
environments:
  development:
  production: { policies: { tokenLifetime: 15m } }
layers: [".env.{env}?"]
settings:
  # Environment
  ENVIRONMENT: { default: production }
  DEBUG: { type: boolean, default: false }
  LOG_LEVEL: { default: INFO }
  # Database
  DATABASE_URL: { secret: true, required: [production] }
  DATABASE_READER_URL: { secret: true }
  DB_POOL_SIZE: { type: integer, default: 50 }
  DB_POOL_MAX_OVERFLOW: { type: integer, default: 20 }
  DB_POOL_RECYCLE: { type: integer, default: 3600, doc: 1 hour }
  # Redis
  REDIS_URL: { secret: true, required: [production] }
  REDIS_MAX_CONNECTIONS: { type: integer, default: 100 }
  # Security
  JWT_SECRET_KEY: { secret: true, required: [production] }
  JWT_ALGORITHM: { default: HS256 }
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: { type: integer, policy: tokenLifetime, default: 15 }
  # CORS
  CORS_ORIGINS:
    type: list
    default:
      - https://taskmanager.com
      - https://www.taskmanager.com
  # Rate Limiting
  RATE_LIMIT_ENABLED: { type: boolean, policy: rateLimits, default: true }
  RATE_LIMIT_PER_MINUTE: { type: integer, default: 60 }
  # External Services
  SMTP_HOST: { required: [production] }
  SMTP_PORT: { type: integer, default: 587 }
  SMTP_USERNAME: { secret: true, required: [production] }
  SMTP_PASSWORD: { secret: true, required: [production] }
  # Behaviours
  EMAIL_VERIFICATION: { type: boolean, policy: emailVerification }
  INCLUDE_TRACEBACK: { type: boolean, default: false, in: { development: { default: true } } }
  RANDOM_SEED: { type: integer, in: { development: { default: 42 } } }
  SENTRY_ENABLED: { type: boolean, default: false, in: { production: { default: true } } }
  DATADOG_ENABLED: { type: boolean, default: false, in: { production: { default: true } } }
`;

/** What Python says: the type, and the default; `...` where there is none. */
const FIELDS: readonly (readonly [field: string, type: string, value: SettingValue])[] = [
  ["environment", "str", "production"],
  ["debug", "bool", false],
  ["log_level", "str", "INFO"],
  ["database_url", "str", "..."],
  ["database_reader_url", "Optional[str]", null],
  ["db_pool_size", "int", 50],
  ["db_pool_max_overflow", "int", 20],
  ["db_pool_recycle", "int", 3600],
  ["redis_url", "str", "..."],
  ["redis_max_connections", "int", 100],
  ["jwt_secret_key", "str", "..."],
  ["jwt_algorithm", "str", "HS256"],
  ["jwt_access_token_expire_minutes", "int", 15],
  ["cors_origins", "list[str]", ["https://taskmanager.com", "https://www.taskmanager.com"]],
  ["rate_limit_enabled", "bool", true],
  ["rate_limit_per_minute", "int", 60],
  ["smtp_host", "str", "..."],
  ["smtp_port", "int", 587],
  ["smtp_username", "str", "..."],
  ["smtp_password", "str", "..."],
];
const SCHEMA_TYPES: Readonly<Record<string, string>> = {
  str: "string",
  "Optional[str]": "string",
  int: "integer",
  bool: "boolean",
  "list[str]": "array",
};
const REQUIRED = FIELDS.filter(([, , value]) => value === "...").map(([field]) => field.toUpperCase());

let scene: SeedScene;
beforeAll(() => {
  scene = openSeed({ "ringfence.yaml": MANIFEST });
});
afterAll(() => scene.remove());

interface Schema {
  readonly properties: Readonly<Record<string, { type: string; default?: SettingValue }>>;
  readonly required: readonly string[];
}

describe("the settings class", () => {
  test.each(FIELDS)("%s: %s = %j", async (field, type, value) => {
    const { properties, required } = await scene.must<Schema>("config schema -e production");
    const name = field.toUpperCase();
    const property = properties[name]!;
    expect(property.type).toBe(SCHEMA_TYPES[type]);
    expect(required.includes(name)).toBe(value === "...");
    expect(property.default ?? null).toEqual(value === "..." ? null : value);
  });

  test("what is required and nowhere set is found, all at once", async () => {
    expect(await scene.check("production")).toEqual(
      REQUIRED.map((name) => `error SETTING_MISSING ${name}`).sort(),
    );
  });

  test("the defaults are the values where .env.production says nothing else", async () => {
    scene.write(".env.production", "SMTP_HOST=smtp.sendgrid.net\nDB_POOL_SIZE=80\n");
    const values = await scene.values("production");
    for (const [field, , value] of FIELDS) {
      const expected: SettingValue | undefined =
        field === "smtp_host" ? "smtp.sendgrid.net" : field === "db_pool_size" ? 80 : value;
      const isNowhere = expected === "..." || expected === null;
      expect([field, values[field.toUpperCase()]]).toEqual([field, isNowhere ? undefined : expected]);
    }
    scene.write(".env.production", "DB_POOL_SIZE=many\n");
    expect(await scene.check("production")).toContain("error SETTING_TYPE DB_POOL_SIZE");
    scene.write(".env.production", "");
  });

  test("applications get the same types", async () => {
    const { declaration } = await scene.must<{ declaration: string }>("config types");
    expect(declaration).toContain("readonly DATABASE_URL?: Secret<string>;");
    expect(declaration).toContain("readonly DB_POOL_SIZE: number;");
    expect(declaration).toContain("readonly CORS_ORIGINS: readonly string[];");
  });
});

test("behaviours: development skips what production demands", async () => {
  const [development, production] = [await scene.values("development"), await scene.values("production")];
  const rows: Record<string, [SettingValue | undefined, SettingValue | undefined]> = {
    EMAIL_VERIFICATION: [false, true],
    RATE_LIMIT_ENABLED: [false, true],
    RATE_LIMIT_PER_MINUTE: [60, 60],
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: [1440, 15],
    INCLUDE_TRACEBACK: [true, false],
    RANDOM_SEED: [42, undefined],
    SENTRY_ENABLED: [false, true],
    DATADOG_ENABLED: [false, true],
  };
  expect(
    Object.fromEntries(Object.keys(rows).map((key) => [key, [development[key], production[key]]])),
  ).toEqual(rows);
});

test("the secrets of a task definition have the form and the addresses of the document", async () => {
  await scene.must("me init --name alice");
  await scene.must("identity create -e production");
  for (const name of REQUIRED.filter((key) => key !== "SMTP_HOST"))
    await scene.must(`secret set ${name} -e production`, { input: `planted-${name}-0123456789abcdef0123` });
  scene.write(".env.production", "SMTP_HOST=smtp.sendgrid.net\n");
  const prefix = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
  const { text } = await scene.must<ExportView>(
    `config export -e production --format ecs --secrets-prefix ${prefix} --only DATABASE_URL JWT_SECRET_KEY SMTP_PORT`,
  );
  expect(JSON.parse(text)).toEqual({
    environment: [{ name: "SMTP_PORT", value: "587" }],
    secrets: [
      { name: "DATABASE_URL", valueFrom: `${prefix}taskmanager/production/database-url` },
      { name: "JWT_SECRET_KEY", valueFrom: `${prefix}taskmanager/production/jwt-secret-key` },
    ],
  });
});
