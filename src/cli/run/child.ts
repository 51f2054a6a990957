/**
 * Runs the command as a child: its output through the scrubber, or inherited where replacing this process is not
 * possible. Signals go to the child; its exit code or signal becomes ours.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { Readable } from "node:stream";
import { systemCode } from "../../base/error.ts";
import { rememberSecret } from "../../base/redact.ts";
import { runErrors } from "./errors.ts";
import type { Log } from "./log-file.ts";
import { passOutput } from "./output.ts";
import { createPipes } from "./pipes.ts";
import { RunSignals } from "./signals.ts";

export interface ChildRun {
  /** The file that the command's first word means. */
  readonly file: string;
  readonly command: readonly string[];
  readonly environment: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Values that may not appear in the output; undefined: output is inherited as it is. */
  readonly scrub: readonly string[] | undefined;
  /** Done once the child has ended; more than once, where a signal is in a hurry. */
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
  /** Lets go of whatever it waits for, however the run ends. */
  stop(): void;
}

/** What a run holds that must be renewed while it lasts, and given back. */
export interface RunLeases {
  start(): void;
  end(): Promise<void>;
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

function outputFailure(error: unknown, { environment }: ChildRun): Error {
  return runErrors.RUN_OUTPUT_UNWRITABLE({
    what: "the command's output cannot be written",
    where: `the output of ringfence run -e ${environment}`,
    why: error instanceof Error ? error.message : String(error),
    fix: "df -h .   # or let the output go elsewhere",
    cause: error,
  });
}

/** Passes the child's output on until there is no more, and the child has ended: also where the output fails. */
async function endOf(
  { child, sources }: StartedChild,
  run: ChildRun,
  reading: AbortController,
): Promise<ChildEnd> {
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.once("error", (error) => reject(startFailure(error, run)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const passing = Promise.allSettled(
    sources.map((source, i) =>
      passOutput(source, i + 1, { kept: run.log?.keeper(), abandoned: reading.signal }),
    ),
  );
  run.watch?.started(child, () => reading.abort());
  const end = await ended;
  for (const passed of await passing) {
    if (passed.status === "rejected") throw outputFailure(passed.reason, run);
  }
  return end;
}

/**
 * Runs the command to its end, and answers how it ended: also by the signal that ended the waiting for output which
 * others than the child held open.
 *
 * @throws RUN_COMMAND_NOT_FOUND, RUN_COMMAND_NOT_EXECUTABLE, RUN_ARGUMENTS_TOO_LONG, RUN_OUTPUT_UNWRITABLE
 */
export async function runChild(run: ChildRun): Promise<ChildEnd> {
  for (const value of run.scrub ?? []) rememberSecret(value);
  let child: ChildProcess | undefined;
  const reading = new AbortController();
  const signals = new RunSignals({
    childOf: () => child,
    send: (to, signal) => (run.watch ? run.watch.signal(to, signal) : to.kill(signal)),
    abandon: () => reading.abort(),
    beforeEnd: () => run.beforeEnd?.(),
  });
  try {
    const started = startChild(run);
    child = started.child;
    const end = await endOf(started, run, reading);
    signals.settle();
    await run.beforeEnd?.();
    await run.watch?.ended(end);
    return signals.late === undefined ? end : { code: null, signal: signals.late };
  } finally {
    run.watch?.stop();
    signals.stop();
  }
}
