/**
 * Runs the command as a child: its output through the scrubber, or inherited where replacing this process is not
 * possible. Signals go to the child; its exit code or signal becomes ours.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants as os } from "node:os";
import type { Readable } from "node:stream";
import { isatty } from "node:tty";
import { systemCode } from "../../base/error.ts";
import { rememberSecret } from "../../base/redact.ts";
import { runErrors } from "./errors.ts";
import type { Log } from "./log-file.ts";
import { passOutput } from "./output.ts";
import { createPipes } from "./pipes.ts";

export interface ChildRun {
  /** The file that the command's first word means. */
  readonly file: string;
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Values that may not appear in the output; undefined: output is inherited as it is. */
  readonly scrub: readonly string[] | undefined;
  /** Done once the child has ended, also where this process then ends by a signal. */
  readonly beforeEnd?: (() => Promise<void> | undefined) | undefined;
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

/** What a run holds that must be renewed while it lasts, and given back. */
export interface RunLeases {
  start(): void;
  end(): Promise<void>;
}

/** How long the output that others than the child still hold open is listened to, once the run is to end. */
export const LAST_OUTPUT_MS = 1_000;

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
/** A terminal sends these to the whole foreground group, the child included: forwarding would double them. */
const FROM_TERMINAL: readonly string[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

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

/** Begins before the child is there: one that it is started for may already send a signal. */
function forwardSignals(childOf: () => ChildProcess | undefined, { beforeEnd, watch }: ChildRun): () => void {
  const onTerminal = [0, 1, 2].some((handle) => isatty(handle));
  const timers: NodeJS.Timeout[] = [];
  const handlers = FORWARDED.map((signal) => {
    const handler = () => {
      const child = childOf();
      const ended = !child || child.exitCode !== null || child.signalCode !== null;
      // The signal is for us: the child is gone, and others hold the output open. Or it was for both, and the child
      // was faster: its last words, which then end at once, and its own code count.
      if (ended && signal !== "SIGWINCH") {
        process.off(signal, handler);
        const end = () => process.kill(process.pid, signal);
        timers.push(
          setTimeout(() => {
            const ending = beforeEnd?.();
            if (ending) ending.finally(end);
            else end();
          }, LAST_OUTPUT_MS),
        );
      } else if (child && !(onTerminal && FROM_TERMINAL.includes(signal))) {
        if (watch) watch.signal(child, signal);
        else child.kill(signal);
      }
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const timer of timers) clearTimeout(timer);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

interface StartedChild {
  readonly child: ChildProcess;
  /** Standard output and standard error, as reading ends of pipes or as streams; none when they are inherited. */
  readonly sources: readonly (number | Readable)[];
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
    return { child, sources: pipes?.map((pipe) => pipe.output) ?? sockets };
  } catch (error) {
    for (const pipe of pipes ?? []) closeSync(pipe.output);
    throw startFailure(error, run);
  } finally {
    for (const pipe of pipes ?? []) closeSync(pipe.input);
  }
}

/** Passes the child's output on until there is no more, and the child has ended. */
async function endOf({ child, sources }: StartedChild, run: ChildRun): Promise<ChildEnd> {
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.once("error", (error) => reject(startFailure(error, run)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const reading = new AbortController();
  const passing = sources.map((source, i) =>
    passOutput(source, i + 1, { kept: run.log?.keeper(), abandoned: reading.signal }),
  );
  run.watch?.started(child, () => reading.abort());
  const [end] = await Promise.all([ended, ...passing]);
  return end;
}

/**
 * Runs the command to its end and answers its exit code; ends this process itself where a signal ended the child.
 *
 * @throws RUN_COMMAND_NOT_FOUND, RUN_COMMAND_NOT_EXECUTABLE, RUN_ARGUMENTS_TOO_LONG
 */
export async function runChild(run: ChildRun): Promise<number> {
  for (const value of run.scrub ?? []) rememberSecret(value);
  let child: ChildProcess | undefined;
  const stopForwarding = forwardSignals(() => child, run);
  try {
    const started = startChild(run);
    child = started.child;
    const { code, signal } = await endOf(started, run);
    stopForwarding();
    await run.beforeEnd?.();
    await run.watch?.ended({ code, signal });
    return signal === null ? (code ?? 1) : await dieBy(signal);
  } finally {
    stopForwarding();
  }
}
