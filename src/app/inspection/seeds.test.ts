/** Repositories laid out as the five systems that Ringfence was designed after, and what their first page says. */
import { afterEach, expect, test } from "vitest";
import { type FolderScene, openFolderScene } from "./scene.fixture.ts";

let scene: FolderScene | undefined;
afterEach(() => scene?.remove());

const lines = (...all: string[]) => `${all.join("\n")}\n`;
const names = (view: { environments: readonly { name: string }[] }) =>
  view.environments.map(({ name }) => name);

test("a root .env under environments' folders, each with .env and settings.yml", async () => {
  scene = openFolderScene({
    VERSION: "2.2.8",
    "setup.py": "raise SystemExit('never run')",
    ".env": lines("AIRTABLE_TIMEOUT=30", "DEV_AIRTABLE_BASE_ID=appOne", "PROD_AIRTABLE_BASE_ID=appOne"),
    "config/environments/dev/.env": lines(
      "AIRTABLE_API_KEY=Same.key-4711",
      "WEBHOOK_PATH=/webhooks/hcp-dev",
      "WEBHOOK_PORT=5000",
    ),
    "config/environments/dev/settings.yml": lines(
      "logging:",
      "  level: DEBUG",
      "csv: { directory: CSV_process_development }",
    ),
    "config/environments/prod/.env": lines(
      "AIRTABLE_API_KEY=Same.key-4711",
      "WEBHOOK_PATH=/webhooks/hcp",
      "WEBHOOK_PORT=5000",
    ),
    "config/environments/prod/settings.yml": lines(
      "logging:",
      "  level: INFO",
      "csv: { directory: CSV_process_production }",
    ),
    "src/automation/config_dev.py": "",
  });
  const { view } = await scene.inspect();
  expect(names(view)).toEqual(["development", "production"]);
  expect(view.root).toBe("VERSION");
  expect(view.shared.map(({ kind, places }) => [kind, places.map(({ key }) => key)])).toEqual([
    ["credential", ["AIRTABLE_API_KEY", "AIRTABLE_API_KEY"]],
    ["bucket", ["DEV_AIRTABLE_BASE_ID", "PROD_AIRTABLE_BASE_ID"]],
    ["webhook", ["WEBHOOK_PORT", "WEBHOOK_PORT"]],
  ]);
  expect(view.missing).toEqual([]);
  expect(view.parity?.percent).toBe(100);
});

test("base.yml under production.yml: what only production has", async () => {
  scene = openFolderScene({
    "base.yml": lines(
      "app: { name: Enterprise Application }",
      "database: { pool_size: 10, timeout: 30000 }",
      "security: { session_timeout: 3600 }",
    ),
    "production.yml": lines(
      "database: { pool_size: 50, ssl_mode: require }",
      "security: { session_timeout: 1800, mfa_required: true }",
    ),
  });
  const { view } = await scene.inspect();
  expect(names(view)).toEqual(["production"]);
  expect(view.missing.map(({ key, missing }) => [key, missing])).toEqual([
    ["DATABASE_SSL_MODE", ["base"]],
    ["SECURITY_MFA_REQUIRED", ["base"]],
  ]);
  expect(
    view.differences.find(({ key }) => key === "DATABASE_POOL_SIZE")?.values.map(({ shown }) => shown),
  ).toEqual(["10", "50"]);
});

test("Terraform's variables, env files and ECS task definitions by environment", async () => {
  const task = (name: string) =>
    JSON.stringify({
      containerDefinitions: [
        {
          name: "api",
          environment: [{ name: "ENVIRONMENT", value: name }],
          secrets: [
            { name: "DATABASE_URL", valueFrom: `arn:aws:secretsmanager:us-east-1:1:secret:shop/${name}` },
          ],
        },
      ],
    });
  const tfvars = (cidr: string, size: number, more: string[] = []) =>
    lines(
      `vpc_cidr = "${cidr}"`,
      "availability_zones = [",
      '  "us-east-1a"',
      "]",
      `db_allocated_storage = ${size}`,
      ...more,
    );
  scene = openFolderScene({
    "infrastructure/terraform/environments/dev/terraform.tfvars": tfvars("10.1.0.0/16", 20),
    "infrastructure/terraform/environments/staging/terraform.tfvars": tfvars("10.2.0.0/16", 50),
    "infrastructure/terraform/environments/production/terraform.tfvars": tfvars("10.0.0.0/16", 100, [
      "log_archive_days = 365",
    ]),
    ".env.development": lines(
      "ENVIRONMENT=development",
      "DATABASE_URL=postgresql://admin:password@dev-db.example.com:5432/shop",
      "JWT_SECRET_KEY=dev-secret-key-change-me",
    ),
    ".env.staging": lines(
      "ENVIRONMENT=staging",
      "DATABASE_URL=<from-secrets-manager>",
      "JWT_SECRET_KEY=<from-secrets-manager>",
    ),
    ".env.production": lines(
      "ENVIRONMENT=production",
      "DATABASE_URL=<from-secrets-manager>",
      "JWT_SECRET_KEY=<from-secrets-manager>",
      "SENTRY_DSN=<from-secrets-manager>",
    ),
    "ecs/task-definition-staging.json": task("staging"),
    "ecs/task-definition-production.json": task("production"),
    "config/environments/production.py": "environment: str = 'production'",
  });
  const { view } = await scene.inspect();
  expect(names(view)).toEqual(["development", "staging", "production"]);
  expect(view.shared).toEqual([]);
  expect(view.missing.map(({ key, part, missing }) => [key, part, missing])).toEqual([
    ["SENTRY_DSN", "", ["development", "staging"]],
    ["LOG_ARCHIVE_DAYS", "terraform", ["development", "staging"]],
  ]);
  expect(view.unfilled.map(({ environment, key }) => `${environment} ${key}`)).toEqual([
    "staging DATABASE_URL",
    "production DATABASE_URL",
    "development JWT_SECRET_KEY",
    "staging JWT_SECRET_KEY",
    "production JWT_SECRET_KEY",
    "production SENTRY_DSN",
  ]);
});

test(".env beside a compose file in each environment's folder", async () => {
  const compose = (debug: string) =>
    lines(
      "services:",
      "  api:",
      "    image: shop",
      "    environment:",
      `      DEBUG: "${debug}"`,
      "  db: {}",
    );
  scene = openFolderScene({
    "environments/development/.env": lines("DB_HOST=db.example.com", "DB_PORT=5432", "DB_NAME=ade"),
    "environments/development/docker-compose.yml": compose("true"),
    "environments/testing/.env": lines("DB_HOST=test.example.com", "DB_NAME=ade"),
    "environments/testing/docker-compose.yml": compose("false"),
    "environments/production/.env": lines("DB_HOST=DB.example.com", "DB_NAME=ade", "DB_PORT="),
    "environments/production/docker-compose.yml": compose("false"),
  });
  const { view } = await scene.inspect();
  expect(names(view)).toEqual(["development", "testing", "production"]);
  expect(view.shared).toMatchObject([
    {
      kind: "database",
      what: "database at db.example.com, database ade",
      places: [{ environment: "development" }, { environment: "production" }],
    },
  ]);
  expect(view.differences.map(({ key, part }) => [key, part])).toContainEqual(["DEBUG", "api in compose"]);
  expect(view.missing.map(({ key, missing }) => [key, missing])).toEqual([["DB_PORT", ["testing"]]]);
  expect(view.unfilled).toMatchObject([{ environment: "production", key: "DB_PORT", kind: "empty" }]);
});
