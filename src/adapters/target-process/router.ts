/**
 * A router process: it owns one public port of an environment, leads it to the routed set and keeps where it
 * leads in its file, so that it goes on after its own crash. The supervisor starts it and talks to it by wire;
 * nothing but a switch with a valid fence changes it. It ends when its folder is removed.
 *
 *   starting --port bound--> serving --SIGTERM--> draining --nothing in flight, or 5 s--> ended
 */
import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import type { Server as WireServer } from "node:net";
import { dirname } from "node:path";
import { inspect } from "node:util";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { systemCode } from "../../base/error.ts";
import { redact } from "../../base/redact.ts";
import { folderIdentity, layoutOf, readJson, removeSockets, routerFileOf } from "./folders.ts";
import { identify } from "./process-identity.ts";
import { createProxy } from "./proxy.ts";
import {
  PORT_TAKEN_EXIT,
  type RouterFile,
  type RouterLook,
  type RouterState,
  type Switch,
  switched,
  unrouted,
} from "./router-state.ts";
import { Tally } from "./tally.ts";
import { until } from "./wait.ts";
import { serveWire } from "./wire.ts";

const DRAIN_MS = 5_000;
const FOLDER_CHECK_MS = 500;

interface Options {
  readonly environment: string;
  readonly service: string;
  readonly port: number;
  readonly folder: string;
  readonly socket: string;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

class Router {
  readonly #options: Options;
  readonly #path: string;
  readonly #run: string;
  readonly #tally = new Tally();
  readonly #runFolder: string | undefined;
  readonly #server: Server;
  #state: RouterState;

  constructor(options: Options) {
    const layout = layoutOf(options.folder);
    this.#options = options;
    this.#path = routerFileOf(layout, options.port);
    this.#run = layout.run;
    this.#runFolder = folderIdentity(layout.run);
    const kept = readJson(this.#path) as RouterFile | null | undefined;
    this.#state =
      kept?.state.format === 1 ? kept.state : unrouted(options.environment, options.port, options.service);
    this.#server = createProxy({ state: () => this.#state, tally: this.#tally });
  }

  /** The port first: whoever has it is the router, and only the router may write its file. */
  async start(): Promise<void> {
    await listen(this.#server, this.#options.port);
    this.#keep(this.#state);
    let wire = await this.#listenForCalls();
    setInterval(async () => {
      if (!this.#stands()) {
        removeSockets(this.#options.socket, false);
        process.exit(0);
      }
      if (folderIdentity(dirname(this.#options.socket)) === undefined) {
        // A cleaner of temporary files took our socket's folder.
        wire.close();
        try {
          wire = await this.#listenForCalls();
        } catch (error) {
          // Traffic goes on; the next look tries again.
          process.stderr.write(redact(`the router can't be called: ${error}\n`));
        }
      }
    }, FOLDER_CHECK_MS);
    process.once("SIGTERM", () => void this.#stop());
  }

  async #listenForCalls(): Promise<WireServer> {
    mkdirSync(dirname(this.#options.socket), { recursive: true, mode: 0o700 });
    return serveWire(this.#options.socket, async (call, input) => {
      if (call === "switch") this.#switch(input as Switch);
      const look: RouterLook = { state: this.#state, counts: this.#tally.counts() };
      return look;
    });
  }

  #switch(change: Switch): void {
    const next = switched(this.#state, change);
    const another = next.routed !== null && next.routed.set !== this.#state.routed?.set;
    this.#keep(next);
    this.#state = next;
    if (another && next.routed) this.#tally.restart(next.routed.set);
  }

  #keep(state: RouterState): void {
    const file: RouterFile = { state, process: identify(process.pid)!, socket: this.#options.socket };
    if (this.#stands()) writeFileAtomic(this.#path, `${JSON.stringify(file, null, 2)}\n`, 0o600);
  }

  #stands(): boolean {
    return this.#runFolder !== undefined && folderIdentity(this.#run) === this.#runFolder;
  }

  async #stop(): Promise<void> {
    this.#server.close();
    this.#server.closeIdleConnections();
    await until(() => this.#tally.inFlight === 0, DRAIN_MS);
    removeSockets(this.#options.socket, false);
    process.exit(0);
  }
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as Options;
  try {
    await new Router(options).start();
    console.log(redact(`${new Date().toISOString()} port ${options.port} leads to ${options.service}`));
  } catch (error) {
    console.error(redact(inspect(error)));
    process.exit(systemCode(error) === "EADDRINUSE" ? PORT_TAKEN_EXIT : 1);
  }
}

await main();
