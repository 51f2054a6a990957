import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type LoadOptions, type LoadResult, startLoad } from "./load-generator.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Runs until that many requests were sent. */
async function load(url: string, atLeast: number, more: Partial<LoadOptions> = {}): Promise<LoadResult> {
  const running = startLoad({ url, requestsPerSecond: 400, connections: 8, ...more });
  while (running.progress().sent < atLeast) await new Promise((resolve) => setTimeout(resolve, 10));
  return running.stop();
}

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

test("every request is answered once, on kept and on fresh connections", async () => {
  let arrived = 0;
  const connections = new Set<unknown>();
  const url = await serve((request, response) => {
    arrived++;
    connections.add(request.socket);
    response.end("one");
  });
  const result = await load(url, 100, { kindOf: (body) => body });
  expect(result).toMatchObject({ sent: arrived, ok: arrived, failed: {}, answers: { one: arrived } });
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  const fresh = Math.ceil(arrived / 4);
  expect(connections.size).toBeGreaterThan(fresh);
  expect(connections.size).toBeLessThanOrEqual(fresh + 8);
});

test.each<[string, RequestListener, string]>([
  ["a status", (_, response) => response.writeHead(503).end(), "503"],
  ["a refused request", (_, response) => response.writeHead(404).end(), "404"],
  ["a connection that ends", (request) => request.socket.destroy(), "ECONNRESET"],
  [
    "an answer that is cut off",
    (_, response) => {
      response.writeHead(200, { "content-length": "10" }).write("half", () => response.destroy());
    },
    "ECONNRESET",
  ],
])("%s is counted for each request", async (_, listener, name) => {
  const result = await load(await serve(listener), 40);
  expect(result.ok).toBe(0);
  expect(result.failed).toEqual({ [name]: result.sent });
});

test("some failures among good answers are all found", async () => {
  let arrived = 0;
  const url = await serve((_, response) => response.writeHead(++arrived % 10 === 0 ? 500 : 200).end());
  const result = await load(url, 100);
  expect(result.failed).toEqual({ "500": Math.floor(arrived / 10) });
  expect(result.ok + total(result.failed)).toBe(result.sent);
});

test("no answer at all is a failure, and no server too", async () => {
  const url = await serve(() => {});
  const silent = await load(url, 8, { timeoutMs: 50, requestsPerSecond: 100 });
  expect(silent.failed).toEqual({ timeout: silent.sent });
  server!.closeAllConnections();
  await new Promise((resolve) => server!.close(resolve));
  const gone = await load(url, 8);
  expect(gone.failed).toEqual({ ECONNREFUSED: gone.sent });
});
