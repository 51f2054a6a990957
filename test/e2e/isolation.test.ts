/** The proof of isolation over a copy of the example: nothing is found in it as it stands, and each planted contamination is. */

import { generateKeyPairSync } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { IsolationView } from "../../src/contract/isolation.ts";
import { openSeed, type SeedScene } from "../seeds/seed-scene.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/taskmanager/", import.meta.url));
const ENVIRONMENTS = ["development", "staging", "production"] as const;

let scene: SeedScene;
let kept: string;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { encoding: "utf8", recursive: true }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
}

/** The whole scene, with the home folder beside the project. */
const around = () => dirname(scene.root);

beforeAll(async () => {
  const paths = filesBelow(EXAMPLE).filter((path) => /^(config|ringfence\.yaml)/.test(path));
  scene = openSeed(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(EXAMPLE, path), "utf8")])),
  );
  await scene.must("me init --name ada");
  for (const environment of ENVIRONMENTS) {
    await scene.must(`identity create -e ${environment}`);
    const secrets = {
      JWT_SECRET_KEY: `planted-signing-key-of-${environment}-0123456789`,
      SMTP_USERNAME: `mailer-${environment}`,
      SMTP_PASSWORD: `planted-password-of-${environment}`,
      SENTRY_DSN: `https://planted${environment}@sentry.example/1`,
    };
    for (const [name, input] of Object.entries(secrets)) {
      await scene.must(`secret set ${name} -e ${environment}`, { input });
    }
  }
  kept = mkdtempSync(join(tmpdir(), "ringfence-kept-"));
  cpSync(around(), kept, { recursive: true });
}, 60_000);

beforeEach(() => {
  rmSync(around(), { recursive: true });
  cpSync(kept, around(), { recursive: true });
});

afterAll(() => {
  scene.remove();
  rmSync(kept, { recursive: true });
});

async function prove(words = ""): Promise<{ view: IsolationView; exit: number }> {
  const { answer, exit, error } = await scene.command(`isolation ${words}`.trim());
  if (error) throw error;
  expect(JSON.stringify(answer)).not.toContain("planted");
  return { view: answer as IsolationView, exit };
}

/** `CODE kind SUBJECT where | SUBJECT where`, of all pairs. */
function found({ pairs }: IsolationView): string[] {
  return pairs
    .flatMap(({ contaminations }) => contaminations)
    .map(({ code, kinds, places }) => {
      const sides = places.map(({ environment, subject, where }) => `${environment} ${subject} ${where}`);
      return [code, kinds[0], sides.join(" | ")].join(" ");
    });
}

const env = (environment: string) => `config/environments/${environment}/.env`;

function append(path: string, text: string): void {
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
function settings(declaration: string, texts: Readonly<Record<string, string>>): void {
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

const PLANTED: Readonly<Record<string, Planted>> = {
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

describe("the example", () => {
  test("as it stands shares nothing, and says what was compared", async () => {
    const { view, exit } = await prove();
    expect({ exit, verdict: view.verdict, found: found(view) }).toEqual({
      exit: 0,
      verdict: "isolated",
      found: [],
    });
    expect(view.pairs.map(({ between }) => between.join(" "))).toEqual([
      "development staging",
      "development production",
      "staging production",
    ]);
    for (const { parts } of view.compared) {
      expect(parts).toMatchObject({
        credential: 4,
        file: 1,
        folder: 2,
        network: 1,
        cron: 1,
        port: 2,
        recipient: 1,
      });
    }
  });

  test("with one identity missing its pairs are unknown, the others are not", async () => {
    rmSync(join(around(), "home/identities/taskmanager/production.txt"));
    const { view, exit } = await prove();
    expect(exit).toBe(3);
    expect(
      Object.fromEntries(view.pairs.map(({ between, verdict }) => [between.join(" "), verdict])),
    ).toEqual({
      "development staging": "isolated",
      "development production": "unknown",
      "staging production": "unknown",
    });
  });

  test("with a secrets file that is refused it is unknown", async () => {
    scene.write("secrets/staging.yaml", scene.read("secrets/development.yaml"));
    const { view, exit } = await prove("-e staging");
    expect({ exit, verdicts: view.pairs.map(({ verdict }) => verdict) }).toEqual({
      exit: 3,
      verdicts: ["unknown", "unknown"],
    });
  });

  test("a setting without the value that it needs makes it unknown", async () => {
    scene.write(env("staging"), scene.read(env("staging")).replace("SMTP_HOST=smtp.sendgrid.net\n", ""));
    expect((await prove("-e staging")).view.pairs.map(({ verdict }) => verdict)).toEqual([
      "unknown",
      "unknown",
    ]);
  });
});

describe("planted in a copy of the example, and found with both places", () => {
  test.each(Object.keys(PLANTED))("%s", async (name) => {
    const { plant, expected } = PLANTED[name]!;
    await plant();
    const { view, exit } = await prove();
    expect({ found: found(view), exit }).toEqual({ found: expected(), exit: 3 });
  });
});

describe("an exception", () => {
  const allow = (text: string) =>
    append("ringfence.yaml", `\nisolation:\n  allow:\n    - { between: [staging, development], ${text} }\n`);
  const plant = () =>
    settings("AIRTABLE_BASE_ID: {}", { development: "app67yWFv0hKdl6jM", staging: "app67yWFv0hKdl6jM" });

  test.each([
    ["excuses what it names", "setting: AIRTABLE_BASE_ID, reason: a test, until: 2099-12-31", 0, []],
    [
      "counts no more when it has ended",
      "setting: AIRTABLE_BASE_ID, reason: a test, until: 2020-01-31",
      3,
      ["ISOLATION_EXPIRED"],
    ],
    [
      "excuses nothing else",
      "setting: SMTP_HOST, reason: a test, until: 2099-12-31",
      3,
      ["ISOLATION_UNUSED"],
    ],
    ["can be about a resource", "resource: cron, reason: a test, until: 2099-12-31", 3, ["ISOLATION_UNUSED"]],
  ])("%s", async (_name, text, exit, codes) => {
    plant();
    allow(text);
    const proof = await prove();
    expect({ exit: proof.exit, codes: proof.view.exceptions.map(({ code }) => code) }).toEqual({
      exit,
      codes,
    });
  });

  test.each([
    ["without a reason", "setting: SMTP_HOST, until: 2099-12-31", "MANIFEST_MISSING"],
    ["without an end", "setting: SMTP_HOST, reason: a test", "MANIFEST_MISSING"],
    ["with an end that is no day", "setting: SMTP_HOST, reason: a test, until: soon", "MANIFEST_VALUE"],
  ])("%s is refused", async (_name, text, code) => {
    allow(text);
    const { error } = await scene.command("isolation").catch((thrown) => ({ error: thrown }));
    expect(JSON.stringify(error)).toContain(code);
  });
});
