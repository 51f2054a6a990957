/** A place of its own for one test of the process target, and the processes that are in it. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "../../src/adapters/target-process/address.ts";
import { openProcessTarget } from "../../src/adapters/target-process/index.ts";
import { isRunning, type ProcessIdentity } from "../../src/adapters/target-process/process-identity.ts";
import type { RouterFile } from "../../src/adapters/target-process/router-state.ts";
import type { SupervisorState } from "../../src/adapters/target-process/state.ts";
import type { InstanceSet, Target } from "../../src/ports/target.ts";
import { anyPort, eventually, fence, setOf, waitReady, writeService } from "./target.ts";

export const SECRET = "planted-5ecret:with/odd?characters";
export const digestOfSecret = createHash("sha256").update(SECRET).digest("hex");

export function secretSet(name: string, folder: string, port: number): InstanceSet {
  return setOf(name, folder, port, { environment: { TOKEN: SECRET }, secretNames: ["TOKEN"] });
}

export class Room {
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
    // A process that just ends may still write into it.
    await eventually(() => {
      rmSync(this.root, { recursive: true, force: true });
      return !existsSync(this.root);
    }, "the room is cleared");
  }
}

/** Fills a room with one routed set `blue` that has a secret. */
export async function serving(room: Room) {
  const port = await anyPort();
  const target = room.open();
  await target.claim(fence(1));
  await target.start(fence(1), secretSet("blue", room.artifact, port));
  await waitReady(target, "blue");
  await target.route(fence(1), "blue");
  return { room, target, port, address: `http://127.0.0.1:${port}` };
}
