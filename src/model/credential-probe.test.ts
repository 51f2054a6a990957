import { describe, expect, test } from "vitest";
import { canProbe, type ProbeAnswer, probesOf, VENDOR_PROBES, verdictOf } from "./credential-probe.ts";
import { FORMAT_NAMES, type FormatName } from "./value-format.ts";

const answered = (status: number, body: unknown = {}): ProbeAnswer => ({ kind: "answered", status, body });

describe("what is asked", () => {
  test.each(FORMAT_NAMES.filter((format) => VENDOR_PROBES[format]))(
    "%s: the value stands in a header alone",
    (format) => {
      const [request, ...more] = probesOf(format, "the$&value");
      expect(more).toEqual([]);
      expect(request).toMatchObject({
        kind: "http",
        url: expect.stringMatching(/^https:\/\/[a-z.]+\/[\w/.-]+$/),
      });
      expect(JSON.stringify(request)).toContain("the$&value");
      expect(request?.kind === "http" && request.url).not.toContain("value");
    },
  );

  test("an address of one's own takes the place of the vendor's", () => {
    expect(probesOf("github-token", "x", "https://github.example.com/api/v3/")).toMatchObject([
      { url: "https://github.example.com/api/v3/user" },
    ]);
  });

  test.each<[FormatName, string, [string, number][]]>([
    ["postgres-url", "postgres://a:b@db.test/shop", [["db.test", 5432]]],
    ["postgres-url", "postgresql://a:p@ss@db.test:6000/shop?x=y@z", [["db.test", 6000]]],
    [
      "mongodb-url",
      "mongodb://a:b@one.test:1,two.test/shop",
      [
        ["one.test", 1],
        ["two.test", 27017],
      ],
    ],
    ["mongodb-url", "mongodb+srv://a:b@cluster.test/shop", []],
    ["redis-url", "rediss://:b@[::1]:7000/0", [["::1", 7000]]],
    ["amqp-url", "amqps://a:b@queue.test", [["queue.test", 5671]]],
    ["mysql-url", "mysqlx://a:b@db.test", [["db.test", 33060]]],
  ])("%s %s: nothing but a connection", (format, text, hosts) => {
    expect(probesOf(format, text)).toEqual(hosts.map(([host, port]) => ({ kind: "tcp", host, port })));
  });

  test("nobody is asked about other formats", () => {
    const others = FORMAT_NAMES.filter((format) => !canProbe(format));
    expect(others).toContain("private-key");
    for (const format of others) expect(probesOf(format, "x://host/")).toEqual([]);
  });
});

test.each<[FormatName, ProbeAnswer, string]>([
  ["github-token", answered(200), "ok"],
  ["github-token", answered(401), "refused"],
  ["github-token", answered(403), "unknown"],
  ["github-token", answered(302), "unknown"],
  ["github-token", answered(500), "unknown"],
  ["github-token", answered(204), "unknown"],
  ["stripe-secret-key", answered(403), "unknown"],
  ["slack-bot-token", answered(200, { ok: true }), "ok"],
  ["slack-bot-token", answered(200, { ok: false, error: "token_revoked" }), "refused"],
  ["slack-bot-token", answered(200, { ok: false, error: "ratelimited" }), "unknown"],
  ["slack-bot-token", answered(200, "<html>"), "unknown"],
  ["slack-bot-token", answered(200, null), "unknown"],
  ["slack-bot-token", answered(200, undefined), "unknown"],
  ["openai-key", { kind: "silent", why: "no answer in time" }, "unknown"],
  ["postgres-url", { kind: "connected" }, "ok"],
  ["postgres-url", { kind: "silent", why: "ECONNREFUSED" }, "unknown"],
])("%s: %j is %s", (format, answer, kind) => {
  expect(verdictOf(format, answer).kind).toBe(kind);
});

test("no word of an answer's text is said", () => {
  const verdict = verdictOf("slack-bot-token", answered(200, { ok: false, error: "planted-text" }));
  expect(JSON.stringify(verdict)).not.toContain("planted");
});
