/** Runs programs that give layers as processes: a command as it is, a module in Ringfence's own Node. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { systemCode } from "../../base/error.ts";
import type { CommandCall, ModuleCall, ProgramAnswer, ProgramRunner } from "../../ports/programs.ts";
import { entryOf, nodeVariables, withHeldNode } from "./held-node.ts";
import { performTask } from "./task.ts";

const TIME_LIMIT_MS = 30_000;
const OUTPUT_LIMIT_BYTES = 10 * 1024 * 1024;
/** Where a module's process answers, so that what the module prints can't get in between. */
const ANSWER = 3;

export interface ProgramLimits {
  readonly timeMs?: number;
  readonly outputBytes?: number;
}

type Ended = SpawnSyncReturns<Buffer>;

function failed(why: string): ProgramAnswer {
  return { ok: false, why };
}

/** What went wrong with the process itself; undefined where it ended by itself and well. */
function faultOf({ error, status, signal, stderr }: Ended, program: string, limits: Required<ProgramLimits>) {
  const code = systemCode(error);
  if (code === "ETIMEDOUT") return `it did not end within ${limits.timeMs / 1_000} s`;
  if (code === "ENOBUFS") return `it printed more than ${limits.outputBytes / 1024 / 1024} MiB`;
  if (code === "ENOENT") return `there is no program ${program}`;
  if (error) return `it could not be started (${code ?? error.name})`;
  if (status === 0) return undefined;
  const lines = stderr.length === 0 ? 0 : stderr.toString("latin1").trimEnd().split("\n").length;
  const said =
    lines === 0 ? "" : `; the ${lines} lines on its standard error are not shown, they may be secret`;
  return `it ended with ${signal === null ? `exit code ${status}` : `the signal ${signal}`}${said}`;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function runCommand(call: CommandCall, limits: Required<ProgramLimits>): ProgramAnswer {
  const [first = "", ...rest] = call.words;
  const isNode = first === "node" || first === process.execPath;
  const start = (flags: readonly string[]) =>
    spawnSync(isNode ? process.execPath : first, [...flags, ...rest], {
      cwd: call.folder,
      env: isNode ? nodeVariables(call.variables) : call.variables,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limits.timeMs,
      maxBuffer: limits.outputBytes,
      killSignal: "SIGKILL",
    });
  const { ended, refused } = isNode ? withHeldNode(call, start) : { ended: start([]), refused: undefined };
  if (refused) return { ok: false, ...refused };
  const fault = faultOf(ended, first, limits);
  if (fault !== undefined) return failed(fault);
  const text = textOf(ended.stdout);
  return text === undefined ? failed("what it printed is no UTF-8 text") : { ok: true, text };
}

function runModule(call: ModuleCall, limits: Required<ProgramLimits>): ProgramAnswer {
  const { folder, path, environment, files } = call;
  const ended = spawnSync(process.execPath, [entryOf("module-entry")], {
    cwd: folder,
    env: nodeVariables(call.variables),
    input: JSON.stringify({ folder, path, environment, files }),
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    timeout: limits.timeMs,
    maxBuffer: limits.outputBytes,
    killSignal: "SIGKILL",
  });
  const answer = ended.output?.[ANSWER]?.toString() ?? "";
  const fault = faultOf(ended, "node", limits);
  if (ended.error || answer === "") return failed(fault ?? "it ended before it gave a value");
  const { value, why, fix } = JSON.parse(answer) as { value?: unknown; why?: string; fix?: string };
  if (why === undefined) return { ok: true, text: JSON.stringify(value) };
  return { ok: false, why, ...(fix !== undefined && { fix }) };
}

/** @param limits for tests; 30 s and 10 MiB unless told */
export function openProgramRunner({
  timeMs = TIME_LIMIT_MS,
  outputBytes = OUTPUT_LIMIT_BYTES,
}: ProgramLimits = {}): ProgramRunner {
  const limits = { timeMs, outputBytes };
  return {
    perform: performTask,
    run: (call) => (call.kind === "command" ? runCommand(call, limits) : runModule(call, limits)),
  };
}
