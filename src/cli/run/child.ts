/**
 * Runs the command as a child: its output through the scrubber, or inherited where replacing this process is not
 * possible. Signals go to the child; its exit code or signal becomes ours.
 *
 * Output is written by `fs.write`, not by `process.stdout`: that would block this process (and the forwarding of
 * signals) while the reader stalls. Each chunk is read only when the one before is written.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, write } from "node:fs";
import { constants as os } from "node:os";
import type { Readable } from "node:stream";
import { isatty } from "node:tty";
import { systemCode } from "../../base/error.ts";
import { createScrubber, rememberSecret } from "../../base/redact.ts";
import { runErrors } from "./errors.ts";
import type { LineKeeper, Log } from "./log-file.ts";
import { createPipes } from "./pipes.ts";

export interface ChildRun {
  /** The file that the command's first word means. */
  readonly file: string;
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Values that may not appear in the output; undefined: output is inherited as it is. */
  readonly scrub: readonly string[] | undefined;
  /** What goes with the child. */
  readonly watch?: ChildWatch | undefined;
  /** Where output is kept besides being shown; only with `scrub`. */
  readonly log?: Log | undefined;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Goes with a child from its start to its end. */
export interface ChildWatch {
  /** Handles of the child for reports to us, from 3 on. */
  readonly reports: readonly ("pipe" | "ignore")[];
  /** @param abandon ends the reading of output that others than the child still hold open. */
  started(child: ChildProcess, abandon: () => void): void;
  /** Gives the child a signal. */
  signal(child: ChildProcess, signal: NodeJS.Signals): void;
  /** @throws why the end is not the command's own */
  ended(end: ChildEnd): Promise<void>;
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
/** A terminal sends these to the whole foreground group, the child included: forwarding would double them. */
const FROM_TERMINAL: readonly string[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];
const RETRY_MS = 5;

function writeOnce(handle: number, data: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(handle, data, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

async function writeAll(handle: number, data: Buffer): Promise<void> {
  for (let rest = data; rest.length > 0; ) {
    try {
      rest = rest.subarray(await writeOnce(handle, rest));
    } catch (error) {
      // Whoever shares the other end may have made it non-blocking: wait until it takes more.
      if (systemCode(error) !== "EAGAIN") throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/**
 * Passes a stream on, scrubbed, until its end; when nobody reads any more, the child's end is closed as well. What is
 * kept is kept before it is shown.
 */
async function pass(stream: Readable, handle: number, kept: LineKeeper | undefined): Promise<void> {
  const scrubber = createScrubber();
  try {
    for await (const chunk of stream) {
      const safe = scrubber.push(chunk as Buffer);
      kept?.push(safe);
      await writeAll(handle, safe);
    }
    const last = scrubber.end();
    kept?.push(last);
    await writeAll(handle, last);
  } catch (error) {
    stream.destroy();
    if (systemCode(error) !== "EPIPE" && systemCode(error) !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  } finally {
    kept?.end();
  }
}

function startFailure(error: unknown, { file, command }: ChildRun): Error {
  const name = command[0]!;
  const code = systemCode(error);
  if (code === "E2BIG") {
    return runErrors.RUN_ARGUMENTS_TOO_LONG({
      what: `${name}: the argument list is too long`,
      where: file,
      why: "the operating system limits arguments and environment variables together",
      fix: "getconf ARG_MAX   # pass long values in a file or on standard input",
      cause: error,
    });
  }
  if (code === "ENOENT") {
    return runErrors.RUN_COMMAND_NOT_FOUND({
      what: `${name}: cannot be started`,
      where: file,
      why: "the interpreter or loader that it names does not exist",
      fix: `head -n 1 '${file}'; file '${file}'`,
      cause: error,
    });
  }
  return runErrors.RUN_COMMAND_NOT_EXECUTABLE({
    what: `${name}: cannot be executed`,
    where: file,
    why: code ?? String(error),
    fix: `file '${file}'; ls -l '${file}'`,
    cause: error,
  });
}

/** Ends this process by the signal that ended the child, so that the caller sees the same. */
function dieBy(signal: NodeJS.Signals): Promise<number> {
  // Removing a handler gives the signal its default again, also SIGPIPE, which Node ignores.
  const nothing = () => {};
  try {
    process.on(signal, nothing);
    process.off(signal, nothing);
  } catch {
    // SIGKILL and SIGSTOP can't be caught; they need no reset.
  }
  process.kill(process.pid, signal);
  // Where the signal does not end us (blocked, or first process of a container): as shells say it.
  return new Promise((resolve) => setTimeout(resolve, 100, 128 + os.signals[signal]));
}

function forwardSignals(child: ChildProcess, watch: ChildWatch | undefined): () => void {
  const onTerminal = [0, 1, 2].some((handle) => isatty(handle));
  const handlers = FORWARDED.map((signal) => {
    const handler = () => {
      const ended = child.exitCode !== null || child.signalCode !== null;
      // The child is gone and only its own children hold the output open: the signal is for us.
      if (ended && signal !== "SIGWINCH") {
        process.off(signal, handler);
        process.kill(process.pid, signal);
      } else if (!(onTerminal && FROM_TERMINAL.includes(signal))) {
        if (watch) watch.signal(child, signal);
        else child.kill(signal);
      }
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

interface StartedChild {
  readonly child: ChildProcess;
  /** Standard output and standard error; none when they are inherited. */
  readonly streams: readonly Readable[];
}

function startChild(run: ChildRun): StartedChild {
  const pipes = run.scrub && createPipes();
  const output = run.scrub === undefined ? "inherit" : "pipe";
  try {
    const child = spawn(run.file, run.command.slice(1), {
      argv0: run.command[0]!,
      env: { ...run.variables },
      stdio: [
        "inherit",
        pipes?.[0].input ?? output,
        pipes?.[1].input ?? output,
        ...(run.watch?.reports ?? []),
      ],
    });
    const sockets = [child.stdout, child.stderr].filter((stream) => stream !== null);
    return { child, streams: pipes?.map((pipe) => pipe.output) ?? sockets };
  } catch (error) {
    for (const pipe of pipes ?? []) pipe.output.destroy();
    throw startFailure(error, run);
  } finally {
    for (const pipe of pipes ?? []) closeSync(pipe.input);
  }
}

/**
 * Runs the command to its end and answers its exit code; ends this process itself where a signal ended the child.
 *
 * @throws RUN_COMMAND_NOT_FOUND, RUN_COMMAND_NOT_EXECUTABLE, RUN_ARGUMENTS_TOO_LONG
 */
export async function runChild(run: ChildRun): Promise<number> {
  for (const value of run.scrub ?? []) rememberSecret(value);
  const { child, streams } = startChild(run);
  const stopForwarding = forwardSignals(child, run.watch);
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.once("error", (error) => reject(startFailure(error, run)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  run.watch?.started(child, () => {
    for (const stream of streams) stream.destroy();
  });
  try {
    const passing = streams.map((stream, i) => pass(stream, i + 1, run.log?.keeper()));
    const [{ code, signal }] = await Promise.all([ended, ...passing]);
    stopForwarding();
    await run.watch?.ended({ code, signal });
    return signal === null ? (code ?? 1) : await dieBy(signal);
  } finally {
    stopForwarding();
  }
}
