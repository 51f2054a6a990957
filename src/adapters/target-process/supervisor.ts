/**
 * The supervisor process of one environment: it outlives the command line, keeps the sets running and the
 * routers where they belong. This file is its life; what it does for a call stands in `supervisor-calls.ts`.
 *
 *   starting --lock--> recovering --socket--> serving --shutdown--> ended
 *   starting --another holds the lock--> ended (75)
 *   serving --its folder is removed--> ends all processes --> ended
 *   serving --SIGTERM, SIGKILL--> ended; instances and routers go on, the next supervisor adopts them
 *
 * One per folder: the lock is SQLite's own lock on a file, which the system releases when its holder dies.
 */
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inspect } from "node:util";
import { writeFileAtomic } from "../../base/atomic-file.ts";
import { isRingfenceError } from "../../base/error.ts";
import { redact } from "../../base/redact.ts";
import { deriveKey } from "../../base/seal.ts";
import type { Fence, InstanceSet } from "../../ports/target.ts";
import { LOCKED_EXIT, PROTOCOL, type SupervisorOptions } from "./address.ts";
import { layoutOf, removeSockets, socketFolder } from "./folders.ts";
import { Instances } from "./instances.ts";
import { logName, tidyLogs } from "./logs.ts";
import { identify } from "./process-identity.ts";
import { Routers } from "./routers.ts";
import { KEY_PURPOSE } from "./sealed-environment.ts";
import { routesOf } from "./state.ts";
import { StateFile } from "./state-file.ts";
import { STOP_GRACE_MS, SupervisorCalls } from "./supervisor-calls.ts";
import { serveWire } from "./wire.ts";

const TICK_MS = 250;
/** A router that can't come back, say because its port was taken, is tried again this often. */
const ROUTER_RETRY_MS = 1_000;
const TIDY_MS = 60_000;
const LOCK_WAIT_MS = 500;
/** For services whose folder is gone already. */
const ABANDON_GRACE_MS = 1_000;

interface Input {
  readonly fence: Fence;
  readonly set: string;
  readonly definition: InstanceSet;
  readonly service: string;
  readonly path: string;
  readonly guard?: string;
  readonly timeoutMs: number;
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${redact(line)}`);
}

/** Undefined when another process holds it. It lasts as long as someone refers to the returned database. */
function lock(path: string): DatabaseSync | undefined {
  closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch {
    database.close();
    return undefined;
  }
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #lock: DatabaseSync;
  readonly #file: StateFile;
  readonly #routers: Routers;
  readonly #instances: Instances;
  readonly #calls: SupervisorCalls;
  #socket = "";
  #server: Server | undefined;
  #routersTriedMs = 0;
  #tidiedMs = 0;
  #leaving = false;

  constructor(options: SupervisorOptions, held: DatabaseSync) {
    const { environment, folder, routerEntry, keyFile } = options;
    const layout = layoutOf(folder);
    const key = deriveKey(keyFile === null ? randomBytes(32) : readFileSync(keyFile), KEY_PURPOSE);
    const file = new StateFile(layout);
    const onMoved = () => void this.#calls.reconcile();
    this.#options = options;
    this.#lock = held;
    this.#file = file;
    this.#routers = new Routers({ environment, layout, file, entry: routerEntry, log });
    this.#instances = new Instances({ environment, layout, file, key, log, onMoved });
    this.#calls = new SupervisorCalls({
      environment,
      file,
      instances: this.#instances,
      routers: this.#routers,
      log,
    });
  }

  async start(): Promise<void> {
    await this.#calls.recover();
    await this.#listen();
    log(`supervisor of ${this.#options.environment} serves`);
    setInterval(
      () => void this.#tick().catch((error: unknown) => log(`a look went wrong: ${error}`)),
      TICK_MS,
    );
  }

  /** Binds a fresh socket and says where it is; also when a cleaner of temporary files took the former one. */
  async #listen(): Promise<void> {
    this.#server?.close();
    const { folder } = this.#options;
    this.#socket = join(socketFolder(folder), `s${process.pid}-${randomBytes(3).toString("hex")}.sock`);
    this.#server = await serveWire(this.#socket, (call, input) => this.#answer(call, input as Input));
    const address = { ...identify(process.pid)!, socket: this.#socket, protocol: PROTOCOL };
    if (this.#file.stands()) writeFileAtomic(layoutOf(folder).address, `${JSON.stringify(address)}\n`, 0o600);
  }

  async #answer(call: string, input: Input): Promise<unknown> {
    const { fence, set, definition, service, path, guard, timeoutMs } = input;
    const calls = this.#calls;
    switch (call) {
      case "hello":
        return PROTOCOL;
      case "claim":
        return calls.claim(fence);
      case "start":
        return calls.start(fence, definition);
      case "inspect":
        return calls.inspect(set);
      case "probe":
        return calls.probe(set, service, path);
      case "route":
        return calls.route(fence, set as string | null, guard);
      case "traffic":
        return calls.traffic(set);
      case "retire":
        return calls.retire(fence, set, timeoutMs);
      case "state":
        return calls.state();
      case "shutdown":
        await calls.shutdown(fence);
        setImmediate(() => this.#leave());
        return undefined;
      default:
        throw new Error(`no call ${call}`);
    }
  }

  async #tick(): Promise<void> {
    if (this.#leaving) return;
    if (!this.#file.stands()) {
      this.#leaving = true;
      log("the folder is gone: everything of it ends");
      await this.#calls.abandon(ABANDON_GRACE_MS);
      this.#leave();
      return;
    }
    this.#instances.tick();
    if (performance.now() - this.#tidiedMs >= TIDY_MS) {
      this.#tidiedMs = performance.now();
      this.#tidy();
    }
    if (!statSync(this.#socket, { throwIfNoEntry: false })) await this.#listen();
    const due = performance.now() - this.#routersTriedMs >= ROUTER_RETRY_MS;
    if (due && this.#routers.anyDown(routesOf(this.#file.read()))) {
      this.#routersTriedMs = performance.now();
      await this.#calls.reconcile();
    }
  }

  /** A full disk or a missing folder of logs is no reason to leave the instances alone. */
  #tidy(): void {
    try {
      const { sets } = this.#file.read();
      const inUse = sets.flatMap(({ name, instances }) =>
        instances.map(({ service }) => logName(name, service)),
      );
      tidyLogs(layoutOf(this.#options.folder).logs, new Set([...inUse, "supervisor.log"]));
    } catch (error) {
      log(`the logs could not be tidied: ${error}`);
    }
  }

  /** The answer to `shutdown` leaves with the connection; then nobody is served any more. */
  #leave(): void {
    this.#leaving = true;
    const { folder } = this.#options;
    const stands = this.#file.stands();
    if (stands) rmSync(layoutOf(folder).address, { force: true });
    this.#server?.close(() => {
      this.#lock.close();
      process.exit(0);
    });
    setTimeout(() => process.exit(0), STOP_GRACE_MS);
    removeSockets(this.#socket, stands);
  }
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as SupervisorOptions;
  const held = lock(layoutOf(options.folder).lock);
  if (!held) process.exit(LOCKED_EXIT);
  try {
    await new Supervisor(options, held).start();
  } catch (error) {
    log(isRingfenceError(error) ? `${error.code}: ${error.message}: ${error.why}` : inspect(error));
    process.exit(1);
  }
}

await main();
