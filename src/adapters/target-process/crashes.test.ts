/** Callers, routers, supervisors and instances die at any moment; what they served goes on. */

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOfSecret, Room, secretSet, serving } from "../../../test/contracts/process-room.ts";
import { anyPort, codeOf, eventually, fence, text, waitReady } from "../../../test/contracts/target.ts";
import { isRunning } from "./process-identity.ts";
import type { SupervisorState } from "./state.ts";

let room: Room;
beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

describe("crashes", () => {
  test("everything outlives the process that started it", async () => {
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
    const { target, port, address } = await serving(room);
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
    const { target, port, address } = await serving(room);
    await room.kill(room.supervisor());
    await room.kill(room.router(port).process);
    await target.claim(fence(2));
    expect(await text(`${address}/version`)).toBe("blue");
    expect(room.router(port).state.fence.token).toBe(2);
  });

  test("a killed supervisor: instances and router serve on, the next one adopts them", async () => {
    const { target, address, port } = await serving(room);
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
    const { target, address } = await serving(room);
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
    const { target, address, port } = await serving(room);
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

  test("a route that was kept but not yet led when the supervisor died is led by the next one", async () => {
    const { target, address, port } = await serving(room);
    await target.start(fence(1), secretSet("green", room.artifact, port));
    await waitReady(target, "green");
    await room.kill(room.supervisor());
    const state = room.json<SupervisorState>("supervisor.json");
    writeFileSync(join(room.folder, "run", "supervisor.json"), JSON.stringify({ ...state, routed: "green" }));
    expect(await text(`${address}/version`)).toBe("blue");
    expect(await target.state()).toMatchObject({ routed: "green" });
    expect(await text(`${address}/version`)).toBe("green");
  });

  test("a call that a dying supervisor leaves unanswered is answered by the next", async () => {
    const { target, port } = await serving(room);
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
