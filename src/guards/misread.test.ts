/** What was once misread, so that something shared counted as isolated, or a password was shown. */
import { describe, expect, test } from "vitest";
import { facts, LONG, proof, shared, type Texts } from "./proof-scene.ts";

/** What two environments with the same texts share. */
const same = (texts: Texts) => shared(facts("a", texts), facts("b", texts));

describe("a word of a placeholder", () => {
  test.each<[Texts, string[]]>([
    [{ U: "postgres://app:changeme@db.shop.com/shop" }, ["database+account U|U"]],
    [{ UPLOADS_BUCKET: "example-uploads" }, ["bucket UPLOADS_BUCKET|UPLOADS_BUCKET"]],
    [{ UPLOADS_BUCKET: "<uploads>" }, []],
    [{ API_TOKEN: "changeme-and-more" }, []],
  ])("%j takes no more than the credential out of the proof", (texts, expected) => {
    expect(same(texts)).toEqual(expected);
  });

  test("lists the secrets that prove nothing", () => {
    const texts: Texts = { "secret A": "changeme-please", "secret B": "<from-vault>", "secret C": LONG };
    expect(proof([facts("a", texts)]).compared[0]!.weak).toEqual(["A", "B"]);
  });
});

describe("a secret whose inside is not understood", () => {
  const jwk = (more: object) => JSON.stringify({ kty: "oct", k: LONG, ...more });
  const pem = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  const sealed = pem(
    "RSA PRIVATE KEY",
    "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123\n\nAAAABBBBCCCCDDDD",
  );
  const withKey = (body: string) => JSON.stringify({ cert: pem("PRIVATE KEY", body), api_token: LONG });

  test.each<[string, string, string, number]>([
    ["a JSON Web Key", jwk({}), jwk({}), 1],
    ["a JSON Web Key under another id", jwk({ kid: "a" }), jwk({ kid: "b" }), 1],
    ["JSON with half a character", '{"a":"\\ud800-text"}', '{"a":"\\ud800-text"}', 1],
    ["a list", JSON.stringify([LONG, `${LONG}-a`]), JSON.stringify([`${LONG}-b`, LONG]), 1],
    [
      "JSON of which nothing is known",
      '{"a":12345678,"b":"some-text"}',
      '{"b": "some-text", "a": 12345678}',
      1,
    ],
    [
      "JSON in which the known part is weak",
      '{"password":"test","b":"some-text"}',
      '{"password":"test","b":"some-text"}',
      1,
    ],
    ["other JSON of which nothing is known", '{"a":12345678}', '{"a":12345679}', 0],
    ["a key with a passphrase", sealed, sealed, 1],
    ["a key that is cut off", sealed.slice(0, 80), sealed.slice(0, 80), 1],
    ["JSON with another key and the same token", withKey("AAAABBBB"), withKey("CCCCDDDD"), 1],
    ["an address of an unknown scheme", `discord://${LONG}@1`, `discord://${LONG}@1`, 1],
    ["the key in such an address", `discord://${LONG}@1`, `discord://${LONG}@2`, 1],
    ["such an address without a key", "gopher://x/some-text", "gopher://x/some-text", 1],
    [
      "keys of their own on one curve",
      `${pem("EC PARAMETERS", "BggqhkjOPQMBBw==")}${pem("EC PRIVATE KEY", "AAAA")}`,
      `${pem("EC PARAMETERS", "BggqhkjOPQMBBw==")}${pem("EC PRIVATE KEY", "BBBB")}`,
      0,
    ],
  ])("%s", (_name, a, b, count) => {
    const found = shared(facts("a", { "secret A": a }), facts("b", { "secret B": b }));
    expect(found).toEqual(count === 0 ? [] : ["credential A|B"]);
  });
});

describe("common addresses", () => {
  const jdbc = "jdbc:sqlserver://h.x:1433;databaseName=shop";
  const oracle = "jdbc:oracle:thin:";
  const both = ["database+account U|U"];

  test.each<[string, string, string[]]>([
    [`${jdbc};user=a;password=devpw12345`, `${jdbc};user=b;password=other12345`, ["database U|U"]],
    [`${jdbc};user=a`, "sqlserver://h.x;database=shop;user=b", ["database U|U"]],
    [`${jdbc};user=a`, "jdbc:jtds:sqlserver://h.x:1433/shop;user=a", both],
    ["jdbc:sqlserver://;serverName=h.x;databaseName=shop", jdbc, ["database U|U"]],
    [`${jdbc};user=a`, "jdbc:sqlserver://h.x;databaseName=other;user=b", []],
    ["postgresql://u:p@/shop?host=/cloudsql/p:eu:main", "postgres://u@%2Fcloudsql%2Fp:eu:main/shop", both],
    [
      "postgresql://u@localhost/shop?host=/cloudsql/p:eu:main",
      "postgres://u@/shop?host=/cloudsql/p:eu:b",
      [],
    ],
    ["postgres:///shop?host=db.x&user=u", "postgres://u@db.x/shop", both],
    ["mysql://u@/shop?unix_socket=/cloudsql/p:eu:main", "mysql://u@/shop?socket=/cloudsql/p:eu:main", both],
    ["postgres:///shop", "postgres://localhost/shop", ["database U|U"]],
    ["mongodb://u@a.x,b.x/shop", "mongodb://u@a.x/shop", both],
    ["mongodb://a.x,b.x/shop", "mongodb://b.x,a.x/other", []],
    ["redis://a.x,b.x/1", "redis://b.x/1", ["cache U|U"]],
    ["amqp://a.x,b.x/v", "amqp://b.x/v", ["queue U|U"]],
    [`${oracle}@//h.x:1521/x`, `${oracle}@h.x:1521:x`, ["database U|U"]],
    [`${oracle}u/p@//h.x/x`, "oracle://u@h.x:1521/?service_name=x", both],
    [
      `${oracle}@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=h.x)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=x)))`,
      `${oracle}@//h.x/x`,
      ["database U|U"],
    ],
    [`${oracle}@//h.x/x`, `${oracle}@//h.x/y`, []],
    ["jdbc:snowflake://a.x/?db=shop", "jdbc:snowflake://a.x/?db=shop", ["database U|U"]],
    ["jdbc:h2:/srv/shop", "jdbc:h2:/srv/shop", ["database U|U"]],
    ["jdbc:h2:mem:shop", "jdbc:h2:mem:shop", []],
  ])("%s and %s", (a, b, expected) => {
    expect(shared(facts("a", { U: a }), facts("b", { U: b }))).toEqual(expected);
  });

  test.each<[string, string, string, number]>([
    ["UPLOADS_BUCKET_URL", "https://minio.x.com/uploads", "https://minio.x.com:443/uploads/a", 1],
    ["UPLOADS_BUCKET_URL", "https://uploads.minio.x.com", "https://minio.x.com/uploads", 1],
    ["UPLOADS_BUCKET_URL", "https://minio.x.com/uploads", "https://minio.x.com/other", 0],
    ["UPLOADS_BUCKET_URL", "https://minio.x.com/uploads", "uploads", 1],
    ["DATABASE_URL", "libsql://shop.x.io", "libsql://shop.x.io", 1],
    ["DATABASE_URL", "libsql://shop.x.io", "libsql://other.x.io", 0],
  ])("%s: %s and %s", (name, a, b, count) => {
    expect(shared(facts("a", { [name]: a }), facts("b", { [name]: b }))).toHaveLength(count);
  });

  test("one host of a cluster that is elsewhere is shared from whatever machine", () => {
    const on = (name: string, U: string) => facts(name, { U }, { hosts: [`${name}-*`] });
    expect(shared(on("a", "mongodb://localhost,db.x/shop"), on("b", "mongodb://db.x/shop"))).toHaveLength(1);
  });

  test.each([
    `${jdbc};user=dev;password=devpw12345`,
    "postgres://u:devpw12345/x@db.x/shop",
    "postgres://u:12?devpw12345@db.x/shop",
    "postgres://u:12#devpw12345@db.x/shop",
    "redis://h.x:devpw12345",
    "https://h.x;password=devpw12345/x",
    "jdbc:db2://h.x:50000/shop:user=u;password=devpw12345;",
    "jdbc:oracle:thin:u/devpw12345/x@//h.x/x",
  ])("%s: nothing that is not understood is shown", (text) => {
    const names: Texts = { DATABASE_URL: text, S3_BUCKET: text, API_WEBHOOK_URL: text, DB_HOST: text };
    expect(JSON.stringify(proof([facts("a", names), facts("b", names)]))).not.toContain("devpw");
  });
});

describe("a queue's name", () => {
  const beside = (redis: string, more: Texts): Texts => ({
    ORDERS_TOPIC: "orders",
    REDIS_URL: `redis://${redis}`,
    ...more,
  });

  test.each<[string, Texts, Texts, number]>([
    ["on one Kafka", { KAFKA_BROKERS: "k1.x:9092,k2.x:9092" }, { KAFKA_BROKERS: "K2.x:9093, k3.x" }, 1],
    [
      "on one Kafka, as JSON",
      { KAFKA_BROKERS: '["k1.x:9092"]' },
      { BOOTSTRAP_SERVERS: "SASL_SSL://k1.x:9092" },
      1,
    ],
    ["on one RabbitMQ, by host", { RABBITMQ_HOST: "mq.x" }, { RABBITMQ_HOST: "mq.x" }, 1],
    ["on a broker that is not understood", { KAFKA_BROKERS: "(k1 k2)" }, { KAFKA_BROKERS: "(k1 k2)" }, 1],
    ["on brokers that differ", { KAFKA_BROKERS: "k1.x:9092" }, { KAFKA_BROKERS: "k2.x:9092" }, 0],
  ])("%s beside a Redis that differs", (_name, a, b, count) => {
    const found = shared(facts("a", beside("a.x", a)), facts("b", beside("b.x", b)));
    expect(found.filter((one) => one.startsWith("queue"))).toHaveLength(count);
  });
});

test.each(["DBPASSWORD", "secret PASSPORT", "secret ANNUAL_REPORT"])("%s is a credential", (words) => {
  expect(same({ [words]: LONG })).toHaveLength(1);
});

test("who logs in by an address of an unknown scheme is no credential", () => {
  expect(same({ GIT_REMOTE: "ssh://deployment@git.x/shop" })).toEqual([]);
});
