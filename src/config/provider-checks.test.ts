import { expect, test } from "vitest";
import { resolved, type Scene } from "./test-scene.ts";

// Put together here, so that no text of this file is one: scans of the repository find none.
const of = (prefix: string, length: number) => prefix + "a1B2c3D4".repeat(length).slice(0, length);
/** Severities and codes of all findings. */
function said(scene: Scene): string[] {
  return resolved(scene).findings.map(({ severity, code }) => `${severity} ${code}`);
}

const LIVE = of("sk_live_", 24);
const TEST = of("sk_test_", 24);

const rows: readonly (readonly [
  environment: string,
  name: string,
  value: string,
  expected: readonly string[],
  declared?: string,
])[] = [
  ["production", "STRIPE_KEY", LIVE, []],
  ["production", "STRIPE_KEY", TEST, ["error SECURITY_KEY_MODE"]],
  ["production", "PAYMENTS", of("pk_test_", 24), ["error SECURITY_KEY_MODE"]],
  ["development", "STRIPE_KEY", TEST, []],
  ["development", "STRIPE_KEY", LIVE, ["error SECURITY_KEY_MODE"]],
  ["staging", "STRIPE_KEY", LIVE, ["error SECURITY_KEY_MODE"]],
  ["staging", "STRIPE_KEY", LIVE, [], "secret: true, allow: { SECURITY_KEY_MODE: real refunds }"],
  ["staging", "STRIPE_PREFIX", "sk_live_", []],
  ["staging", "NOTE", `keys such as ${LIVE} are for production`, []],
  ["staging", "STRIPE_KEY", TEST, [], "secret: true, format: stripe-secret-key"],
  [
    "staging",
    "STRIPE_KEY",
    of("pk_test_", 24),
    ["error SECURITY_FORMAT"],
    "secret: true, format: stripe-secret-key",
  ],
  [
    "staging",
    "STRIPE_KEY",
    "later-to-be-had",
    ["error SECURITY_FORMAT"],
    "secret: true, format: stripe-secret-key",
  ],
  [
    "staging",
    "STRIPE_KEY",
    "later-to-be-had",
    [],
    "secret: true, format: stripe-secret-key, allow: { SECURITY_FORMAT: a stub }",
  ],
  ["staging", "STRIPE_API_KEY", of("xoxb-1234-", 24), ["error SECURITY_FORMAT"]],
  ["staging", "STRIPE_API_KEY", of("whsec_", 32), []],
  ["staging", "SLACK_GITHUB_TOKEN", of("ghp_", 36), []],
  ["staging", "AWS_GITHUB_TOKEN", of("ghp_", 36), []],
  ["staging", "AWS_TOKEN", of("ghp_", 36), []],
  ["staging", "GITHUB_TOKEN", of("ghp_", 36), []],
  ["staging", "GITHUB_TOKEN", of("glpat-", 20), ["error SECURITY_FORMAT"]],
  ["staging", "OPENAI_KEY", of("sk-ant-api03-", 40), ["error SECURITY_FORMAT"]],
  ["staging", "ANTHROPIC_KEY", of("sk-", 40), []],
];

test.each(rows.map((row) => ({ row, title: row.slice(0, 3).join(", ") })))("$title", ({ row }) => {
  const [environment, name, value, expected, declared = "secret: true"] = row;
  const scene = { environment, settings: `${name}: { ${declared} }`, secrets: { [name]: value } };
  expect(said(scene)).toEqual(expected);
});

test.each<readonly [environment: string, value: string, expected: readonly string[]]>([
  ["development", "k9Zq", ["warning SECURITY_SCRUBBING"]],
  ["development", "k9Zq0x", []],
  ["development", "  k9Zq", ["warning SECURITY_SCRUBBING"]],
  ["development", "password", ["warning SECURITY_SCRUBBING"]],
  ["development", "Production", ["warning SECURITY_SCRUBBING"]],
  ["development", "development", ["warning SECURITY_SCRUBBING"]],
  ["development", "aaaaaaaa", ["warning SECURITY_SCRUBBING"]],
  ["staging", "password", ["error SECURITY_DEFAULT_CREDENTIAL"]],
  ["staging", "k9Zq", ["warning SECURITY_SCRUBBING"]],
  ["staging", "localhost", ["warning SECURITY_SCRUBBING"]],
  ["staging", "correct horse", []],
])("a secret in %s that can't be masked without harm: %s", (environment, value, expected) => {
  const scene = { environment, settings: "PASSPHRASE: { secret: true }", secrets: { PASSPHRASE: value } };
  expect(said(scene)).toEqual(expected);
});

test("no finding says a value; what is no secret may be short", () => {
  const scene = {
    settings: "STRIPE_KEY: { secret: true, format: stripe-secret-key }\nPIN: { secret: true }\nUNIT: {}",
    secrets: { STRIPE_KEY: of("xoxb-1234-", 24), PIN: "q7Zk" },
    files: { ".env": "UNIT=kg" },
  };
  const { findings } = resolved(scene);
  expect(findings.map(({ code }) => code).sort()).toEqual(["SECURITY_FORMAT", "SECURITY_SCRUBBING"]);
  expect(JSON.stringify(findings)).not.toMatch(/xoxb|q7Zk/);
});

test("a format of a type that has none is a mistake of the manifest", () => {
  expect(() => resolved({ settings: "PORT: { type: port, format: jwt }" })).toThrow();
});
