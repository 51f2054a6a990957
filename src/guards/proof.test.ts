import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DeclaredResource } from "../model/resource.ts";
import type { EnvironmentFacts } from "./claim.ts";
import { patternsMeet, runApart } from "./collision.ts";
import { facts, LONG, place, proof, shared, type Texts } from "./proof-scene.ts";

const JSON_KEY = JSON.stringify({
  type: "service_account",
  token_uri: "https://oauth2.googleapis.com/token",
  private_key: LONG,
});
const PEM = String(generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }));

describe("shared", () => {
  test.each<[string, Texts, Texts, string[]]>([
    ["a token by its name", { API_TOKEN: LONG }, { API_TOKEN: LONG }, ["credential API_TOKEN|API_TOKEN"]],
    [
      "a secret by its declaration",
      { "secret ANY": LONG },
      { "secret OTHER": LONG },
      ["credential ANY|OTHER"],
    ],
    ["a secret on one side only", { "secret ANY": LONG }, { API_KEY: LONG }, ["credential ANY|API_KEY"]],
    [
      "a provider's key under any name",
      { A: "AKIA0123456789ABCDEF" },
      { B: "AKIA0123456789ABCDEF" },
      ["credential A|B"],
    ],
    ["a member of JSON", { "secret A": JSON_KEY }, { "secret B": LONG }, ["credential A|B"]],
    ["a member of JSON in base64", { "secret A": btoa(JSON_KEY) }, { "secret B": LONG }, ["credential A|B"]],
    [
      "a key with escaped lines",
      { "secret A": PEM },
      { "secret B": PEM.replaceAll("\n", "\\n") },
      ["credential A|B"],
    ],
    [
      "a password in an address",
      { A: `https://u:${LONG}@a.example/` },
      { "secret B": LONG },
      ["credential A|B"],
    ],
    [
      "a password in pairs",
      { A: `Server=a;Database=a;Password=${LONG};` },
      { B: `Server=b;Database=b;Pwd=${LONG};` },
      ["credential A|B"],
    ],
    [
      "a signature in a query",
      { A: `https://a.example/?sig=${LONG}` },
      { B: `https://b.example/?sig=${LONG}` },
      ["credential A|B"],
    ],
    [
      "an entry of a secret store",
      { "secret A": "aws-sm://shop/db" },
      { "secret B": "aws-sm://shop/db" },
      ["secret reference A|B"],
    ],
    [
      "user and database at once",
      { U: `postgres://app:${LONG}@db.x/a` },
      { U: `postgres://app:${LONG}@db.x/a` },
      ["credential+database+account U|U"],
    ],
    [
      "one user with two databases",
      { U: "postgres://app@db.x/a" },
      { U: "postgres://app@db.x/b" },
      ["account U|U"],
    ],
    [
      "loopback in three spellings",
      { U: "mysql://127.0.0.1/a" },
      { U: "mysql2://[::1]:3306/a" },
      ["database U|U"],
    ],
    ["JDBC", { U: "jdbc:postgresql://db.x:5432/a" }, { U: "postgres+asyncpg://db.x/a" }, ["database U|U"]],
    [
      "hosts of a cluster in any order",
      { U: "mongodb://b.x,a.x/a" },
      { U: "mongodb://a.x:27017,b.x:27017/a" },
      ["database U|U"],
    ],
    [
      "pairs with a port",
      { U: "Server=tcp:db.x,1433;Database=a;" },
      { U: "sqlserver://db.x/a" },
      ["database U|U"],
    ],
    [
      "Redis in parts",
      { REDIS_HOST: "r.x", REDIS_DB: "2" },
      { U: "redis://r.x:6379/2" },
      ["cache REDIS_HOST|U"],
    ],
    ["an SQLite file", { U: "sqlite:///./a.db" }, { U: "file:a.db?mode=rw" }, ["file U|U"]],
    ["an absolute SQLite file", { U: "sqlite:////srv/a.db" }, { U: "sqlite:/srv/a.db" }, ["file U|U"]],
    ["a bucket by name and URL", { S3_BUCKET: "Up-loads" }, { U: "s3://up-loads" }, ["bucket S3_BUCKET|U"]],
    [
      "a bucket by path style",
      { U: "gs://u-1" },
      { U: "https://storage.googleapis.com/u-1/" },
      ["bucket U|U"],
    ],
    ["a bucket and a folder in it", { U: "s3://u-1" }, { U: "s3://u-1/staging" }, ["bucket U|U"]],
    ["a queue by name", { JOBS_QUEUE: "jobs" }, { JOBS_QUEUE: "jobs" }, ["queue JOBS_QUEUE|JOBS_QUEUE"]],
    [
      "a base inside a URL",
      { A: "https://api.airtable.com/v0/app67yWFv0hKdl6jM/T" },
      { B: "app67yWFv0hKdl6jM" },
      ["base A|B"],
    ],
    [
      "a webhook",
      { SLACK_WEBHOOK_URL: "https://hooks.x/a/b" },
      { ALERT_WEBHOOK_URL: "https://hooks.x/a/b/" },
      ["webhook SLACK_WEBHOOK_URL|ALERT_WEBHOOK_URL"],
    ],
    ["a port", { PORT: "3000" }, { HTTP_PORT: "3000" }, ["port PORT|HTTP_PORT"]],
    ["networks, v6", { "cidr VPC": "fd00::/8" }, { "cidr VPC": "fd12:3456::/32" }, ["network VPC|VPC"]],
    [
      "slots",
      { REPORT_CRON: "*/10 * * * *" },
      { CLEANUP_SCHEDULE: "30 4 * * *" },
      ["cron REPORT_CRON|CLEANUP_SCHEDULE"],
    ],
    [
      "a role",
      { A: "arn:aws:iam::123456789012:role/app" },
      { B: "arn:aws:iam::123456789012:role/app" },
      ["service account A|B"],
    ],
    [
      "a security group in a list",
      { A: "sg-12345678,sg-0a1b2c3d4e5f60718" },
      { B: '["sg-12345678"]' },
      ["firewall A|B"],
    ],
  ])("%s", (_name, a, b, expected) => {
    expect(shared(facts("a", a), facts("b", b))).toEqual(expected);
    const turned = expected.map((text) => {
      const [kinds, sides = ""] = [
        text.slice(0, text.lastIndexOf(" ")),
        text.slice(text.lastIndexOf(" ") + 1),
      ];
      return `${kinds} ${sides.split("|").toReversed().join("|")}`;
    });
    expect(shared(facts("b", b), facts("a", a))).toEqual(turned);
  });
});

describe("not shared, though it is equal or alike", () => {
  test.each<[string, Texts, Texts]>([
    ["a switch", { "secret A": "true" }, { "secret A": "true" }],
    ["a short secret", { "secret PIN": "1234" }, { "secret PIN": "1234" }],
    ["a password of tutorials", { DB_PASSWORD: "supersecret" }, { DB_PASSWORD: "supersecret" }],
    ["what is to be filled in", { API_KEY: "<from-secrets-manager>" }, { API_KEY: "<from-secrets-manager>" }],
    ["a file with a secret", { API_TOKEN: "/run/secrets/token" }, { API_TOKEN: "/run/secrets/token" }],
    ["an algorithm", { JWT_ALGORITHM: "RS256-and-more" }, { JWT_ALGORITHM: "RS256-and-more" }],
    [
      "everybody's service",
      { STRIPE_API_URL: "https://api.stripe.com/v1" },
      { STRIPE_API_URL: "https://api.stripe.com/v1" },
    ],
    [
      "a mail server",
      { SMTP_HOST: "smtp.sendgrid.net", SMTP_PORT: "587" },
      { SMTP_HOST: "smtp.sendgrid.net", SMTP_PORT: "587" },
    ],
    ["a server with two databases and users", { U: "postgres://a@db.x/a" }, { U: "postgres://b@db.x/b" }],
    ["two databases of one Redis", { U: "redis://r.x/0" }, { U: "redis://r.x/1" }],
    ["two virtual hosts", { U: "amqp://a@mq.x/a" }, { U: "amqp://b@mq.x/b" }],
    ["two folders of one bucket", { U: "s3://u-1/a" }, { U: "s3://u-1/b" }],
    ["one name with two providers", { U: "s3://u-1" }, { U: "gs://u-1" }],
    [
      "a queue's name on two brokers",
      { JOBS_QUEUE: "jobs", AMQP_URL: "amqp://mq-a.x" },
      { JOBS_QUEUE: "jobs", AMQP_URL: "amqp://mq-b.x" },
    ],
    ["folders whose names begin alike", { DATA_DIR: "/srv/app" }, { DATA_DIR: "/srv/app-2" }],
    ["a folder that nobody writes", { TEMPLATE_DIR: "./templates" }, { TEMPLATE_DIR: "./templates" }],
    ["standard output", { LOG_FILE: "/dev/stdout" }, { LOG_FILE: "/dev/stdout" }],
    ["an allow list", { "cidr ALLOWED_CIDR": "10.0.0.0/8" }, { "cidr ALLOWED_CIDR": "10.0.0.0/8" }],
    ["neighbouring networks", { VPC_CIDR: "10.0.0.0/17" }, { VPC_CIDR: "10.0.128.0/17" }],
    ["v4 and v6", { VPC_CIDR: "0.0.0.0/1" }, { VPC_CIDR: "::/1" }],
    ["the port of another's database", { DB_PORT: "5432" }, { DB_PORT: "5432" }],
    ["a database in memory", { U: "sqlite:///:memory:" }, { U: "sqlite:///:memory:" }],
    [
      "plain texts",
      { NAME: "Shop", LEVEL: "INFO", TIMEOUT: "30s" },
      { NAME: "Shop", LEVEL: "INFO", TIMEOUT: "30s" },
    ],
    [
      "URIs inside of JSON secrets",
      { "secret A": JSON_KEY },
      { "secret A": JSON_KEY.replace(LONG, `${LONG}-2`) },
    ],
  ])("%s", (_name, a, b) => {
    expect(shared(facts("a", a), facts("b", b))).toEqual([]);
  });
});

describe("declared as one's own", () => {
  const resource = (kind: DeclaredResource["kind"], text: string): Partial<EnvironmentFacts> => ({
    resources: [{ kind, name: kind === "cron" ? "cron.job" : kind, text, place: place("ringfence.yaml", 9) }],
  });

  test.each<[string, Partial<EnvironmentFacts>, Texts, string[]]>([
    ["a host", resource("hosts", "*.prod.x"), { U: "https://api.prod.x/v1" }, ["host hosts|U"]],
    [
      "a database's name",
      resource("databases", "shop"),
      { U: "postgres://db.x/shop" },
      ["database databases|U"],
    ],
    ["a bucket", resource("buckets", "shop-1"), { U: "gs://shop-1/x" }, ["bucket buckets|U"]],
    ["a log file", resource("logs", "logs/a.log"), { LOG_FILE: "logs/a.log" }, ["file logs|LOG_FILE"]],
    [
      "a network",
      resource("networks", "10.1.0.0/16"),
      { VPC_CIDR: "10.0.0.0/8" },
      ["network networks|VPC_CIDR"],
    ],
    [
      "a webhook",
      resource("webhooks", "/hooks/a"),
      { WEBHOOK_PATH: "/hooks/a" },
      ["webhook webhooks|WEBHOOK_PATH"],
    ],
    ["a rule", resource("firewall", "sg-12345678"), { G: "sg-12345678" }, ["firewall firewall|G"]],
    [
      "an account",
      resource("serviceAccounts", "app"),
      { RUN_AS: "app" },
      ["service account serviceAccounts|RUN_AS"],
    ],
    ["a slot", resource("cron", "@daily"), { JOB_CRON: "0 0 * * 1" }, ["cron cron.job|JOB_CRON"]],
    [
      "a port",
      { services: [{ name: "api", port: 80, place: place("ringfence.yaml") }] },
      { PORT: "80" },
      ["port ports.api|PORT"],
    ],
    ["another host", resource("hosts", "*.prod.x"), { U: "https://api.test.x/v1" }, []],
  ])("%s", (_name, more, texts, expected) => {
    expect(shared(facts("a", {}, more), facts("b", texts))).toEqual(expected);
  });

  test("a recipient, but not a person who may open both", () => {
    const recipient = (isPerson: boolean) => ({
      recipients: [{ recipient: "age1", place: place("m"), isPerson }],
    });
    expect(shared(facts("a", {}, recipient(false)), facts("b", {}, recipient(false)))).toEqual([
      "recipient recipients|recipients",
    ]);
    expect(shared(facts("a", {}, recipient(true)), facts("b", {}, recipient(true)))).toEqual([]);
  });
});

describe("what belongs to one machine", () => {
  const local: Texts = { PORT: "3000", U: "redis://localhost/0", DB_HOST: "db" };
  const on = (name: string, hosts: string[]) => facts(name, local, { hosts });

  test.each<[string[], string[], number]>([
    [["dev-*"], ["prod-*"], 0],
    [["dev-*", "*-1"], ["prod-*"], 3],
    [[], ["prod-*"], 3],
  ])("on %j and %j", (a, b, count) => {
    expect(shared(on("a", a), on("b", b))).toHaveLength(count);
  });

  test("is told where the hosts differ", () => {
    expect(proof([on("a", ["a-*"]), on("b", ["b-*"])]).pairs[0]!.notes).toHaveLength(3);
  });

  test.each([
    ["a", "a", true],
    ["a*", "*b", true],
    ["a*", "b*", false],
    ["*-1", "box-*", true],
    ["a*c", "ab", false],
    ["*", "", true],
    ["a*b*c", "*x*", true],
  ])("patterns %s and %s meet: %s", (a, b, meet) => {
    expect(patternsMeet(a, b)).toBe(meet);
    expect(patternsMeet(b, a)).toBe(meet);
  });

  test("hosts that nobody tells are not known to differ", () => {
    expect(runApart([], ["a"])).toBe(false);
    expect(runApart(["A-*"], ["a-1"])).toBe(false);
  });
});
