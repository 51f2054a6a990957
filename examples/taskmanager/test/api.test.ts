import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { signToken, verifyToken } from "../src/token.ts";
import { type Service, start as startService } from "./service.ts";

const running: Service[] = [];
async function start(...args: Parameters<typeof startService>): Promise<Service> {
  const service = await startService(...args);
  running.push(service);
  return service;
}
async function stop(service: Service): Promise<void> {
  await service.stop();
  rmSync(service.dataFolder, { recursive: true });
}
afterEach(async () => {
  for (const service of running.splice(0)) await stop(service);
});

const me = { email: "me@example.com", password: "correct horse" };

function query(service: Service, sql: string): unknown[] {
  const database = new DatabaseSync(join(service.dataFolder, "taskmanager.db"));
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

async function logIn(service: Service, account = me): Promise<string> {
  await service.call("POST /register", account);
  const [{ code }] = query(
    service,
    `SELECT verification_code AS code FROM accounts WHERE email = '${account.email}'`,
  ) as [{ code: string }];
  await service.call("POST /verify", { email: account.email, code });
  return (await service.call("POST /login", account)).body.access_token;
}

describe("what differs between environments", () => {
  test.each([
    ["development", 1440 * 60],
    ["staging", 15 * 60],
    ["production", 15 * 60],
  ])("in %s a token lives %i seconds", async (environment, seconds) => {
    const service = await start("api", environment);
    const token = await logIn(service);
    const { iat, exp } = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
    expect(exp - iat).toBe(seconds);
    expect((await service.call("POST /login", me)).body).toMatchObject({
      token_type: "bearer",
      expires_in: seconds,
    });
  });

  test("in development an account can be used at once", async () => {
    const service = await start("api", "development");
    expect(await service.call("POST /register", me)).toMatchObject({ status: 201, body: { verified: true } });
    expect((await service.call("POST /login", me)).status).toBe(200);
    expect(query(service, "SELECT * FROM jobs")).toEqual([]);
  });

  test.each(["staging", "production"])(
    "in %s the e-mail address must be verified first",
    async (environment) => {
      const service = await start("api", environment);
      expect(await service.call("POST /register", me)).toMatchObject({
        status: 201,
        body: { verified: false },
      });
      expect(await service.call("POST /login", me)).toMatchObject({
        status: 403,
        body: { error: "unverified_email" },
      });
      expect((await service.call("POST /verify", { email: me.email, code: "guess" })).status).toBe(400);
      expect((await service.call("POST /login", me)).status).toBe(403);
      expect(await logIn(service)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    },
  );

  test.each([
    ["development", 0],
    ["staging", 5],
    ["production", 5],
  ])("in %s %i of 65 requests are too many", async (environment, refused) => {
    const service = await start("api", environment);
    const answers = [];
    for (let i = 0; i < 65; i++) answers.push(await service.call("GET /tasks"));
    const late = answers.filter(({ status }) => status === 429);
    expect(late).toHaveLength(refused);
    for (const { headers } of late) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    for (const route of ["/status", "/healthz", "/readyz", "/metrics", "/version"]) {
      expect((await service.call(`GET ${route}`)).status).toBe(200);
    }
  });

  test.each([
    ["development", true],
    ["staging", false],
    ["production", false],
  ])("in %s an internal error shows its traceback: %s", async (environment, shown) => {
    const service = await start("api", environment);
    query(service, "DROP TABLE tasks");
    const { status, body } = await service.call("GET /status");
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: "internal", reference: expect.any(String) });
    expect("traceback" in body).toBe(shown);
    expect(/no such table|feature\.ts/.test(JSON.stringify(body))).toBe(shown);
    expect(service.lines.join("\n")).toContain(body.reference);
  });
});

describe("tasks", () => {
  test("are added, listed, changed and deleted", async () => {
    const service = await start("api", "development");
    const token = await logIn(service);
    const task = { title: "Write it down", due: "2026-12-31T12:00:00.000Z" };
    expect(await service.call("POST /tasks", task, token)).toMatchObject({
      status: 201,
      body: { id: 1, ...task, done: false },
    });
    expect((await service.call("PATCH /tasks/1", { done: true }, token)).body).toEqual({
      id: 1,
      ...task,
      done: true,
    });
    expect((await service.call("PATCH /tasks/1", { due: null }, token)).body).toMatchObject({
      due: null,
      done: true,
    });
    expect((await service.call("GET /tasks", undefined, token)).body.tasks).toHaveLength(1);
    expect((await service.call("GET /status")).body).toEqual({
      release: "1.0.0",
      environment: "development",
      tasks: 1,
    });
    expect(await service.call("DELETE /tasks/1", undefined, token)).toMatchObject({ status: 204, body: "" });
    expect((await service.call("GET /tasks", undefined, token)).body).toEqual({ tasks: [] });
  });

  test("of another account are not there", async () => {
    const service = await start("api", "development");
    const mine = await logIn(service);
    const theirs = await logIn(service, { email: "you@example.com", password: "battery staple" });
    await service.call("POST /tasks", { title: "mine" }, mine);
    expect((await service.call("GET /tasks", undefined, theirs)).body).toEqual({ tasks: [] });
    expect((await service.call("PATCH /tasks/1", { done: true }, theirs)).status).toBe(404);
    expect((await service.call("DELETE /tasks/1", undefined, theirs)).status).toBe(404);
  });
});

describe("what can't be done", () => {
  let service: Service;
  let token: string;
  beforeAll(async () => {
    service = await startService("api", "development");
    token = await logIn(service);
  });
  afterAll(() => stop(service));

  test.each<[string, string, unknown, number]>([
    ["an empty title", "POST /tasks", { title: "" }, 422],
    ["a title that is no text", "POST /tasks", { title: 5 }, 422],
    ["a time that is none", "POST /tasks", { title: "a", due: "soon" }, 422],
    ["neither done nor not", "POST /tasks", { title: "a", done: "yes" }, 422],
    ["no JSON", "POST /tasks", "title=a", 400],
    ["no object", "POST /tasks", "[]", 400],
    ["too much", "POST /tasks", { title: "x".repeat(70_000) }, 413],
    ["no such task", "PATCH /tasks/99", { done: true }, 404],
    ["no such path", "GET /nowhere", undefined, 404],
    ["no address", "POST /register", { email: "no address", password: "correct horse" }, 422],
    ["a short password", "POST /register", { email: "me@example.com", password: "short" }, 422],
    ["an address that is taken", "POST /register", { ...me, email: "ME@example.com" }, 409],
    ["a wrong password", "POST /login", { ...me, password: "wrong horse" }, 401],
    ["an unknown address", "POST /login", { ...me, email: "nobody@example.com" }, 401],
  ])("%s", async (_, route, body, status) => {
    expect((await service.call(route, body, token)).status).toBe(status);
  });
});

describe("tokens", () => {
  const key = "k".repeat(32);
  const soon = Math.floor(Date.now() / 1000) + 60;
  const forged = (header: object) => {
    const [, claims] = signToken(1, soon, key).split(".");
    return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${claims}.`;
  };

  test.each<[string, string, number | undefined]>([
    ["a good one", signToken(7, soon, key), 7],
    ["an expired one", signToken(7, soon - 61, key), undefined],
    ["one of another environment", signToken(7, soon, "other key"), undefined],
    ["one without a signature", forged({ alg: "none", typ: "JWT" }), undefined],
    ["one changed", signToken(7, soon, key).replace(/\.(.)/, ".x"), undefined],
    ["an empty one", "", undefined],
    ["no token", "a.b.c", undefined],
  ])("%s", (_, token, account) => expect(verifyToken(token, key)).toBe(account));

  test("without one there are no tasks", async () => {
    const service = await start("api", "production");
    const answer = await service.call("GET /tasks");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect((await service.call("GET /tasks", undefined, "a.b.c")).status).toBe(401);
  });
});

describe("about itself", () => {
  test("it is not ready while the database lacks what it needs, but alive", async () => {
    const service = await start("api", "production");
    expect((await service.call("GET /readyz")).body).toMatchObject({
      status: "ready",
      checks: { database: "ok" },
    });
    query(service, "ALTER TABLE tasks RENAME COLUMN due_at TO due");
    const { status, body } = await service.call("GET /readyz");
    expect([status, body.checks.database]).toEqual([503, "no such column: due_at"]);
    expect((await service.call("GET /healthz")).status).toBe(200);
  });

  test("it counts requests by status, and their time", async () => {
    const service = await start("api", "production");
    await service.call("GET /status");
    await service.call("GET /nowhere");
    const { body, headers } = await service.call("GET /metrics");
    expect(headers.get("content-type")).toContain("version=0.0.4");
    for (const line of [
      'http_requests_total{status="200"} 1',
      'http_requests_total{status="404"} 1',
      'http_request_duration_seconds_bucket{le="+Inf"} 2',
      "http_request_duration_seconds_count 2",
      "db_connections_in_use 0",
    ]) {
      expect(body.split("\n")).toContain(line);
    }
  });

  test("no log line holds a password, a token or the key", async () => {
    const service = await start("api", "development");
    const token = await logIn(service);
    await service.call("GET /tasks", undefined, token);
    const log = service.lines.join("\n");
    expect(log).toContain("/tasks");
    for (const secret of [me.password, token, "kkkkkkkk"]) expect(log).not.toContain(secret);
  });
});
