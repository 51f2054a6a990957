/** Reaching an environment's supervisor, and starting one when none lives. Knows no call by name but `hello`. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type RingfenceError, systemCode } from "../../base/error.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Address, LOCKED_EXIT, PROTOCOL, type SupervisorOptions } from "./address.ts";
import { targetErrors } from "./errors.ts";
import { createFolders, type Layout, readJson, verifySocketFolder } from "./folders.ts";
import { inheritedEnvironment } from "./instance.ts";
import { logTail, spawnLogged } from "./logs.ts";
import { isRunning } from "./process-identity.ts";
import { callWire, NoAnswer } from "./wire.ts";

const START_TIMEOUT_MS = 20_000;
const HELLO_TIMEOUT_MS = 5_000;
const POLL_MS = 20;
const MOST_REPEATS = 2;

export interface LaunchOptions extends SupervisorOptions {
  readonly layout: Layout;
  readonly supervisorEntry: string;
  readonly clock: Clock;
}

function supervisorDown(options: LaunchOptions, why: string): RingfenceError {
  const { environment, layout } = options;
  return targetErrors.TARGET_SUPERVISOR_DOWN({
    what: `the supervisor of ${environment} does not answer`,
    where: `environment ${environment}`,
    why,
    fix: `tail '${layout.supervisorLog}'`,
  });
}

/** The living supervisor; undefined when none lives. @throws TARGET_SOCKET_UNSAFE */
export function livingSupervisor(layout: Layout): Address | undefined {
  const address = readJson(layout.address) as Address | null | undefined;
  if (!address || !isRunning(address)) return undefined;
  verifySocketFolder(dirname(address.socket));
  return address;
}

function checkKey({ keyFile, environment }: LaunchOptions): void {
  if (keyFile === null) return;
  try {
    readFileSync(keyFile);
  } catch (error) {
    throw targetErrors.TARGET_KEY_UNREADABLE({
      what: `the key file of ${environment} can't be read: ${systemCode(error) ?? error}`,
      where: keyFile,
      why: "the settings that running services need after a restart are sealed with it",
      fix: `ls -l '${keyFile}'`,
      cause: error,
    });
  }
}

/** Starts a supervisor process. The returned value tells its exit code once it has ended. */
function spawnSupervisor(options: LaunchOptions): { code: number | null | undefined } {
  const { environment, folder, keyFile, routerEntry, layout } = options;
  const argument: SupervisorOptions = { environment, folder, keyFile, routerEntry };
  const runtime = process.env.XDG_RUNTIME_DIR;
  const args = [options.supervisorEntry, JSON.stringify(argument)];
  const env = { ...inheritedEnvironment(process.env), ...(runtime ? { XDG_RUNTIME_DIR: runtime } : {}) };
  const child = spawnLogged(process.execPath, args, { cwd: "/", env }, layout.supervisorLog);
  child.unref();
  const ended: { code: number | null | undefined } = { code: undefined };
  child.once("exit", (code) => {
    ended.code = code;
  });
  child.once("error", () => {
    ended.code = null;
  });
  return ended;
}

async function greets(address: Address): Promise<boolean> {
  try {
    await callWire(address.socket, "hello", {}, HELLO_TIMEOUT_MS);
    return true;
  } catch {
    return false;
  }
}

/**
 * A living supervisor of this version. Of several that are started at once, one gets the lock and serves all.
 *
 * @throws TARGET_SUPERVISOR_DOWN, TARGET_KEY_UNREADABLE, TARGET_FOLDER_UNUSABLE, TARGET_SOCKET_UNSAFE
 */
async function ensureSupervisor(options: LaunchOptions): Promise<Address> {
  const { layout, clock } = options;
  checkKey(options);
  createFolders(layout);
  const deadline = clock.now() + START_TIMEOUT_MS;
  let started: ReturnType<typeof spawnSupervisor> | undefined;
  while (clock.now() < deadline) {
    const address = livingSupervisor(layout);
    if (address && address.protocol !== PROTOCOL) process.kill(address.pid, "SIGTERM");
    else if (address && (await greets(address))) return address;
    else if (!started || started.code === LOCKED_EXIT) started = spawnSupervisor(options);
    else if (started.code !== undefined) throw supervisorDown(options, startFailure(options, started.code));
    await clock.wait(POLL_MS);
  }
  throw supervisorDown(options, startFailure(options, undefined));
}

function startFailure({ layout }: LaunchOptions, code: number | null | undefined): string {
  const how =
    code === undefined ? "it was started and stays silent" : `it exited with code ${code} at its start`;
  const tail = logTail(layout.supervisorLog);
  return tail ? `${how}; last lines of its log: ${tail}` : how;
}

/**
 * One call to the supervisor, which is started when none lives. Every call may be repeated, so one that a dying
 * supervisor left unanswered is made again to the next.
 *
 * @throws the supervisor's error, or what {@link ensureSupervisor} throws.
 */
export async function callSupervisor(
  options: LaunchOptions,
  call: string,
  input: unknown,
  timeoutMs: number,
): Promise<unknown> {
  for (let repeats = 0; ; repeats++) {
    const known = repeats === 0 ? livingSupervisor(options.layout) : undefined;
    const address = known?.protocol === PROTOCOL ? known : await ensureSupervisor(options);
    try {
      return await callWire(address.socket, call, input, timeoutMs);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (repeats === MOST_REPEATS || error.reason === "timeout")
        throw supervisorDown(options, error.message);
    }
  }
}
