/** What only the process target promises: its processes outlive callers, crashes and each other, and end with their folder. */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import {
  anyPort,
  codeOf,
  eventually,
  fence,
  listenOn,
  setOf,
  text,
  waitReady,
  writeService,
} from "../../../test/contracts/target.ts";
import type { Target } from "../../ports/target.ts";
import type { Address } from "./address.ts";
import { openProcessTarget } from "./index.ts";
import { isRunning, type ProcessIdentity } from "./process-identity.ts";
import type { RouterFile } from "./router-state.ts";
import type { SupervisorState } from "./state.ts";

const SECRET = "planted-5ecret:with/odd?characters";
const secretSet = (name: string, folder: string, port: number) =>
  setOf(name, folder, port, { environment: { TOKEN: SECRET }, secretNames: ["TOKEN"] });

class Room {
  readonly root = mkdtempSync(join(tmpdir(), "ringfence-process-"));
  readonly folder = join(this.root, "environment");
  readonly artifact = writeService(join(this.root, "artifact"));
  readonly keyFile = join(this.root, "identity");

  constructor() {
    writeFileSync(this.keyFile, randomBytes(32).toString("hex"));
  }

  open(change: { keyFile?: string | undefined } = {}): Target {
    const base = { environment: "preview", folder: this.folder, keyFile: this.keyFile, production: false };
    return openProcessTarget({ ...base, ...change });
  }

  json<T>(name: string): T {
    return JSON.parse(readFileSync(join(this.folder, "run", name), "utf8")) as T;
  }

  supervisor(): Address {
    return this.json("supervisor.address.json");
  }

  router(port: number): RouterFile {
    return this.json(`router-${port}.json`);
  }

  /** Every process of the environment that is recorded now. */
  processes(): ProcessIdentity[] {
    const state = this.json<SupervisorState>("supervisor.json");
    const routers = readdirSync(join(this.folder, "run")).filter((name) => /^router-\d+\.json$/.test(name));
    return [
      this.supervisor(),
      ...routers.map((name) => this.json<RouterFile>(name).process),
      ...state.sets.flatMap(({ instances }) => instances.flatMap(({ process }) => process ?? [])),
    ];
  }

  async kill(victim: ProcessIdentity): Promise<void> {
    process.kill(victim.pid, "SIGKILL");
    await eventually(() => !isRunning(victim), "the killed process is gone");
  }

  async close(): Promise<void> {
    await this.open().shutdown(fence(1_000_000, "the end of the test"));
    rmSync(this.root, { recursive: true });
  }
}

let room: Room | undefined;
afterEach(async () => {
  await room?.close();
  room = undefined;
});

/** A room with one routed set `blue` that has a secret. */
async function serving() {
  room = new Room();
  const port = await anyPort();
  const target = room.open();
  await target.claim(fence(1));
  await target.start(fence(1), secretSet("blue", room.artifact, port));
  await waitReady(target, "blue");
  await target.route(fence(1), "blue");
  return { room, target, port, address: `http://127.0.0.1:${port}` };
}

const digestOfSecret = createHash("sha256").update(SECRET).digest("hex");

describe("what a service gets", () => {
  test("its working folder, its arguments and its environment", async () => {
    const { room, address } = await serving();
    expect(await text(`${address}/cwd`)).toBe(join(room.folder, "data"));
    expect(JSON.parse(await text(`${address}/argv`))).toEqual([join(room.artifact, "service.mjs")]);
    const names = JSON.parse(await text(`${address}/env`)) as string[];
    const allowed = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "TOKEN", "PORT", "RINGFENCE_ENVIRONMENT"];
    allowed.push("RINGFENCE_RELEASE", "RINGFENCE_DATA", "RINGFENCE_INSTANCE");
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["TOKEN", "PORT", "RINGFENCE_DATA", "RINGFENCE_RELEASE"]));
  });

  test("no file of the environment holds its secret, or is readable by others", async () => {
    const { room, target } = await serving();
    await target.probe("blue", "web", `/digest?of=TOKEN`);
    const files = readdirSync(room.folder, { recursive: true, withFileTypes: true });
    const encoded = [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString("base64")];
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
      if (!file.isFile()) continue;
      const content = readFileSync(path, "latin1");
      for (const form of encoded) expect([path, content.includes(form)]).toEqual([path, false]);
    }
    expect(files.map(({ name }) => name)).toContain("supervisor.json");
  });
});

describe("crashes", () => {
  test("everything outlives the process that started it", async () => {
    room = new Room();
    const port = await anyPort();
    const script = `
      import { openProcessTarget } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
      const [folder, keyFile, artifact, port] = process.argv.slice(2);
      const target = openProcessTarget({ environment: "preview", folder, keyFile, production: false });
      const fence = { token: 1, holder: "a script" };
      await target.claim(fence);
      const web = { name: "web", folder: artifact, start: ["node", "service.mjs"], port: Number(port),
        health: { live: "/healthz", ready: "/readyz" }, environment: {}, secretNames: [] };
      await target.start(fence, { name: "blue", version: "1.0.0", services: [web] });
      while ((await target.inspect("blue")).services[0].state !== "ready");
      await target.route(fence, "blue");
    `;
    const path = join(room.root, "caller.mjs");
    writeFileSync(path, script);
    await promisify(execFile)(process.execPath, [
      path,
      room.folder,
      room.keyFile,
      room.artifact,
      String(port),
    ]);
    expect(await text(`http://127.0.0.1:${port}/version`)).toBe("1.0.0");
    expect(await room.open().state()).toMatchObject({ fence: { holder: "a script" }, routed: "blue" });
  });

  test("a killed router comes back with the same port and route", async () => {
    const { room, target, port, address } = await serving();
    const before = room.router(port);
    await room.kill(before.process);
    const after = await eventually(() => {
      const file = room.router(port);
      return file.process.pid !== before.process.pid && file;
    }, "another router runs");
    expect(await eventually(() => text(`${address}/version`), "it serves")).toBe("blue");
    expect(after.state).toMatchObject({ publicPort: port, routed: before.state.routed, fence: { token: 1 } });
    await eventually(async () => (await target.traffic("blue"))[0]?.requests === 1, "the target reaches it");
  });

  test("a router whose supervisor is dead, too, comes back with the next call", async () => {
    const { room, target, port, address } = await serving();
    await room.kill(room.supervisor());
    await room.kill(room.router(port).process);
    await target.claim(fence(2));
    expect(await text(`${address}/version`)).toBe("blue");
    expect(room.router(port).state.fence.token).toBe(2);
  });

  test("a killed supervisor: instances and router serve on, the next one adopts them", async () => {
    const { room, target, address, port } = await serving();
    const pid = await text(`${address}/pid`);
    const router = room.router(port).process;
    const first = room.supervisor();
    await room.kill(first);
    expect(await text(`${address}/version`)).toBe("blue");
    expect(await target.state()).toMatchObject({
      fence: fence(1),
      routed: "blue",
      sets: [{ services: [{ state: "ready", pid: Number(pid), restarts: 0 }] }],
    });
    expect(room.supervisor().pid).not.toBe(first.pid);
    expect(room.router(port).process).toEqual(router);
    expect(await codeOf(target.claim(fence(1, "someone else")))).toBe("TARGET_FENCED");

    // An adopted process is watched as well.
    await fetch(`${address}/die`).catch(() => undefined);
    await eventually(async () => (await text(`${address}/pid`)) !== pid, "it was started again");
    await waitReady(target, "blue");
    expect(await text(`${address}/digest?of=TOKEN`)).toBe(digestOfSecret);
  });

  test("an instance that died without a supervisor gets its secrets from the next one", async () => {
    const { room, target, address } = await serving();
    const pid = Number(await text(`${address}/pid`));
    await room.kill(room.supervisor());
    await fetch(`${address}/die`).catch(() => undefined);
    const seen = await eventually(async () => {
      const service = (await target.inspect("blue"))?.services[0];
      return service?.state === "ready" && service;
    }, "it runs again");
    expect(seen.pid).not.toBe(pid);
    expect(seen.restarts).toBe(1);
    expect(await text(`${address}/digest?of=TOKEN`)).toBe(digestOfSecret);
  });

  test("without a key file such an instance says why it stays down, and starts when handed its settings", async () => {
    room = new Room();
    const target = room.open({ keyFile: undefined });
    const port = await anyPort();
    const set = secretSet("blue", room.artifact, port);
    await target.claim(fence(1));
    await target.start(fence(1), set);
    await waitReady(target, "blue");
    await target.route(fence(1), "blue");
    await room.kill(room.supervisor());
    await fetch(`http://127.0.0.1:${port}/die`).catch(() => undefined);
    const service = (await target.inspect("blue"))?.services[0];
    expect(service).toMatchObject({ state: "exited" });
    expect(service?.evidence).toContain("sealed with a key that ended");
    await target.start(fence(1), set);
    await waitReady(target, "blue");
    expect(await text(`http://127.0.0.1:${port}/digest?of=TOKEN`)).toBe(digestOfSecret);
  });

  test("a process whose start was not recorded is found by its mark and does not run twice", async () => {
    const { room, target, address, port } = await serving();
    const lost = Number(await text(`${address}/pid`));
    const supervisor = room.supervisor();
    await room.kill(supervisor);
    const path = join(room.folder, "run", "supervisor.json");
    const state = room.json<SupervisorState>("supervisor.json");
    const lostIdentity = state.sets[0]?.instances[0]?.process;
    const sets = state.sets.map((set) => ({
      ...set,
      instances: set.instances.map((instance) => ({ ...instance, process: null })),
    }));
    writeFileSync(path, JSON.stringify({ ...state, sets }));
    await target.claim(fence(1));
    await waitReady(target, "blue");
    expect(Number(await text(`http://127.0.0.1:${port}/pid`))).not.toBe(lost);
    await eventually(() => !!lostIdentity && !isRunning(lostIdentity), "the lost one is gone");
  });

  test("a call that a dying supervisor leaves unanswered is answered by the next", async () => {
    const { room, target, port } = await serving();
    const slow = text(`http://127.0.0.1:${port}/slow?ms=600`);
    await eventually(async () => (await target.traffic("blue"))[0]?.inFlight === 1, "a request is in flight");
    await target.start(fence(1), secretSet("green", room.artifact, port));
    await waitReady(target, "green");
    await target.route(fence(1), "green");
    const retired = target.retire(fence(1), "blue", 10_000);
    await room.kill(room.supervisor());
    await retired;
    expect(await target.inspect("blue")).toBeUndefined();
    expect(await slow).toBe("blue");
  });
});

describe("many at once", () => {
  test("two claims start one supervisor", async () => {
    room = new Room();
    const targets = [room.open(), room.open(), room.open()];
    await Promise.all(targets.map((target) => target.claim(fence(1))));
    const log = readFileSync(join(room.folder, "logs", "supervisor.log"), "utf8");
    expect(log.match(/supervisor of preview serves/g)).toHaveLength(1);
  });

  test("a taken public port: an error that names it, and nothing is left half up", async () => {
    room = new Room();
    const target = room.open();
    const [free, taken] = [await anyPort(), await anyPort()];
    const other = createServer();
    await listenOn(other, taken);
    try {
      const base = setOf("blue", room.artifact, free);
      const set = {
        ...base,
        services: [...base.services, { ...base.services[0]!, name: "api", port: taken }],
      };
      await target.claim(fence(1));
      await expect(target.start(fence(1), set)).rejects.toMatchObject({
        code: "TARGET_PORT_TAKEN",
        exit: 1,
        message: expect.stringMatching(new RegExp(`port ${taken} of service api in preview`)),
        fix: expect.stringContaining(String(taken)),
      });
      expect(await target.state()).toMatchObject({ sets: [], addresses: {} });
      await expect(fetch(`http://127.0.0.1:${free}`)).rejects.toThrow();
      expect(readdirSync(join(room.folder, "run")).filter((name) => name.startsWith("router"))).toEqual([]);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  test("a port that is taken while its router is down is reported by claim, and taken again when it is free", async () => {
    const { room, target, port, address } = await serving();
    await room.kill(room.supervisor());
    await room.kill(room.router(port).process);
    const other = createServer();
    await listenOn(other, port);
    expect(await codeOf(target.claim(fence(2)))).toBe("TARGET_PORT_TAKEN");
    await new Promise((resolve) => other.close(resolve));
    expect(await eventually(() => text(`${address}/version`), "it serves again")).toBe("blue");
  });

  test("services move together: two ports switch or neither", async () => {
    room = new Room();
    const target = room.open();
    const ports = [await anyPort(), await anyPort()];
    const pair = (name: string, environment: Record<string, string>[]) => {
      const base = setOf(name, room!.artifact, ports[0]).services[0]!;
      const services = ["web", "api"].map((service, i) => {
        return { ...base, name: service, port: ports[i], environment: environment[i] ?? {} };
      });
      return { name, version: name, services };
    };
    await target.claim(fence(1));
    await target.start(fence(1), pair("blue", []));
    await waitReady(target, "blue");
    await target.route(fence(1), "blue");
    await target.start(fence(1), pair("green", [{}, { EXIT: "1" }]));
    expect(await codeOf(target.route(fence(1), "green"))).toBe("TARGET_SET_UNREACHABLE");
    for (const port of ports) expect(await text(`http://127.0.0.1:${port}/version`)).toBe("blue");
    expect(await target.state()).toMatchObject({
      routed: "blue",
      addresses: { web: `http://127.0.0.1:${ports[0]}`, api: `http://127.0.0.1:${ports[1]}` },
    });
    await target.start(fence(1), pair("red", []));
    await waitReady(target, "red");
    await target.route(fence(1), "red");
    for (const port of ports) expect(await text(`http://127.0.0.1:${port}/version`)).toBe("red");
  });
});

describe("ends", () => {
  test("shutdown waits until every process is gone", async () => {
    const { room, target } = await serving();
    const all = room.processes();
    expect(all.filter(isRunning)).toHaveLength(3);
    await target.shutdown(fence(2));
    expect(all.filter(isRunning)).toEqual([]);
  });

  test("when the folder is removed, everything of it ends and it does not come back", async () => {
    const { room } = await serving();
    const all = room.processes();
    rmSync(room.folder, { recursive: true });
    await eventually(() => all.every((one) => !isRunning(one)), "all processes are gone");
    expect(readdirSync(room.root)).not.toContain("environment");
  });
});

describe("bad ground", () => {
  test("a key file that is not there", async () => {
    room = new Room();
    const target = room.open({ keyFile: join(room.root, "no-such-key") });
    expect(await codeOf(target.claim(fence(1)))).toBe("TARGET_KEY_UNREADABLE");
  });

  test("a damaged state file stops the start, with the reason", async () => {
    const { room, target } = await serving();
    await target.shutdown(fence(2));
    const path = join(room.folder, "run", "supervisor.json");
    const good = readFileSync(path);
    writeFileSync(path, '{"format":1,"sets":');
    try {
      await expect(target.claim(fence(3))).rejects.toMatchObject({
        code: "TARGET_SUPERVISOR_DOWN",
        why: expect.stringContaining("TARGET_STATE_UNREADABLE"),
      });
      expect(await codeOf(target.state())).toBe("TARGET_STATE_UNREADABLE");
    } finally {
      writeFileSync(path, good);
    }
  });

  test("a supervisor of another version is replaced; what it started stays", async () => {
    const { room, target, address } = await serving();
    const pid = await text(`${address}/pid`);
    const old = room.supervisor();
    writeFileSync(
      join(room.folder, "run", "supervisor.address.json"),
      JSON.stringify({ ...old, protocol: old.protocol - 1 }),
    );
    await target.claim(fence(2));
    expect(isRunning(old)).toBe(false);
    expect(await text(`${address}/pid`)).toBe(pid);
  });

  test("production kinds: unfit, and says why", () => {
    const options = { environment: "production", folder: "/nowhere", keyFile: undefined };
    expect(openProcessTarget({ ...options, production: true }).limits).toEqual([
      "processes on one machine: for local, preview and demo",
    ]);
    expect(openProcessTarget({ ...options, production: false }).limits).toEqual([]);
  });
});
