import { expect, test } from "vitest";
import { withoutAccess, withoutKeys } from "./key-variables.ts";

test.each([
  ["RINGFENCE_HOME", false],
  ["RINGFENCE_IDENTITY", false],
  ["RINGFENCE_IDENTITY_PRODUCTION", false],
  ["RINGFENCE_IDENTITIES", false],
  ["RINGFENCE_PASSPHRASE", false],
  ["SOPS_AGE_KEY", false],
  ["SOPS_AGE_KEY_FILE", false],
  ["SOPS_AGE_KEY_CMD", false],
  ["SOPS_AGE_SSH_PRIVATE_KEY_FILE", false],
  ["SOPS_AGE_SSH_PRIVATE_KEY_CMD", false],
  ["SOPS_KMS_ARN", false],
  ["SOPS_PGP_FP", false],
  ["VAULT_TOKEN", false],
  // What is no key, and what a program may need for itself.
  ["RINGFENCE_ENVIRONMENT", true],
  ["RINGFENCE_DATA", true],
  ["SOPS_EDITOR", true],
  ["VAULT_ADDR", true],
  ["MY_VAULT_TOKEN", true],
  ["AWS_PROFILE", true],
  ["AWS_SECRET_ACCESS_KEY", true],
  ["GOOGLE_APPLICATION_CREDENTIALS", true],
  ["SSH_AUTH_SOCK", true],
  ["HOME", true],
  ["XDG_CONFIG_HOME", true],
])("%s is passed on: %s", (name, kept) => {
  expect(Object.keys(withoutAccess({ [name]: "value" }))).toEqual(kept ? [name] : []);
});

test("what asks a store has the token for it", () => {
  expect(withoutKeys({ VAULT_TOKEN: "t", SOPS_AGE_KEY: "k" })).toEqual({ VAULT_TOKEN: "t" });
});

test("a variable without a value is none", () => {
  expect(withoutKeys({ A: undefined, B: "" })).toEqual({ B: "" });
});
