/** What only the process target promises: what services get, ports, one supervisor, and that all ends with its folder. */

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Room, SECRET, serving } from "../../../test/contracts/process-room.ts";
import {
  anyPort,
  codeOf,
  eventually,
  fence,
  listenOn,
  setOf,
  text,
  waitReady,
} from "../../../test/contracts/target.ts";
import { openProcessTarget } from "./index.ts";
import { isRunning } from "./process-identity.ts";
import { callWire } from "./wire.ts";

let room: Room;
beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

describe("what a service gets", () => {
  test("its working folder, its arguments and its environment", async () => {
    const { address } = await serving(room);
    expect(await text(`${address}/cwd`)).toBe(join(room.folder, "data"));
    expect(JSON.parse(await text(`${address}/argv`))).toEqual([join(room.artifact, "service.mjs")]);
    const names = JSON.parse(await text(`${address}/env`)) as string[];
    const allowed = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "TOKEN", "PORT", "RINGFENCE_ENVIRONMENT"];
    allowed.push("RINGFENCE_RELEASE", "RINGFENCE_DATA", "RINGFENCE_INSTANCE");
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["TOKEN", "PORT", "RINGFENCE_DATA", "RINGFENCE_RELEASE"]));
  });

  test("no file of the environment holds its secret, or is readable by others", async () => {
    const { target } = await serving(room);
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

describe("many at once", () => {
  test("two claims start one supervisor", async () => {
    const targets = [room.open(), room.open(), room.open()];
    await Promise.all(targets.map((target) => target.claim(fence(1))));
    const log = readFileSync(join(room.folder, "logs", "supervisor.log"), "utf8");
    expect(log.match(/supervisor of preview serves/g)).toHaveLength(1);
  });

  test("a taken public port: an error that names it, and nothing is left half up", async () => {
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
    const { target, port, address } = await serving(room);
    await room.kill(room.supervisor());
    await room.kill(room.router(port).process);
    const other = createServer();
    await listenOn(other, port);
    expect(await codeOf(target.claim(fence(2)))).toBe("TARGET_PORT_TAKEN");
    await new Promise((resolve) => other.close(resolve));
    expect(await eventually(() => text(`${address}/version`), "it serves again")).toBe("blue");
  });

  test("services move together: two ports switch or neither", async () => {
    const target = room.open();
    const ports = [await anyPort(), await anyPort()];
    const pair = (name: string, environment: Record<string, string>[]) => {
      const base = setOf(name, room.artifact, ports[0]).services[0]!;
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
    // A router that refuses in the middle: the one that has switched already goes back.
    const refusing = room.router(ports[1] ?? 0);
    const newer = { ...refusing.state, fence: fence(2, "someone newer") };
    await callWire(refusing.socket, "switch", newer, 5_000);
    expect(await codeOf(target.route(fence(1), "red"))).toBe("TARGET_FENCED");
    for (const port of ports) expect(await text(`http://127.0.0.1:${port}/version`)).toBe("blue");
    expect(await target.state()).toMatchObject({ routed: "blue" });
    await target.claim(fence(2, "someone newer"));
    await target.route(fence(2, "someone newer"), "red");
    for (const port of ports) expect(await text(`http://127.0.0.1:${port}/version`)).toBe("red");
  });
});

describe("ends", () => {
  test("shutdown waits until every process is gone", async () => {
    const { target } = await serving(room);
    const all = room.processes();
    expect(all.filter(isRunning)).toHaveLength(3);
    await target.shutdown(fence(2));
    expect(all.filter(isRunning)).toEqual([]);
  });

  test("when the folder is removed, everything of it ends and it does not come back", async () => {
    await serving(room);
    const all = room.processes();
    rmSync(room.folder, { recursive: true });
    await eventually(() => all.every((one) => !isRunning(one)), "all processes are gone");
    expect(readdirSync(room.root)).not.toContain("environment");
  });
});

describe("bad ground", () => {
  test("a key file that is not there", async () => {
    const target = room.open({ keyFile: join(room.root, "no-such-key") });
    expect(await codeOf(target.claim(fence(1)))).toBe("TARGET_KEY_UNREADABLE");
  });

  test("a damaged state file stops the start, with the reason", async () => {
    const { target } = await serving(room);
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
    const { target, address } = await serving(room);
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
