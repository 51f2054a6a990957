/**
 * Traffic through the process target's router while it is switched from set to set, beside the same service without
 * a router. The promise: at least 10,000 requests, none of them failed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openProcessTarget } from "../src/adapters/target-process/index.ts";
import type { InstanceSet, Target } from "../src/ports/target.ts";
import { type LoadResult, startLoad } from "../test/load-generator.ts";
import { compare, median, type Row } from "./row.ts";

const REQUESTS = 10_000;
const REQUESTS_PER_SECOND = 400;
const CONNECTIONS = 32;
const STEADY_SECONDS = 4;
const WITHIN_MS = 30_000;

/** Answers after 5 ms, so that every switch finds requests in flight. */
const SERVICE = `
import { createServer } from "node:http";
createServer((request, response) => {
  if (request.url === "/healthz" || request.url === "/readyz") return response.end("ok");
  setTimeout(() => response.end(process.env.RINGFENCE_RELEASE ?? "direct"), 5);
}).listen(Number(process.env.PORT), "127.0.0.1");
`;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${WITHIN_MS / 1000} s`);
    await wait(20);
  }
}

const load = (port: number) =>
  startLoad({
    url: `http://127.0.0.1:${port}/`,
    requestsPerSecond: REQUESTS_PER_SECOND,
    connections: CONNECTIONS,
    kindOf: (body) => body,
  });

async function steady(port: number): Promise<LoadResult> {
  const running = load(port);
  await wait(STEADY_SECONDS * 1000);
  return running.stop();
}

/** The service alone, as one process. */
async function withoutRouter(folder: string): Promise<LoadResult> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [join(folder, "service.mjs")], {
    env: { PORT: String(port) },
    stdio: "ignore",
  });
  try {
    await until("the service", () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return await steady(port);
  } finally {
    child.kill();
  }
}

interface Switched {
  readonly result: LoadResult;
  /** Each from the call of `route` to its end. */
  readonly switchesMs: readonly number[];
}

/** One set after another takes over, under load, until enough requests were sent. */
async function whileSwitching(
  target: Target,
  port: number,
  setOf: (version: number) => InstanceSet,
): Promise<Switched> {
  const fence = { token: 1, holder: "bench" };
  const ready = (name: string) => async () =>
    (await target.inspect(name))?.services.every(({ state }) => state === "ready") ?? false;
  const switchesMs: number[] = [];
  const running = load(port);
  for (let version = 2; running.progress().sent < REQUESTS; version++) {
    const [before, after] = [setOf(version - 1), setOf(version)];
    await target.start(fence, after);
    await until(after.name, ready(after.name));
    const began = performance.now();
    await target.route(fence, after.name, before.name);
    switchesMs.push(performance.now() - began);
    await target.route(fence, after.name);
    await target.retire(fence, before.name, WITHIN_MS);
  }
  return { result: await running.stop(), switchesMs };
}

async function throughRouter(
  root: string,
  folder: string,
): Promise<{ steady: LoadResult; switched: Switched }> {
  const keyFile = join(root, "identity");
  writeFileSync(keyFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  const port = await freePort();
  const setOf = (version: number): InstanceSet => ({
    name: `set-${version}`,
    version: `1.${version}.0`,
    services: [
      {
        name: "web",
        folder,
        start: ["node", "service.mjs"],
        port,
        health: { live: "/healthz", ready: "/readyz" },
        environment: {},
        secretNames: [],
      },
    ],
  });
  const target = openProcessTarget({
    environment: "preview",
    folder: join(root, "environment"),
    keyFile,
    production: false,
  });
  const fence = { token: 1, holder: "bench" };
  try {
    await target.claim(fence);
    await target.start(fence, setOf(1));
    await until("the first set", async () => (await target.inspect("set-1"))?.services[0]?.state === "ready");
    await target.route(fence, "set-1");
    return { steady: await steady(port), switched: await whileSwitching(target, port, setOf) };
  } finally {
    await target.shutdown(fence);
  }
}

const plain = (metric: string, value: number, unit: string, holds: boolean | null): Row => ({
  metric,
  value,
  unit,
  against: "",
  ratio: null,
  limit: null,
  holds,
});

export async function rows(): Promise<readonly Row[]> {
  const root = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const folder = join(root, "artifact");
  mkdirSync(folder);
  writeFileSync(join(folder, "service.mjs"), SERVICE);
  try {
    const direct = await withoutRouter(folder);
    const { steady: routed, switched } = await throughRouter(root, folder);
    const { result, switchesMs } = switched;
    const failed = result.sent - result.ok;
    // The last one may have had no request yet when the load ended.
    const releases = Object.keys(result.answers).length;
    const reasons = Object.keys(result.failed).join(", ");
    return [
      plain(`requests during ${switchesMs.length} switches`, result.sent, "requests", null),
      plain(`of these failed${reasons && ` (${reasons})`}`, failed, "requests", failed === 0),
      plain("releases that answered", releases, "releases", releases >= switchesMs.length),
      plain("a switch, median", median(switchesMs), "ms", null),
      compare("latency through the router, median", "ms", routed.p50Ms, {
        name: "no router",
        value: direct.p50Ms,
      }),
      compare("latency through the router, p99", "ms", routed.p99Ms, {
        name: "no router",
        value: direct.p99Ms,
      }),
      compare("latency while switching, p99", "ms", result.p99Ms, {
        name: "not switching",
        value: routed.p99Ms,
      }),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
