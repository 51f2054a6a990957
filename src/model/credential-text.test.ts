import { describe, expect, test } from "vitest";
import { BESIDE_NAME, CREDENTIAL_NAME, isPlaceholder, isWellKnown, passwordIn } from "./credential-text.ts";

test.each([
  ["postgres", true],
  ["Password1", true],
  ["p@ssw0rd", true],
  ["changeit", true],
  ["minioadmin", true],
  ["12345678", true],
  [" admin ", true],
  ["null", true],
  ["admin-of-shop", false],
  ["", false],
  ["q8Zt3LmW0xRb7KpV5nYc", false],
])("%j is known to everybody: %s", (text, known) => expect(isWellKnown(text)).toBe(known));

test.each([
  ["<x>", true],
  ["[your token]", true],
  ["[]", false],
  ["[1]", false],
  ["change-me", true],
  ["changeme", true],
  ["changeme123", true],
  ["pleasechangemenow", true],
  ["dev-secret-key-change-me", true],
  ["change it", true],
  ["exchange-metrics", false],
  ["exchange-it", false],
  ["replace_with_yours", true],
  ["replace-metrics", false],
  ["xxx", true],
  ["*", true],
  ["****", true],
  ["...", true],
  [["TO", "DO"].join(""), true],
  ["your-api-key", true],
  ["put-it-here", true],
  ["enter-your-api-key", true],
  ["at-your-service", false],
  ["example-token", true],
  ["hunter22", false],
  ["", false],
])("%j is a placeholder: %s", (text, placeholder) => expect(isPlaceholder(text)).toBe(placeholder));

test.each([
  ["postgres://shop:hunter22@db.example.com/shop", "hunter22"],
  ["redis://:hunter22@cache", "hunter22"],
  ["Server=db;User Id=a;Password=hunter22;Encrypt=true", "hunter22"],
  ["https://example.com:8080/a", undefined],
  ["hunter22", undefined],
])("the password in %s is %s", (text, password) => expect(passwordIn(text)).toBe(password));

describe("names", () => {
  test.each([
    "DBPASSWORD",
    "KEY_PASSPHRASE",
    "AWS_ACCESS_KEY_ID",
    "SENTRY_DSN",
    "APP_CREDENTIALS",
    "api_token",
  ])("%s is a credential", (name) => {
    expect([CREDENTIAL_NAME.test(name), BESIDE_NAME.test(name)]).toEqual([true, false]);
  });

  test.each([
    ["DB_USER", true],
    ["JWT_ALGORITHM", true],
    ["DB_PORT", true],
    ["PATH", true],
    ["PASSPORT", false],
    ["REPORT", false],
    ["PASSWORD_HASH", false],
  ])("%s stands beside one: %s", (name, is) => {
    expect([CREDENTIAL_NAME.test(name), BESIDE_NAME.test(name)]).toEqual([false, is]);
  });
});
