/** Contaminations, each planted in a copy of the example, and what the proof of isolation says of them. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { SeedScene } from "../seeds/seed-scene.ts";

let scene: SeedScene;

/** Says which copy of the example everything here is about. */
export function plantIn(copy: SeedScene): void {
  scene = copy;
}

/** An environment's own layer. */
export const env = (environment: string) => `config/environments/${environment}/.env`;

/** Adds to a file. */
export function append(path: string, text: string): void {
  scene.write(path, scene.read(path) + text);
}

/** The last line of an environment's layer. */
function last(environment: string): string {
  return `${env(environment)}:${scene.read(env(environment)).trimEnd().split("\n").length}:1`;
}

function manifest(from: string, to: string): void {
  const text = scene.read("ringfence.yaml");
  if (!text.includes(from)) throw new Error(`the manifest has no ${from}`);
  scene.write(
    "ringfence.yaml",
    text.replace(from, () => to),
  );
}

function declare(declaration: string): void {
  manifest("settings:\n", `settings:\n  ${declaration}\n`);
}

function lineOf(path: string, pattern: RegExp, nth = 0): string {
  const lines = scene.read(path).split("\n");
  const hits = lines.flatMap((line, at) => (pattern.test(line) ? [at] : []));
  const at = hits[nth]!;
  return `${path}:${at + 1}:${lines[at]!.search(pattern) + 1}`;
}

/** One setting in the layers of two environments. */
export function settings(declaration: string, texts: Readonly<Record<string, string>>): void {
  declare(declaration);
  const name = declaration.split(":")[0]!;
  for (const [environment, text] of Object.entries(texts)) append(env(environment), `\n${name}=${text}\n`);
}

interface Planted {
  plant(): Promise<void> | void;
  /** What is found, asked after planting. */
  expected(): string[];
}

/** The same setting in development and staging. */
function both(code: string, kind: string, declaration: string, one: string, other = one): Planted {
  const name = declaration.split(":")[0]!;
  return {
    plant: () => settings(declaration, { development: one, staging: other }),
    expected: () => [
      `${code} ${kind} development ${name} ${last("development")} | staging ${name} ${last("staging")}`,
    ],
  };
}

/** A resource of development that is also one of production. */
function resource(
  code: string,
  kind: string,
  subject: string,
  from: string,
  to: string,
  line: RegExp,
): Planted {
  return {
    plant: () => manifest(from, to),
    expected: () => [
      `${code} ${kind} development ${subject} ${lineOf("ringfence.yaml", line, 0)} | production ${subject} ${lineOf("ringfence.yaml", line, 2)}`,
    ],
  };
}

async function secrets(name: string, inputs: Readonly<Record<string, string>>): Promise<void> {
  for (const [environment, input] of Object.entries(inputs)) {
    await scene.must(`secret set ${name} -e ${environment}`, { input });
  }
}

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = privateKey.export({ format: "pem", type: "pkcs8" });
const SEC1 = privateKey.export({ format: "pem", type: "sec1" });

/** By what is planted. */
export const PLANTED: Readonly<Record<string, Planted>> = {
  "one signing key": {
    plant: () =>
      secrets("JWT_SECRET_KEY", {
        staging: "planted-the-same-key-0123456789abcdef",
        production: "planted-the-same-key-0123456789abcdef",
      }),
    expected: () => [
      `ISOLATION_CREDENTIAL credential staging JWT_SECRET_KEY ${lineOf("secrets/staging.yaml", /^JWT_SECRET_KEY/)} | production JWT_SECRET_KEY ${lineOf("secrets/production.yaml", /^JWT_SECRET_KEY/)}`,
    ],
  },
  "one password under two names": {
    plant: () => secrets("OAUTH_GITHUB_CLIENT_SECRET", { development: "planted-password-of-production" }),
    expected: () => [
      `ISOLATION_CREDENTIAL credential development OAUTH_GITHUB_CLIENT_SECRET ${lineOf("secrets/development.yaml", /^OAUTH_GITHUB/)} | production SMTP_PASSWORD ${lineOf("secrets/production.yaml", /^SMTP_PASSWORD/)}`,
    ],
  },
  "one password inside two addresses": {
    plant: () =>
      secrets("SENTRY_DSN", {
        development: "postgres://a:planted%2Dsame-one@db-a.example/a",
        production: "postgres://b:planted-same-one@db-b.example/b",
      }),
    expected: () => [
      `ISOLATION_CREDENTIAL credential development SENTRY_DSN ${lineOf("secrets/development.yaml", /^SENTRY/)} | production SENTRY_DSN ${lineOf("secrets/production.yaml", /^SENTRY/)}`,
    ],
  },
  "one key in JSON here and by itself there, in two encodings": {
    plant: () =>
      secrets("DATADOG_API_KEY", {
        staging: JSON.stringify({ type: "account", planted: "x", private_key: PEM }),
        production: String(SEC1),
      }),
    expected: () => [
      `ISOLATION_CREDENTIAL credential staging DATADOG_API_KEY ${lineOf("secrets/staging.yaml", /^DATADOG/)} | production DATADOG_API_KEY ${lineOf("secrets/production.yaml", /^DATADOG/)}`,
    ],
  },
  "one user of one mail server": {
    plant: () => secrets("SMTP_USERNAME", { staging: "mailer-production" }),
    expected: () => [
      `ISOLATION_ACCOUNT account staging SMTP_USERNAME ${lineOf("secrets/staging.yaml", /^SMTP_USERNAME/)} | production SMTP_USERNAME ${lineOf("secrets/production.yaml", /^SMTP_USERNAME/)}`,
    ],
  },
  "one database in two spellings": both(
    "ISOLATION_DATA",
    "database",
    "ORDERS_URL: { type: url }",
    "postgres://a@DB.example./orders",
    "postgresql://b@db.example:5432/orders?sslmode=require",
  ),
  "one database as a URL and in parts": {
    plant: () => {
      declare("DB_HOST: { type: host }\n  DB_NAME: {}\n  ORDERS_URL: { type: url }");
      append(env("development"), "\nORDERS_URL=postgres://a@db.example/orders\n");
      append(env("staging"), "\nDB_NAME=orders\nDB_HOST=db.example\n");
    },
    expected: () => [
      `ISOLATION_DATA database development ORDERS_URL ${last("development")} | staging DB_HOST ${last("staging")}`,
    ],
  },
  "one folder for data behind a symbolic link, and all in it": {
    plant: () => {
      mkdirSync(join(scene.root, "var/staging/data"), { recursive: true });
      mkdirSync(join(scene.root, "var/development"), { recursive: true });
      symlinkSync("../staging/data", join(scene.root, "var/development/data"));
    },
    expected: () => [
      `ISOLATION_DATA folder development folders.data ${lineOf("ringfence.yaml", /data:/, 0)} | staging folders.data ${lineOf("ringfence.yaml", /data:/, 1)}`,
    ],
  },
  "one Redis database": both(
    "ISOLATION_DATA",
    "cache",
    "CACHE_URL: { type: url }",
    "redis://cache.example",
    "rediss://cache.example:6379/0",
  ),
  "one bucket in two spellings": both(
    "ISOLATION_DATA",
    "bucket",
    "UPLOADS: { type: url }",
    "s3://task-uploads",
    "https://task-uploads.s3.eu-central-1.amazonaws.com/",
  ),
  "one queue by URL and ARN": both(
    "ISOLATION_DATA",
    "queue",
    "JOBS_QUEUE: {}",
    "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
    "arn:aws:sqs:eu-west-1:123456789012:jobs",
  ),
  "one virtual host of a broker": both(
    "ISOLATION_DATA",
    "queue",
    "AMQP_URL: { type: url }",
    "amqp://a@mq.example",
    "amqp://b@mq.example:5672/%2F",
  ),
  "one base": both("ISOLATION_DATA", "base", "AIRTABLE_BASE_ID: {}", "app67yWFv0hKdl6jM"),
  "one path of webhooks": both(
    "ISOLATION_ENDPOINT",
    "webhook",
    "WEBHOOK_PATH: { type: path }",
    "/webhooks/hcp",
  ),
  "one folder inside another's": both(
    "ISOLATION_DATA",
    "folder",
    "CSV_DIRECTORY: { type: path }",
    "./CSV_process",
    "CSV_process/../CSV_process/staging",
  ),
  "one log file": both("ISOLATION_DATA", "file", "LOG_FILE: { type: path }", "/var/log/tasks.log"),
  "a log file that lies in a folder of one of them": {
    plant: () =>
      settings("LOG_FILE: { type: path }", {
        development: "var/staging/logs/api.log",
        staging: "var/staging/logs/api.log",
      }),
    expected: () => [
      `ISOLATION_DATA file development LOG_FILE ${last("development")} | staging LOG_FILE ${last("staging")}`,
    ],
  },
  "a log file in another's folder": {
    plant: () => settings("LOG_FILE: { type: path }", { staging: "var/production/logs/api.log" }),
    expected: () => [
      `ISOLATION_DATA file staging LOG_FILE ${last("staging")} | production folders.logs ${lineOf("ringfence.yaml", /logs:/, 2)}`,
    ],
  },
  "networks that overlap": resource(
    "ISOLATION_NETWORK",
    "network",
    "networks",
    "10.30.0.0/16",
    "10.10.128.0/20",
    /(?<=networks: \[)10/,
  ),
  "slots that meet": resource(
    "ISOLATION_SCHEDULE",
    "cron",
    "cron.reminders",
    '"35 2 * * *"',
    '"5,50 2 * * mon"',
    /reminders/,
  ),
  "one service account": resource(
    "ISOLATION_ACCOUNT",
    "service account",
    "serviceAccounts",
    "serviceAccounts: [taskmanager-production]",
    "serviceAccounts: [taskmanager-development]",
    /(?<=serviceAccounts: \[)task/,
  ),
  "one declared queue": resource(
    "ISOLATION_DATA",
    "queue",
    "queues",
    "queues: [taskmanager-production]",
    "queues: [taskmanager-development]",
    /(?<=queues: \[)task/,
  ),
  "one security group": both("ISOLATION_NETWORK", "firewall", "SECURITY_GROUP: {}", "sg-0a1b2c3d4e5f60718"),
  "a setting that leads to another's host": {
    plant: () => {
      manifest(
        "      networks: [10.30.0.0/16]\n",
        '      networks: [10.30.0.0/16]\n      hosts: ["*.internal.example"]\n',
      );
      settings("BILLING_URL: { type: url }", { staging: "https://billing.internal.example/v1" });
    },
    expected: () => [
      `ISOLATION_ENDPOINT host staging BILLING_URL ${last("staging")} | production hosts ${lineOf("ringfence.yaml", /(?<=hosts: \[)"\*\.internal/)}`,
    ],
  },
  "one port on hosts that may be one": {
    plant: () => {
      manifest('hosts: ["dev-*"]', 'hosts: ["*-1"]');
      settings("METRICS_PORT: { type: port }", { development: "9100", staging: "9100" });
    },
    expected: () => [
      `ISOLATION_ENDPOINT port development METRICS_PORT ${last("development")} | staging METRICS_PORT ${last("staging")}`,
    ],
  },
  "a setting with the port of another's service": {
    plant: () => {
      manifest('hosts: ["dev-*"]', 'hosts: ["*-1"]');
      settings("METRICS_PORT: { type: port }", { development: "4201" });
    },
    expected: () => [
      `ISOLATION_ENDPOINT port development METRICS_PORT ${last("development")} | staging ports.api ${lineOf("ringfence.yaml", /staging:/)}`,
    ],
  },
  "a variable with another's prefix": {
    plant: () => {
      manifest('    hosts: ["prod-*"]', '    prefix: PROD_\n    hosts: ["prod-*"]');
      append(env("development"), "\nPROD_LOG_LEVEL=INFO\n");
    },
    expected: () => [
      `ISOLATION_PREFIX prefix development PROD_LOG_LEVEL ${last("development")} | production prefix ${lineOf("ringfence.yaml", /production:/)}`,
    ],
  },
};
