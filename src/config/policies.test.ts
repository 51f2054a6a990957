import { describe, expect, test } from "vitest";
import { codes, resolved, type Scene } from "./test-scene.ts";

type Row = readonly [
  environment: string,
  line: string,
  expected: string | undefined,
  settings?: string | undefined,
];

/** The codes about the one line of a layer. */
function said([environment, line, , settings]: Row): string[] {
  const scene: Scene = { environment, files: { ".env": line }, ...(settings && { settings }) };
  return codes(resolved(scene)).map((code) => code.replace(" .env:1:1", ""));
}

describe("security policies by kind", () => {
  const rows: readonly Row[] = [
    ["production", "DEBUG=true", "error SECURITY_DEBUG"],
    ["production", "APP_DEBUG=1", "error SECURITY_DEBUG"],
    ["production", "DEBUG=false", undefined],
    ["development", "DEBUG=true", undefined],
    ["production", "NODE_ENV=development", "error SECURITY_DEBUG"],
    ["staging", "NODE_ENV=development", undefined],
    ["production", "VERBOSE=yes", "error SECURITY_DEBUG", "VERBOSE: { type: boolean, policy: debug }"],
    ["production", "LOG_LEVEL=debug", "warning SECURITY_LOG_LEVEL"],
    ["production", "LOG_LEVEL=WARNING", undefined],
    ["development", "LOG_LEVEL=TRACE", "warning SECURITY_LOG_LEVEL"],
    ["production", "REDIS_URL=redis://cache.shop.test:6379/0", "error SECURITY_TLS"],
    ["production", "REDIS_URL=rediss://cache.shop.test:6379/0", undefined],
    ["production", "REDIS_URL=redis://localhost:6379/0", undefined],
    ["development", "REDIS_URL=redis://cache.shop.test:6379/0", undefined],
    ["staging", "DATABASE_URL=postgres://u@db.shop.test/x?sslmode=disable", "error SECURITY_TLS"],
    ["staging", "PGSSLMODE=prefer", "error SECURITY_TLS"],
    ["staging", "DATABASE_SSL_MODE=require", undefined],
    ["staging", "ORIGINS=https://a.test,http://b.test", "error SECURITY_TLS"],
    ["production", "NODE_TLS_REJECT_UNAUTHORIZED=0", "error SECURITY_TLS"],
    ["production", "JWT_SECRET_KEY=short", "error SECURITY_KEY_LENGTH"],
    ["production", "JWT_SECRET_KEY=0123456789abcdef0123456789abcdef", undefined],
    ["production", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES=1440", "error SECURITY_TOKEN_LIFETIME"],
    ["production", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES=15", undefined],
    ["production", "JWT_REFRESH_TOKEN_EXPIRE_DAYS=7", undefined],
    ["production", "TOKEN_TTL=2h", "error SECURITY_TOKEN_LIFETIME", "TOKEN_TTL: { type: duration }"],
    ["development", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES=1440", undefined],
    ["production", "CORS_ORIGINS=https://a.test,*", "error SECURITY_CORS"],
    ["production", 'CORS_ORIGINS=["*"]', "error SECURITY_CORS", "CORS_ORIGINS: { type: list }"],
    ["production", "CORS_ORIGINS=https://*.shop.test", undefined],
    ["production", "ADMIN_PASSWORD=admin", "error SECURITY_DEFAULT_CREDENTIAL"],
    ["production", "KEY_PASSPHRASE=changeme", "error SECURITY_DEFAULT_CREDENTIAL"],
    ["production", "SESSION_TOKEN=dev-secret-key-change-me", "error SECURITY_DEFAULT_CREDENTIAL"],
    [
      "production",
      "DATABASE_URL=postgresql://admin:password@db.shop.test/x",
      "error SECURITY_DEFAULT_CREDENTIAL",
    ],
    [
      "production",
      "DATABASE_URL=postgresql://admin:${P}@db.shop.test/x",
      "error SECURITY_DEFAULT_CREDENTIAL",
      "DATABASE_URL: {}\nP: { default: postgres }",
    ],
    ["development", "ADMIN_PASSWORD=admin", undefined],
    ["production", "LOG_LEVEL=VERBOSE", "warning SECURITY_LOG_LEVEL"],
    ["production", "LOG_LEVEL=fatal", undefined],
    ["production", 'CORS_ORIGINS=["*"]', "error SECURITY_CORS"],
    ["production", 'CORS_ORIGINS=["https://a.test","*"]', "error SECURITY_CORS", "CORS_ORIGINS: {}"],
    ["production", "CORS_ALLOW_ALL_ORIGINS=true", "error SECURITY_CORS"],
    ["production", "CORS_ORIGIN_ALLOW_ALL=False", undefined],
    ["production", 'HOSTS=["http://a.test"]', "error SECURITY_TLS", "HOSTS: { type: list }"],
    ["production", 'HOOKS={"a":{"b":"http://a.test"}}', "error SECURITY_TLS", "HOOKS: { type: object }"],
    ["production", 'HOSTS=["https://a.test","http://b.test"]', "error SECURITY_TLS"],
    ["production", "DB_URL=postgres://u:p@h1:5432,h2:5432/db?sslmode=disable", "error SECURITY_TLS"],
    ["production", "DB_URL=postgres://u:p@localhost,h2/db?a=b&sslmode=prefer", "error SECURITY_TLS"],
    ["production", "DB_URL=postgres://u:p@localhost:1,[::1]:2/db?sslmode=disable", undefined],
    ["production", "DB_URL=postgres://u:p@h1:5432,h2:5432/db?sslmode=verify-full", undefined],
    ["production", "JDBC_URL=jdbc:postgresql://h1/db?sslmode=disable", "error SECURITY_TLS"],
    ["production", "SOAP_ACTION=http://schemas.xmlsoap.org/soap/envelope/", undefined],
    ["production", "XSD=http://www.w3.org/2001/XMLSchema", undefined],
    ["production", "FEED_NAMESPACE=http://shop.test/feed", undefined],
    ["production", "OIDC_ISSUER=http://id.shop.test", "error SECURITY_TLS"],
    ["production", "ACCESS_TOKEN_EXPIRES_IN=86400", "error SECURITY_TOKEN_LIFETIME"],
    ["production", "ACCESS_TOKEN_EXPIRES_IN=900", undefined],
    ["production", "ACCESS_TOKEN_EXPIRES_IN=7d", "error SECURITY_TOKEN_LIFETIME"],
    ["production", "SESSION_MAX_AGE=86400", "error SECURITY_TOKEN_LIFETIME"],
    ["production", "SESSION_KEY=sid", "warning SECURITY_KEY_LENGTH"],
    ["production", "ENCRYPTION_KEY=short", "error SECURITY_KEY_LENGTH"],
    ["production", "TOKEN_STRATEGY=default", undefined],
    ["production", "PASSWORD_HASH=default", undefined],
    ["production", "SECRET_BACKEND=local", undefined],
    ["production", "PASSWORD_LOGIN=none", undefined],
    ["production", "USE_SECRET=none", undefined, "USE_SECRET: { type: enum, values: [none, vault] }"],
    [
      "production",
      "DBS=postgres://a:kR8fz3@a.test/x,postgres://a:postgres@b.test/x",
      "error SECURITY_DEFAULT_CREDENTIAL",
    ],
    [
      "production",
      'DBS=["postgres://a:kR8fz3@a.test/x","postgres://a:postgres@b.test/x"]',
      "error SECURITY_DEFAULT_CREDENTIAL",
      "DBS: { type: list }",
    ],
  ];
  test.each(rows.map((row) => ({ row, title: row.slice(0, 2).join(": ") })))("$title", ({ row }) => {
    expect(said(row)).toEqual(row[2] === undefined ? [] : [row[2]]);
  });

  test("a policy that the project overrides holds instead", () => {
    const scene: Scene = { environment: "qa", files: { ".env": "DEBUG=true" } };
    expect(codes(resolved(scene))).toEqual([]);
    expect(codes(resolved({ ...scene, policies: "{ debug: false }" }))).toEqual([
      "error SECURITY_DEBUG .env:1:1",
    ]);
  });

  test("a declaration allows a finding for its setting alone", () => {
    const settings = "A_URL: { allow: { SECURITY_TLS: inside the cluster } }\nB_URL: {}";
    const files = { ".env": "A_URL=http://a.test\nB_URL=http://b.test" };
    expect(codes(resolved({ environment: "production", settings, files }))).toEqual([
      "error SECURITY_TLS .env:2:1",
    ]);
    const other = settings.replace("SECURITY_TLS", "SECURITY_CORS");
    expect(codes(resolved({ environment: "production", settings: other, files }))).toHaveLength(2);
    const advice = {
      settings: "DB_TIMEOUT: { allow: { ADVICE_TIMEOUT: waits } }",
      files: { ".env": "DB_TIMEOUT=0" },
    };
    expect(codes(resolved({ environment: "production", ...advice }))).toEqual([]);
  });

  test.each(["WARN", "warning", "Error"])("a usual level of %s is known", (logLevel) => {
    const scene: Scene = { environment: "qa", policies: `{ logLevel: ${logLevel} }` };
    const level = (text: string) => codes(resolved({ ...scene, files: { ".env": `LOG_LEVEL=${text}` } }));
    expect(level("info")).toEqual(["warning SECURITY_LOG_LEVEL .env:1:1"]);
    expect(level("critical")).toEqual([]);
  });

  test.each(["DB_USER", "DB_PASSWORD"])("a secret %s that is `postgres`", (name) => {
    const scene: Scene = {
      environment: "production",
      settings: `${name}: { secret: true }`,
      secrets: { [name]: "postgres" },
    };
    const expected = [name === "DB_PASSWORD" ? "SECURITY_DEFAULT_CREDENTIAL" : "SECURITY_SCRUBBING"];
    expect(resolved(scene).findings.map(({ code }) => code)).toEqual(expected);
  });

  test("a secret key is too short whatever its name may mean", () => {
    const scene: Scene = { environment: "production", secrets: { SESSION_KEY: "sid" } };
    expect(codes(resolved(scene))).toEqual(["error SECURITY_KEY_LENGTH secrets/production.yaml:1:1"]);
  });

  test("the fix of a password inside an address overwrites no address", () => {
    const files = { ".env": "DB_URL=postgres://a:postgres@db.test/x" };
    const [finding] = resolved({ environment: "production", files }).findings;
    expect(finding?.fix).toContain("ringfence secret set DB_URL -e production");
    expect(finding?.fix).not.toContain("openssl");
  });

  test("no message says a value", () => {
    const { findings } = resolved({
      environment: "production",
      files: { ".env": "API_TOKEN=your-token-here\nJWT_SECRET=abc" },
    });
    expect(findings).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toMatch(/your-token|abc/);
  });
});

describe("values from a policy", () => {
  const value = (settings: string, policies?: string) =>
    resolved({ environment: "qa", settings, ...(policies && { policies }) });

  test.each<[settings: string, policies: string, text: string]>([
    ["A: { type: enum, values: [debug, info], policy: logLevel }", "{ logLevel: INFO }", "info"],
    ["A: { type: enum, values: [info, warning], policy: logLevel }", "{ logLevel: WARN }", "warning"],
    ["A: { type: enum, values: [WARNING, WARN], policy: logLevel }", "{ logLevel: WARN }", "WARN"],
    [
      "A: { type: enum, values: [MOCK, REAL], policy: externalServices }",
      "{ externalServices: real }",
      "REAL",
    ],
    ["A: { type: enum, values: ['True', 'False'], policy: debug }", "{ debug: true }", "True"],
    ["A: { replacedBy: B, policy: logLevel }\nB: {}", "{ logLevel: WARN }", "WARN"],
    ["A_HOURS: { type: integer, policy: tokenLifetime }", "{ tokenLifetime: 2h }", "2"],
  ])("%s with %s", (settings, policies, text) => {
    const { settings: found, findings } = value(settings, policies);
    expect(findings).toEqual([]);
    expect([...found.values()].map((setting) => setting.text)).toEqual([text]);
  });

  test("what does not fit says where the policy is changed", () => {
    const { findings } = value(
      "A: { type: enum, values: [ERROR, INFO], policy: logLevel }",
      "{ logLevel: WARN }",
    );
    expect(findings).toMatchObject([
      {
        code: "SETTING_TYPE",
        fix: expect.stringContaining("policies: { logLevel: … } of qa in ringfence.yaml"),
      },
    ]);
  });
});

describe("advice", () => {
  const pool = "DB_POOL_SIZE=50\nDB_POOL_MAX_OVERFLOW=20\n";
  test.each<[string, string, string[]]>([
    ["production", `${pool}API_MAX_CAPACITY=50\nDB_INSTANCE_CLASS=db.r6g.xlarge`, []],
    [
      "production",
      `${pool}API_MAX_CAPACITY=52\nDB_INSTANCE_CLASS=db.r6g.xlarge`,
      ["advice ADVICE_POOL .env:1:1"],
    ],
    ["production", `${pool}DB_MAX_CONNECTIONS=69`, ["advice ADVICE_POOL .env:1:1"]],
    ["production", pool, []],
    ["production", "HTTP_TIMEOUT=0", ["advice ADVICE_TIMEOUT .env:1:1"]],
    ["production", "HTTP_TIMEOUT=0s", ["advice ADVICE_TIMEOUT .env:1:1"]],
    ["production", "HTTP_TIMEOUT=0ms", ["advice ADVICE_TIMEOUT .env:1:1"]],
    ["production", "HTTP_TIMEOUT=5s", []],
    ["production", "API_DESIRED_COUNT=1", ["advice ADVICE_REPLICAS .env:1:1"]],
    ["staging", "API_DESIRED_COUNT=1", []],
    ["production", "CACHE_ENABLED=false", ["advice ADVICE_CACHE .env:1:1"]],
  ])("%s: %s", (environment, text, expected) => {
    expect(codes(resolved({ environment, files: { ".env": text } }))).toEqual(expected);
  });
});
