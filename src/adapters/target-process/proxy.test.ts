/** The proxy alone, in this process, against servers that behave well and badly. */
import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
} from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { eventually } from "../../../test/contracts/target.ts";
import { createProxy } from "./proxy.ts";
import { type Pointer, type RouterState, unrouted } from "./router-state.ts";
import { Tally } from "./tally.ts";

const open: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server | TcpServer): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy in front of the given ports. */
async function proxy(routedPort: number | null, guardPort: number | null = null) {
  const tally = new Tally();
  const to = (set: string, port: number | null): Pointer | null => (port === null ? null : { set, port });
  const state: RouterState = {
    ...unrouted("staging", 1, "web"),
    routed: to("new", routedPort),
    guard: to("old", guardPort),
  };
  const port = await listen(createProxy({ state: () => state, tally }));
  const counts = () => tally.counts().find(({ set }) => set === "new");
  return { port, url: `http://127.0.0.1:${port}`, counts, tally };
}

const handled = (handler: (incoming: never, response: never) => unknown) =>
  listen(createServer(handler as never));

describe("headers", () => {
  test("of a connection stay on it, others pass, the caller is named", async () => {
    let seen: IncomingMessage["headers"] = {};
    const upstream = await handled((incoming: IncomingMessage, response: never) => {
      seen = incoming.headers;
      const answer = response as import("node:http").ServerResponse;
      answer.writeHead(201, "Made", [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Case", "Kept"],
        ["Connection", "x-private"],
        ["X-Private", "1"],
      ] as never);
      answer.end("body");
    });
    const { port } = await proxy(upstream);
    const answer = await new Promise<IncomingMessage>((resolve) => {
      const headers = {
        host: "app.test",
        connection: "keep-alive, x-hop",
        "x-hop": "1",
        te: "trailers",
        "x-forwarded-for": "10.0.0.1",
        "proxy-authorization": "x",
        "x-end": "to end",
      };
      request({ host: "127.0.0.1", port, path: "/a?b=c", headers }, resolve).end();
    });
    expect([answer.statusCode, answer.statusMessage]).toEqual([201, "Made"]);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.rawHeaders).toContain("X-Case");
    expect(answer.headers["x-private"]).toBeUndefined();
    expect(seen).toMatchObject({
      host: "app.test",
      "x-end": "to end",
      "x-forwarded-for": "10.0.0.1, 127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "app.test",
    });
    for (const name of ["x-hop", "te", "proxy-authorization"]) expect(seen[name]).toBeUndefined();
    answer.resume();
  });
});

describe("kept connections", () => {
  /** Answers the first request of a connection and breaks the connection at the second. */
  async function breaksReused() {
    const heads: string[] = [];
    const server = createTcpServer((socket) => {
      let requests = 0;
      socket.on("error", () => {});
      socket.on("data", (data) => {
        heads.push(String(data).split(" ")[0]!);
        requests += 1;
        if (requests > 1) socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      });
    });
    return { port: await listen(server), heads };
  }

  test("a GET whose reused connection breaks is asked once more", async () => {
    const upstream = await breaksReused();
    const { url, counts } = await proxy(upstream.port);
    for (let i = 0; i < 6; i++) expect((await fetch(url)).status).toBe(200);
    expect(upstream.heads.length).toBeGreaterThan(6);
    await eventually(() => counts()?.requests === 6, "all are counted");
    expect(counts()).toMatchObject({ failures: 0, statuses: { 200: 6 } });
  });

  test("a POST never travels on a reused connection, and never twice", async () => {
    const upstream = await breaksReused();
    const { url } = await proxy(upstream.port);
    for (let i = 0; i < 6; i++) {
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(200);
      expect((await fetch(url, { method: "POST" })).status).toBe(200);
    }
    expect(upstream.heads.filter((method) => method === "POST").length).toBe(12);
  });
});

describe("failures", () => {
  const ok = () =>
    handled((_: never, response: never) => (response as import("node:http").ServerResponse).end("fine"));
  const status = (code: number) =>
    handled((_: never, response: never) => {
      const answer = response as import("node:http").ServerResponse;
      answer.statusCode = code;
      answer.end(`answer ${code}`);
    });
  const closed = async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    return port;
  };
  type Row = [string, () => Promise<number>, (() => Promise<number>) | null, string, number, string, object];
  const rows: Row[] = [
    [
      "500 with a guard",
      () => status(500),
      ok,
      "GET",
      200,
      "fine",
      { failures: 1, rescued: 1, statuses: { 500: 1 } },
    ],
    ["refused with a guard", closed, ok, "GET", 200, "fine", { failures: 1, rescued: 1, statuses: { 0: 1 } }],
    ["HEAD with a guard", () => status(502), ok, "HEAD", 200, "", { failures: 1, rescued: 1 }],
    ["POST with a guard", () => status(500), ok, "POST", 500, "answer 500", { failures: 1, rescued: 0 }],
    ["404 with a guard", () => status(404), ok, "GET", 404, "answer 404", { failures: 0, rescued: 0 }],
    [
      "both fail",
      () => status(503),
      () => status(500),
      "GET",
      503,
      "answer 503",
      { failures: 1, rescued: 0 },
    ],
    ["the guard is down", () => status(503), closed, "GET", 503, "answer 503", { failures: 1, rescued: 0 }],
    ["500 without", () => status(500), null, "GET", 500, "answer 500", { failures: 1, rescued: 0 }],
    ["refused without", closed, null, "GET", 502, "ECONNREFUSED", { failures: 1, statuses: { 0: 1 } }],
  ];
  test.each(rows)("%s", async (_, routed, guard, method, code, body, expected) => {
    const { url, counts } = await proxy(await routed(), guard && (await guard()));
    const answer = await fetch(url, { method });
    expect(answer.status).toBe(code);
    expect(await answer.text()).toContain(body);
    await eventually(() => counts()?.requests === 1, "it is counted");
    expect(counts()).toMatchObject({ ...expected, inFlight: 0 });
  });

  test("no set: 503 that names service and environment", async () => {
    const { url } = await proxy(null);
    const answer = await fetch(url);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ service: "web", environment: "staging" });
  });

  test("an answer that breaks off breaks off for the caller too, and is a failure", async () => {
    const upstream = await handled((_: never, response: never) => {
      const answer = response as import("node:http").ServerResponse;
      answer.writeHead(200, { "content-length": "100" });
      answer.write("half", () => answer.destroy());
    });
    const { url, counts } = await proxy(upstream);
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
    await eventually(() => counts()?.requests === 1, "it is counted");
    expect(counts()).toMatchObject({ failures: 1, inFlight: 0 });
  });
});

describe("streams", () => {
  test("bodies pass both ways while they are made", async () => {
    const upstream = await handled((incoming: never, response: never) => {
      const answer = response as import("node:http").ServerResponse;
      answer.flushHeaders();
      (incoming as IncomingMessage).pipe(answer);
    });
    const { port } = await proxy(upstream);
    const agent = new Agent({ keepAlive: true });
    const parts: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, method: "POST", agent }, (answer) => {
        answer.setEncoding("utf8");
        asked.write("one");
        answer.on("data", (part: string) => {
          parts.push(part);
          if (parts.length < 3) asked.write(`part ${parts.length}`);
          else asked.end();
        });
        answer.on("end", resolve);
      });
      asked.on("error", reject);
      asked.flushHeaders();
    });
    expect(parts).toEqual(["one", "part 1", "part 2"]);
    agent.destroy();
  });

  test("when the caller leaves, the instance sees it, and no failure is counted", async () => {
    let left = false;
    let arrived = false;
    const upstream = await handled((incoming: never) => {
      arrived = true;
      (incoming as IncomingMessage).socket.on("close", () => {
        left = true;
      });
    });
    const { port, counts } = await proxy(upstream);
    const caller = connect(port, "127.0.0.1");
    caller.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await eventually(() => arrived, "the request arrives");
    expect(counts()?.inFlight).toBe(1);
    caller.destroy();
    await eventually(() => left, "the instance's connection closes");
    await eventually(() => counts()?.inFlight === 0, "nothing is in flight");
    expect(counts()).toMatchObject({ requests: 0, failures: 0 });
  });

  test("a WebSocket passes, and what follows its handshake", async () => {
    const server = createServer();
    server.on("upgrade", (incoming, socket) => {
      socket.on("error", () => {});
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${incoming.headers.upgrade}\r\n\r\n`,
      );
      socket.on("data", (data: Buffer) => socket.write(`echo ${data}`));
    });
    const { port, counts } = await proxy(await listen(server));
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    socket.write("GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
    await eventually(() => received.includes("\r\n\r\n"), "the handshake is answered");
    expect(received).toMatch(/^HTTP\/1\.1 101 .*upgrade: websocket\r\n/is);
    socket.write("hello");
    await eventually(() => received.endsWith("echo hello"), "the echo arrives");
    expect(counts()?.inFlight).toBe(1);
    socket.destroy();
    await eventually(() => counts()?.inFlight === 0, "nothing is in flight");
    expect(counts()).toMatchObject({ requests: 1, failures: 0, statuses: { 101: 1 } });
  });

  test("a WebSocket that the instance refuses, and one that nobody answers", async () => {
    const refuse = await handled((_: never, response: never) => {
      const answer = response as import("node:http").ServerResponse;
      answer.statusCode = 426;
      answer.end("no");
    });
    for (const [upstream, expected] of [
      [refuse, "HTTP/1.1 426"],
      [1, "HTTP/1.1 502"],
      [null, "HTTP/1.1 503"],
    ] as const) {
      const { port } = await proxy(upstream);
      const socket = connect(port, "127.0.0.1");
      let received = "";
      socket.on("data", (data) => {
        received += data;
      });
      socket.write("GET /ws HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
      await eventually(() => received.startsWith(expected), expected);
      await eventually(() => socket.destroyed || socket.readableEnded, "it is closed");
    }
  });
});
