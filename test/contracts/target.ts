/**
 * What every adapter of the target port owes, as a suite. An adapter joins by saying how to open a target, and
 * how to open the same one again as another process would. The services under test are written here.
 */
import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { isRingfenceError } from "../../src/base/error.ts";
import type { Fence, InstanceSet, ServiceInstance, Target } from "../../src/ports/target.ts";

/** One environment on a target, of its own for each test. */
export interface TargetUnderTest {
  readonly target: Target;
  /** A second handle on the same environment that shares no memory with the first. */
  reopen(): Target;
  /** Private folder for artifacts. */
  readonly artifacts: string;
  /** Leaves nothing behind, whatever the test did. */
  dispose(): Promise<void>;
}

/** A service with the behaviours that the tests need; all of it is driven by its environment and paths. */
const SERVICE = `
import { createServer } from "node:http";
import { createHash } from "node:crypto";
const { env } = process;
let ready = env.READY !== "no";
console.log("starting " + (env.SAY ?? ""));
if (env.EXIT) process.exit(Number(env.EXIT));
createServer(async (request, response) => {
  const url = new URL(request.url, "http://service");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = (status, body, headers = {}) => { response.writeHead(status, headers); response.end(String(body)); };
  switch (url.pathname) {
    case "/healthz": return answer(200, "alive");
    case "/readyz": return answer(ready ? 200 : 503, ready ? "ready" : "not yet " + (env.SAY ?? ""));
    case "/become": ready = url.searchParams.get("ready") === "yes"; return answer(200, "ok");
    case "/version": return answer(env.BROKEN ? 500 : 200, env.RINGFENCE_RELEASE);
    case "/pid": return answer(200, process.pid);
    case "/cwd": return answer(200, process.cwd());
    case "/argv": return answer(200, JSON.stringify(process.argv.slice(1)));
    case "/env": return answer(200, JSON.stringify(Object.keys(env).sort()));
    case "/digest": return answer(200, createHash("sha256").update(env[url.searchParams.get("of")] ?? "").digest("hex"));
    case "/slow": return void setTimeout(() => answer(200, env.RINGFENCE_RELEASE), Number(url.searchParams.get("ms")));
    case "/echo": return answer(200, createHash("sha256").update(Buffer.concat(chunks)).digest("hex"), { "x-release": env.RINGFENCE_RELEASE });
    case "/headers": return answer(200, JSON.stringify(request.headers));
    case "/crash": answer(200, "bye"); return void setTimeout(() => process.exit(3), 20);
    case "/die": return process.exit(4);
    case "/break": response.writeHead(200); response.write("half"); return void setTimeout(() => response.destroy(), 20);
    default: return answer(404, "no such path");
  }
}).on("upgrade", (request, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nconnection: Upgrade\\r\\nupgrade: websocket\\r\\n\\r\\n");
  socket.on("error", () => {});
  socket.on("data", (data) => socket.write(env.RINGFENCE_RELEASE + ":" + data));
}).listen(Number(env.PORT), "127.0.0.1");
`;

/** Writes the service's artifact. */
export function writeService(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "service.mjs"), SERVICE);
  return folder;
}

/** Listens on a port of this machine, or tells that it is taken. */
export function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** A port that was free a moment ago, and below those that the system gives to outgoing connections. */
export async function anyPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const free = await listenOn(server, port).then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
}

/** Waits for a condition, by looking again and again. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`never: ${what}`, { cause: last });
}

export async function waitReady(target: Target, set: string): Promise<void> {
  await eventually(async () => {
    const seen = await target.inspect(set);
    return seen?.services.every(({ state }) => state === "ready");
  }, `${set} is ready`);
}

/** The error code of a promise that must be refused. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const outcome: unknown = await promise.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  return isRingfenceError(outcome) ? outcome.code : String(outcome);
}

export async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

export const fence = (token: number, holder = `operation ${token}`): Fence => ({ token, holder });

/** A set of one service `web` on a public port, with settings on top. */
export function setOf(
  name: string,
  folder: string,
  port: number | undefined,
  change: Partial<ServiceInstance> = {},
): InstanceSet {
  const web: ServiceInstance = {
    name: "web",
    folder,
    start: ["node", "service.mjs"],
    port,
    health: { live: "/healthz", ready: "/readyz" },
    environment: {},
    secretNames: [],
    ...change,
  };
  return { name, version: name, services: [web] };
}

/** Registers the suite. */
export function targetContract(kind: string, open: () => Promise<TargetUnderTest>): void {
  describe(`target contract: ${kind}`, () => {
    let running: TargetUnderTest | undefined;
    afterEach(async () => {
      await running?.dispose();
      running = undefined;
    });
    const setUp = async () => {
      running = await open();
      const folder = writeService(join(running.artifacts, "web"));
      return { ...running, folder, port: await anyPort() };
    };

    test("knows nothing before the first claim, and the fence after it", async () => {
      const { target } = await setUp();
      expect(await target.state()).toBeUndefined();
      expect(await target.inspect("blue")).toBeUndefined();
      await target.claim(fence(1));
      await target.claim(fence(1));
      expect(await target.state()).toEqual({ fence: fence(1), routed: null, sets: [], addresses: {} });
    });

    test("a release's way: start, inspect, probe, route, switch, retire, shut down; each call twice", async () => {
      const { target, reopen, folder, port } = await setUp();
      const twice = async (act: () => Promise<unknown>) => {
        await act();
        await act();
      };
      const address = `http://127.0.0.1:${port}`;
      await twice(() => target.claim(fence(1)));
      await twice(() => target.start(fence(1), setOf("blue", folder, port)));
      await waitReady(target, "blue");
      const before = await target.inspect("blue");
      expect(before).toMatchObject({
        name: "blue",
        version: "blue",
        services: [{ service: "web", restarts: 0 }],
      });
      expect(before?.services[0]?.evidence).toContain("GET /readyz → 200");
      expect(await target.probe("blue", "web", "/version")).toMatchObject({ service: "web", status: 200 });
      expect(await target.probe("blue", "web", "/nothing")).toMatchObject({ path: "/nothing", status: 404 });
      await twice(() => target.route(fence(1), "blue"));
      expect(await text(`${address}/version`)).toBe("blue");
      expect(await target.traffic("blue")).toMatchObject([
        { service: "web", requests: 1, failures: 0, rescued: 0 },
      ]);

      await twice(() => target.start(fence(2), setOf("green", folder, port)));
      await waitReady(target, "green");
      expect(await text(`${address}/version`)).toBe("blue");
      await twice(() => target.route(fence(2), "green"));
      expect(await text(`${address}/version`)).toBe("green");
      expect((await target.inspect("blue"))?.services[0]?.pid).toBe(before?.services[0]?.pid);
      await twice(() => target.retire(fence(2), "blue", 5_000));
      expect(await target.inspect("blue")).toBeUndefined();
      expect(await reopen().state()).toMatchObject({
        fence: fence(2),
        routed: "green",
        sets: [{ name: "green", services: [{ state: "ready" }] }],
        addresses: { web: address },
      });

      await twice(() => target.shutdown(fence(2)));
      expect(await target.state()).toEqual({ fence: fence(2), routed: null, sets: [], addresses: {} });
      await expect(fetch(`${address}/version`)).rejects.toThrow();
      expect(await codeOf(target.claim(fence(1)))).toBe("TARGET_FENCED");
    });

    test("led nowhere, its ports answer 503, and the set can be retired", async () => {
      const { target, folder, port } = await setUp();
      const answer = async () => (await fetch(`http://127.0.0.1:${port}/version`)).status;
      await target.claim(fence(1));
      await target.start(fence(1), setOf("blue", folder, port));
      await waitReady(target, "blue");
      await target.route(fence(1), "blue");
      expect(await answer()).toBe(200);
      await target.route(fence(1), null);
      await target.route(fence(1), null);
      expect(await answer()).toBe(503);
      expect(await target.state()).toMatchObject({ routed: null, sets: [{ name: "blue" }] });
      await target.retire(fence(1), "blue", 1_000);
      expect(await target.state()).toMatchObject({ routed: null, sets: [] });
    });

    test("refuses an older fence in every call that changes something, naming the newer holder", async () => {
      const { target, folder, port } = await setUp();
      await target.claim(fence(5, "promote by the first"));
      await target.start(fence(5, "promote by the first"), setOf("blue", folder, port));
      await waitReady(target, "blue");
      await target.claim(fence(7, "promote by the second"));
      const old = fence(5, "promote by the first");
      const calls = [
        () => target.claim(old),
        () => target.start(old, setOf("green", folder, port)),
        () => target.route(old, "blue"),
        () => target.retire(old, "blue", 0),
        () => target.shutdown(old),
        () => target.claim(fence(7, "someone else with the same token")),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          code: "TARGET_FENCED",
          exit: 11,
          message: expect.stringContaining("promote by the second"),
        });
      }
      expect(await target.state()).toMatchObject({
        fence: { token: 7 },
        routed: null,
        sets: [{ name: "blue" }],
      });
    });

    test("a request in flight is finished by the set that took it", async () => {
      const { target, folder, port } = await setUp();
      await target.claim(fence(1));
      for (const name of ["blue", "green"]) await target.start(fence(1), setOf(name, folder, port));
      for (const name of ["blue", "green"]) await waitReady(target, name);
      await target.route(fence(1), "blue");
      const slow = text(`http://127.0.0.1:${port}/slow?ms=700`);
      await eventually(
        async () => (await target.traffic("blue"))[0]?.inFlight === 1,
        "the request is in flight",
      );
      await target.route(fence(1), "green");
      expect(await text(`http://127.0.0.1:${port}/version`)).toBe("green");
      await target.retire(fence(1), "blue", 10_000);
      expect(await slow).toBe("blue");
    });

    test("with a guard, safe requests that the routed set fails are rescued, and counted", async () => {
      const { target, folder, port } = await setUp();
      const address = `http://127.0.0.1:${port}`;
      await target.claim(fence(1));
      await target.start(fence(1), setOf("good", folder, port));
      await target.start(fence(1), setOf("bad", folder, port, { environment: { BROKEN: "yes" } }));
      for (const name of ["good", "bad"]) await waitReady(target, name);
      await target.route(fence(1), "bad", "good");
      for (let i = 0; i < 5; i++) expect(await text(`${address}/version`)).toBe("good");
      expect((await fetch(`${address}/version`, { method: "POST", body: "x" })).status).toBe(500);
      const counted = await eventually(async () => {
        const [seen] = await target.traffic("bad");
        return seen?.requests === 6 && seen;
      }, "all six are counted");
      expect(counted).toMatchObject({ failures: 6, rescued: 5, inFlight: 0 });
      expect(await codeOf(target.retire(fence(1), "good", 0))).toBe("TARGET_SET_ROUTED");
      await target.route(fence(1), "bad");
      expect((await fetch(`${address}/version`)).status).toBe(500);
      await target.route(fence(1), "good");
      expect(await target.traffic("good")).toMatchObject([{ requests: 0, failures: 0 }]);
    });

    test("tells starting from unready from exited, with evidence and without secrets", async () => {
      const { target, folder } = await setUp();
      const secret = "planted-5ecret/value";
      const say = { environment: { READY: "no", SAY: secret }, secretNames: ["SAY"] };
      await target.claim(fence(1));
      await target.start(fence(1), setOf("late", folder, undefined, say));
      const late = await eventually(async () => {
        const seen = await target.inspect("late");
        return seen?.services[0]?.evidence.includes("503") && seen.services[0];
      }, "it answers");
      expect(late).toMatchObject({ state: "starting", restarts: 0 });
      expect(late.evidence).toContain("GET /readyz → 503");
      expect(late.evidence).not.toContain(secret);
      await target.probe("late", "web", "/become?ready=yes");
      expect((await target.inspect("late"))?.services[0]?.state).toBe("ready");
      await target.probe("late", "web", "/become?ready=no");
      expect((await target.inspect("late"))?.services[0]?.state).toBe("unready");

      const exits = { environment: { EXIT: "1", SAY: secret }, secretNames: ["SAY"] };
      await target.start(fence(1), setOf("gone", folder, undefined, exits));
      const gone = await eventually(async () => {
        const seen = (await target.inspect("gone"))?.services[0];
        return seen?.state === "exited" && seen.restarts > 0 && seen.evidence.includes("last lines") && seen;
      }, "it exited and was started again");
      expect(gone.evidence).toContain("exited with code 1; last lines: starting");
      expect(gone.evidence).not.toContain(secret);
    });

    test("an instance that dies comes back", async () => {
      const { target, folder, port } = await setUp();
      await target.claim(fence(1));
      await target.start(fence(1), setOf("blue", folder, port));
      await waitReady(target, "blue");
      await target.route(fence(1), "blue");
      const pid = await text(`http://127.0.0.1:${port}/pid`);
      await target.probe("blue", "web", "/crash");
      const again = await eventually(async () => {
        const seen = (await target.inspect("blue"))?.services[0];
        return seen?.state === "ready" && seen.restarts === 1 && String(seen.pid) !== pid && seen;
      }, "it runs again");
      expect(await text(`http://127.0.0.1:${port}/pid`)).toBe(String(again.pid));
    });

    test("says what it does not know or refuses", async () => {
      const { target, folder, port } = await setUp();
      await target.claim(fence(1));
      const missing = setOf("missing", folder, port, { start: ["no-such-command-here"] });
      const rows: [string, () => Promise<unknown>, string][] = [
        ["route of an unknown set", () => target.route(fence(1), "nobody"), "TARGET_SET_UNKNOWN"],
        ["traffic of an unknown set", () => target.traffic("nobody"), "TARGET_SET_UNKNOWN"],
        ["probe of an unknown set", () => target.probe("nobody", "web", "/"), "TARGET_SET_UNKNOWN"],
        ["a command that is not there", () => target.start(fence(1), missing), "TARGET_START_FAILED"],
      ];
      for (const [what, act, code] of rows) expect([what, await codeOf(act())]).toEqual([what, code]);
      expect(await target.inspect("missing")).toBeUndefined();
      await target.start(fence(1), setOf("blue", folder, port));
      await waitReady(target, "blue");
      await target.route(fence(1), "blue");
      const other = setOf("blue", folder, port, { environment: { SAY: "different" } });
      expect(await codeOf(target.start(fence(1), other))).toBe("TARGET_SET_CONFLICT");
      expect(await codeOf(target.probe("blue", "nobody", "/"))).toBe("TARGET_SET_UNKNOWN");
      expect(await codeOf(target.retire(fence(1), "blue", 0))).toBe("TARGET_SET_ROUTED");
      expect(await codeOf(target.route(fence(1), "blue", "nobody"))).toBe("TARGET_SET_UNKNOWN");
    });
  });
}
