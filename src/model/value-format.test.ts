import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FORMAT_NAMES, type FormatName, formatMistake, VALUE_FORMATS } from "./value-format.ts";

// Put together here, so that no text of this file is one: scans of the repository find none.
const of = (prefix: string, length: number, signs = "a1B2c3D4") =>
  prefix + signs.repeat(length).slice(0, length);
const hex = (prefix: string, length: number) => of(prefix, length, "0a9f3c");
const jwt = (header: object, signature = "c2lnbmF0dXJl") =>
  `${[header, { sub: "1" }].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.${signature}`;
const pem = (label: string, body = "MC4CAQAwBQYD\nK2VwBCIEIJx=", end = label) =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${end}-----\n`;
const account = (changes: object) =>
  JSON.stringify({
    type: "service_account",
    project_id: "shop",
    client_email: "a@shop.test",
    private_key: pem("PRIVATE KEY"),
    ...changes,
  });
/** The example that GitHub's own description of the checksum is usually shown with. */
const GITHUB = `ghp_${"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"}${"0mLq17"}`;

const fitting: Readonly<Record<FormatName, readonly string[]>> = {
  "age-identity": [of("AGE-SECRET-KEY-1", 58, "QPZRY9X8GF2TVDW0")],
  "airtable-base-id": [of("app", 14)],
  "airtable-table-id": [of("tbl", 14)],
  "airtable-token": [hex(`${of("pat", 14)}.`, 64)],
  "amqp-url": ["amqps://u:p@mq.shop.test:5671/vhost", "amqp://mq.shop.test"],
  "anthropic-key": [of("sk-ant-api03-", 40)],
  "aws-access-key-id": [of("AKIA", 16, "A2B3C4D5"), of("ASIA", 16, "A2B3C4D5")],
  "aws-secret-access-key": [of("", 40, "a/B+3c")],
  certificate: [pem("CERTIFICATE")],
  "github-token": [GITHUB, `${of("github_pat_", 22)}_${of("", 59)}`],
  "gitlab-token": [of("glpat-", 20), of("gldt-", 20)],
  "google-api-key": [of("AIza", 35)],
  "google-client-id": ["1234567890-abc123def.apps.googleusercontent.com"],
  "google-service-account": [account({})],
  jwt: [jwt({ alg: "HS256" })],
  "mongodb-url": ["mongodb+srv://u:p@cluster.shop.test/db", "mongodb://u:p@a:27017,b:27018/db?replicaSet=x"],
  "mysql-url": ["mysql://u:p%40x@db:3306/shop"],
  "npm-token": [of("npm_", 36)],
  "openai-key": [of("sk-proj-", 40)],
  "postgres-url": [
    "postgres://u:p@db.shop.test:5432/shop",
    "postgresql://u@[::1]:5432/shop",
    "postgres://a:1,b:2/x",
  ],
  "private-key": [pem("PRIVATE KEY"), pem("RSA PRIVATE KEY"), pem("OPENSSH PRIVATE KEY")],
  "redis-url": ["rediss://:p@cache:6379/0", "redis://cache"],
  "sendgrid-key": [`${of("SG.", 22)}.${of("", 43)}`],
  "slack-app-token": [of("xapp-1-", 24)],
  "slack-bot-token": [of("xoxb-1234-", 24)],
  "slack-user-token": [of("xoxp-1234-", 24)],
  "slack-webhook": [`https://hooks.slack.com/${"services"}/T0/B0/x`],
  "stripe-publishable-key": [of("pk_live_", 24)],
  "stripe-secret-key": [of("sk_live_", 24), of("rk_test_", 24)],
  "stripe-webhook-secret": [of("whsec_", 32)],
  "twilio-account-sid": [hex("AC", 32)],
  "twilio-api-key": [hex("SK", 32)],
};

describe.each(FORMAT_NAMES)("%s", (name) => {
  test.each(fitting[name])("%s", (text) => expect(formatMistake(name, text)).toBeUndefined());

  test("nothing else fits: no other format's value, no part, nothing around it", () => {
    for (const text of fitting[name]) {
      for (const other of ["", " ", "x", `${text} `, ` ${text}`, `x${text}`]) {
        if (name === "private-key" || name === "certificate" || name === "google-service-account") continue;
        if (other.trim() === text && name.endsWith("-url")) continue;
        expect([other, formatMistake(name, other)]).not.toEqual([other, undefined]);
      }
    }
    const others = FORMAT_NAMES.filter((other) => other !== name).flatMap((other) => fitting[other]);
    for (const text of others) expect([text, formatMistake(name, text)]).not.toEqual([text, undefined]);
  });

  test("has the description that it follows, and stands on the page", () => {
    expect(VALUE_FORMATS[name].source).toMatch(/^https:\/\//);
    const page = readFileSync(new URL("../../docs/settings.md", import.meta.url), "utf8");
    expect(page).toContain(`\`${name}\``);
  });
});

test.each<readonly [FormatName, string]>([
  ["github-token", GITHUB.replace("zQW", "zWQ")],
  ["github-token", GITHUB.slice(0, -1)],
  ["jwt", jwt({ alg: "none" })],
  ["jwt", jwt({ alg: "None" }, "")],
  ["jwt", jwt({ alg: "HS256" }, "")],
  ["jwt", jwt({ typ: "JWT" })],
  ["jwt", "eyJh.eyJh"],
  ["private-key", pem("PRIVATE KEY").slice(0, -20)],
  ["private-key", pem("PRIVATE KEY", "MC4CA")],
  ["private-key", pem("PRIVATE KEY", "")],
  ["private-key", pem("PRIVATE KEY", "MC4CAQAw", "RSA PRIVATE KEY")],
  ["private-key", pem("PUBLIC KEY")],
  ["google-service-account", account({ private_key: undefined })],
  ["google-service-account", account({ private_key: "none" })],
  ["google-service-account", account({ type: "authorized_user" })],
  ["postgres-url", "postgres://u:@db/shop"],
  ["postgres-url", "postgres:///shop"],
  ["postgres-url", "postgres://u:p@db:99999/shop"],
  ["postgres-url", "postgres://u:p@db:x/shop"],
  ["redis-url", "http://cache:6379"],
])("%s does not take %s", (name, text) => {
  const mistake = formatMistake(name, text);
  expect(mistake).toBeDefined();
  expect(mistake).not.toContain(text);
});
