import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpointOf, endpointOfHost } from "./endpoint.ts";
import { isReference, isSecretName, looksRandom, secretKind } from "./secret-shape.ts";
import { maskedShape, shownName, shownValue } from "./shown-value.ts";

const digits = (count: number) => "0123456789".repeat(20).slice(0, count);
const letters = (count: number) => "aBcDeFgHiJ".repeat(20).slice(0, count);

describe("what is a secret", () => {
  test.each([
    ["DB_PASSWORD", true],
    ["dbPassword", true],
    ["JWT_SECRET_KEY", true],
    ["SENTRY_DSN", true],
    ["STRIPE_KEY", true],
    ["AIRTABLE_PAT", true],
    ["PASSWORD_MIN_LENGTH", false],
    ["JWT_ACCESS_TOKEN_EXPIRE_MINUTES", false],
    ["TOKEN_URL", false],
    ["AWS_ACCESS_KEY_ID", false],
    ["STRIPE_PUBLISHABLE_KEY", false],
    ["KEYBOARD_LAYOUT", false],
    ["MONKEY", false],
  ])("%s: %s", (name, secret) => expect(isSecretName(name)).toBe(secret));

  // Put together here, so that no scanner takes this file for a leak.
  test.each([
    ["A", `AK${"IA"}ABCDEFGHIJKLMNOP`, "AWS access key"],
    ["A", `gh${"p_"}${letters(36)}`, "GitHub token"],
    ["A", `github_${"pat_"}${letters(40)}`, "GitHub token"],
    ["A", `xo${"xb"}-${digits(12)}-abc`, "Slack token"],
    ["A", `sk_${"live_"}${letters(24)}`, "Stripe live key"],
    ["A", `AI${"za"}${letters(35)}`, "Google API key"],
    ["A", `ey${"J"}${letters(20)}.ey${"J"}${letters(20)}.${letters(20)}`, "JSON Web Token"],
    ["A", `-----BEGIN ${"RSA PRIVATE"} KEY-----\nabc`, "private key"],
    ["A", "postgres://shop:hunter22@db.example.com/shop", "password in a connection string"],
    ["A", "Server=db;Database=shop;User Id=a;Password=hunter22", "password in a connection string"],
    ["DB_PASSWORD", "hunter22", "secret by its name"],
    ["SEED", "q8Zt3LmW0xRb7KpV5nYc", "random text"],
    ["DB_PASSWORD", "<from-secrets-manager>", undefined],
    ["DB_PASSWORD", "change-me", undefined],
    ["DB_PASSWORD", `\${OTHER}`, undefined],
    ["DB_PASSWORD", "arn:aws:secretsmanager:us-east-1:1:secret:a", undefined],
    ["DB_PASSWORD", "ENC[AES256_GCM,data:abc]", undefined],
    ["TOKEN", "true", undefined],
    ["URL", "https://api.example.com/v1/things", undefined],
    ["REGISTRY", "123456789012.dkr.ecr.us-east-1.amazonaws.com", undefined],
    ["GIT_COMMIT", "9fceb02d0ae598e95dc970b74767f19372d61af8", undefined],
    ["SUBNET", "eu-central-1-shop-network-private", undefined],
  ])("%s=%s is %s", (name, value, kind) => expect(secretKind(name, value)).toBe(kind));

  test.each([`\${A}`, "op://vault/item", "encrypted:abc", "{{ .Values.a }}", "projects/1/secrets/a"])(
    "%s is a reference",
    (value) => expect(isReference(value)).toBe(true),
  );
  test.each(["a-b-c-d-e-f-g-h-i-j-k", "hello world and everyone", "application.properties"])(
    "%s is not random",
    (value) => expect(looksRandom(value)).toBe(false),
  );
});

describe("the same place, however it is written", () => {
  const same = [
    "postgres://a:b@DB.example.com:5432/shop",
    "postgresql://c@db.example.com/shop?sslmode=require",
    "jdbc:postgresql://db.example.com/shop",
    "postgresql+asyncpg://a:b@db.example.com:5432/shop",
  ];
  test.each(same)("%s", (url) => expect(endpointOf(url)?.identity).toBe("db.example.com shop"));

  test("and in keys of its own", () => {
    const values: Readonly<Record<string, string>> = { POSTGRES_PORT: "5432", POSTGRES_DB: "shop" };
    const found = endpointOfHost("POSTGRES_HOST", "db.example.com", (name) => values[name]);
    expect(found?.identity).toBe(endpointOf(same[0]!)?.identity);
  });

  test.each([
    ["another database", "postgres://db.example.com/other"],
    ["another port", "postgres://db.example.com:5433/shop"],
    ["another host", "postgres://db2.example.com/shop"],
  ])("but not %s", (_what, url) =>
    expect(endpointOf(url)?.identity).not.toBe(endpointOf(same[0]!)?.identity),
  );

  test.each([
    "postgres://a@localhost/shop",
    "redis://redis:6379",
    "postgres://a@127.0.0.1/shop",
    "mongodb://db.default.svc.cluster.local/a",
    "https://api.stripe.com",
    "text",
  ])("%s is nowhere that two environments could share", (url) => expect(endpointOf(url)).toBeUndefined());

  test("SQL Server's connection strings", () => {
    const text = "Server=tcp:sql.example.com,1433;Initial Catalog=shop;User Id=a;Password=b";
    expect(endpointOf(text)?.identity).toBe("sql.example.com shop");
  });
});

describe("what may be seen", () => {
  test.each([
    ["LOG_LEVEL", "DEBUG", "DEBUG"],
    ["POOL", "50", "50"],
    ["TIMEOUT", "30s", "30s"],
    ["MEMORY", "512Mi", "512Mi"],
    ["AWS_REGION", "eu-central-1", "eu-central-1"],
    ["VPC_CIDR", "10.1.0.0/16", "10.1.0.0/16"],
    ["NODE_ENV", "production", "production"],
    ["API", "https://user:hunter22@api.example.com:8443/v1?token=hunter22#x", "https://api.example.com:8443"],
    ["SMTP_HOST", "smtp.example.com", "smtp.example.com"],
    ["DB_CLASS", "db.r6g.2xlarge", "db.r6g.2xlarge"],
    ["NAME", "hunter22", "text of 8 characters"],
    ["DB_PASSWORD", "50", "a secret, text of 2 characters"],
    ["A", "postgres://u:pa/ss@word@db.example.com/x", "text of 40 characters"],
    ["A", "postgres://u:12/34@db.example.com/x", "text of 35 characters"],
    ["A", "postgres://u:pa#ss@db.example.com/x", "text of 35 characters"],
    ["A", "https://h.example.com\\@evil", "text of 27 characters"],
  ])("%s=%s is shown as %s", (name, value, shown) => expect(shownValue(name, value)).toBe(shown));

  test("a random text is never shown, wherever it stands in a value and whatever the key is called", () => {
    const secret = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!$%^&*+=_.~-]{9,38}[0-9][A-Z]$/);
    const around = fc.constantFrom(
      (text: string) => text,
      (text: string) => `postgres://user:${text}@db.example.com/shop`,
      (text: string) => `https://${text}@sentry.example.com/1`,
      (text: string) => `https://hooks.example.com/services/${text}`,
      (text: string) => `https://example.com/?key=${text}`,
      (text: string) => `redis://:${text}@cache.example.com`,
      (text: string) => `a,${text},b`,
      (text: string) => `-----BEGIN KEY-----\n${text}\n-----END KEY-----`,
    );
    const key = fc.constantFrom("NAME", "DB_PASSWORD", "URL", "SMTP_HOST", "LOG_LEVEL", "DOMAIN");
    fc.assert(
      fc.property(secret, around, key, (text, put, name) => {
        const value = put(text);
        // A known prefix of a provider is what a masked shape may show.
        for (const shown of [shownValue(name, value), maskedShape(value), endpointOf(value)?.shown ?? ""]) {
          expect(shown).not.toContain(text);
          expect(shown).not.toContain(text.slice(4));
        }
      }),
    );
  });

  test("a name that is a value in a name's place is not shown", () => {
    expect(shownName("MIIEpAIBAAKCAQEA7bq3Xy9ZtW0")).toBe("[name not shown]");
    expect(shownName("JWT_ACCESS_TOKEN_EXPIRE_MINUTES")).toBe("JWT_ACCESS_TOKEN_EXPIRE_MINUTES");
    expect(shownName("DATABASE_CONNECTION_POOL_MAXIMUM_SIZE_2")).toBe(
      "DATABASE_CONNECTION_POOL_MAXIMUM_SIZE_2",
    );
  });
});
