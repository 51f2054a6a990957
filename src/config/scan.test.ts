import { describe, expect, test } from "vitest";
import { encodingsOf } from "../base/redact.ts";
import { createCodeScanner, scanNeedles } from "./index.ts";
import { resolved } from "./test-scene.ts";

const SETTINGS = `DATABASE_HOST: {}
API_URL: { type: url }
PORT: { type: port }
BUCKET: {}
BASE_ID: {}
TIMEOUT: { type: duration }
LEVEL: { type: enum, values: [DEBUGGING, TALKATIVE] }
PLAN: {}
SAME: {}
KEY: { secret: true }
PIN: { secret: true }
PHRASE: { secret: true }
URL: { secret: true, type: url }`;

const FILES = {
  ".env": "SAME=db.same.test",
  "env/staging.env":
    "DATABASE_HOST=db.staging.test\nAPI_URL=https://api.staging.test/v1\nPORT=4201\nBUCKET=shop-staging\nBASE_ID=appStag1ngBase123\nTIMEOUT=90000ms\nLEVEL=TALKATIVE\nPLAN=standard",
  "env/production.env":
    "DATABASE_HOST=db.production.test\nAPI_URL=https://api.production.test/v1\nPORT=4301\nBUCKET=shop-production\nBASE_ID=appPr0ductionBase\nTIMEOUT=15m\nLEVEL=DEBUGGING\nPLAN=premium",
  "env/development.env": "DATABASE_HOST=localhost\nAPI_URL=http://localhost:4101/v1\nPORT=4101",
};
const SECRET = "key/0123456789?abcdef";
const secrets = { KEY: SECRET, PIN: "1234", PHRASE: "postgresql", URL: "postgres://u:p4ssw0rd@db.test/x" };

const resolutions = ["development", "staging", "production"].map((environment) =>
  resolved({
    settings: SETTINGS,
    files: FILES,
    environment,
    secrets: environment === "production" ? secrets : {},
  }),
);
const scanner = createCodeScanner(scanNeedles(resolutions), [
  "development",
  "staging",
  "production",
  "dis-rec",
]);

function scanned(text: string, isProse = false) {
  const { drafts, allowed } = scanner.scan({ file: "a.ts", bytes: Buffer.from(text), isProse });
  const codes = drafts.map(
    ({ code, setting, place }) => `${code} ${setting ?? "-"} ${place.line}:${place.column}`,
  );
  return { codes, allowed: allowed.map(({ reason }) => reason), drafts };
}

describe("found", () => {
  test.each([
    ['connect("db.production.test")', "SCAN_VALUE DATABASE_HOST 1:10"],
    ["\n  host: 'db.staging.test',", "SCAN_VALUE DATABASE_HOST 2:10"],
    ["\u{1f512} = 'db.staging.test'", "SCAN_VALUE DATABASE_HOST 1:7"],
    ['"https://api.production.test/v2"', "SCAN_VALUE API_URL 1:10"],
    ["app.listen(4301)", "SCAN_VALUE PORT 1:12"],
    ["const ports = [4301]", "SCAN_VALUE PORT 1:16"],
    ["{ serverPort: 4301 }", "SCAN_VALUE PORT 1:15"],
    ["WEB_PORT=4301", "SCAN_VALUE PORT 1:10"],
    ["curl db.production.test/health", "SCAN_VALUE DATABASE_HOST 1:6"],
    ["bucket: 'shop-production'", "SCAN_VALUE BUCKET 1:10"],
    ["http://x.test:4201/", "SCAN_VALUE PORT 1:15"],
    ["s3://shop-production/a.png", "SCAN_VALUE BUCKET 1:6"],
    ["base('appStag1ngBase123')", "SCAN_VALUE BASE_ID 1:7"],
    [`const key = "${SECRET}";`, "SCAN_SECRET KEY 1:14"],
    ['if (env === "production") {', "SCAN_ENVIRONMENT - 1:14"],
    ["if 'staging' == ENVIRONMENT:", "SCAN_ENVIRONMENT - 1:5"],
    ["x != 'dis-rec'", "SCAN_ENVIRONMENT - 1:7"],
    [secrets.URL, "SCAN_SECRET URL 1:1"],
  ])("in %j", (text, code) => {
    expect(scanned(text).codes).toEqual([code]);
  });

  test("a secret in any encoding, once a line", () => {
    for (const form of encodingsOf(SECRET)) {
      const text = `a\nx = "${form}" + "${form}"\n`;
      expect({ form, code: scanned(text).codes[0] }).toMatchObject({
        code: expect.stringContaining("SCAN_SECRET KEY 2:"),
      });
      expect(scanned(text).codes).toHaveLength(1);
      expect(JSON.stringify(scanned(text).drafts)).not.toContain(form);
    }
  });

  test("a secret also in a page for people, where nothing else is wrong", () => {
    const text = `db.production.test x === "production"\n${SECRET}`;
    expect(scanned(text, true).codes).toEqual(["SCAN_SECRET KEY 2:1"]);
  });
});

test.each([
  [
    "part of another host",
    '"replica.db.production.test" "db.production.test.evil.test" "mydb.production.test"',
  ],
  ["localhost, with its port", "http://localhost/ localhost"],
  ["a port's number where no port is meant", "setTimeout(done, 4301)"],
  [
    "a port's number beside export, import, support and report",
    "export const MAX = 4301; importAll(4301); support(4301) // reported 4301",
  ],
  [
    "part of a longer path",
    'read("assets/shop-production/logo.png") open("shop-production/a.png") cd /srv/shop-production',
  ],
  ["part of another number", "port = 143010 + 1.4301"],
  ["ordinary words, levels and times", "premium standard TALKATIVE 90000ms 15m"],
  ["a value that is the same everywhere", "db.same.test"],
  ["a secret too short, or an ordinary word", "1234 postgresql"],
  ["a name that is not compared", 'const name = "production"; log("staging")'],
  ["nothing", ""],
])("not found: %s", (_what, text) => {
  expect(scanned(text).codes).toEqual([]);
});

describe("a comment with a reason", () => {
  test.each([
    ['connect("db.production.test") // ringfence-allow: read only replica', "read only replica"],
    ["h = 'db.production.test' /* ringfence-allow: a default */", "a default"],
    ["<a href='https://api.production.test'> <!-- ringfence-allow: link -->", "link"],
    [`${SECRET} # ringfence-allow: revoked in May`, "revoked in May"],
  ])("lets %j through", (text, reason) => {
    expect(scanned(text)).toMatchObject({ codes: [], allowed: [reason] });
  });

  test("lets nothing through without a reason, or on another line", () => {
    expect(scanned("db.production.test // ringfence-allow:\n").codes).toHaveLength(1);
    expect(scanned("// ringfence-allow: yes\ndb.production.test").codes).toHaveLength(1);
  });
});

test("a value of several settings and environments names them", () => {
  const file = {
    "env/staging.env": "A=one.x.test\nB=one.x.test",
    "env/production.env": "A=two.x.test\nB=two.x.test",
  };
  const both = ["staging", "production"].map((environment) =>
    resolved({ settings: "A: {}\nB: {}", files: file, environment }),
  );
  const found = createCodeScanner(scanNeedles(both), []).scan({
    file: "a.ts",
    bytes: Buffer.from("one.x.test"),
    isProse: false,
  });
  expect(found.drafts).toHaveLength(1);
  expect(found.drafts[0]!.why).toContain("A of staging, B of staging");
});
