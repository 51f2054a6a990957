/** Signals that come while a command runs, and the end of this process by one. */
import type { ChildProcess } from "node:child_process";
import { constants as os } from "node:os";
import { isatty } from "node:tty";

/** How long the output that others than the child still hold open is listened to, once the run is to end. */
export const LAST_OUTPUT_MS = 1_000;

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
/** A terminal sends these to the whole foreground group, the child included: forwarding would double them. */
const FROM_TERMINAL: readonly string[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

/** Ends this process by the signal that ended the child, so that the caller sees the same. */
export function dieBy(signal: NodeJS.Signals): Promise<number> {
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

/** Whether a child process is gone, though others may still hold its output. */
export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

interface Signalled {
  readonly childOf: () => ChildProcess | undefined;
  /** Gives the child a signal. */
  readonly send: (child: ChildProcess, signal: NodeJS.Signals) => void;
  /** Ends the reading of output. */
  readonly abandon: () => void;
  /** Done before this process ends by a signal. */
  readonly beforeEnd: () => Promise<void> | undefined;
}

/**
 * Passes signals on to the child, from before it is there: one that it is started for may already send some.
 *
 * A signal once the child has ended is for us, where others hold its output open. Or it was for both, and the child was
 * faster: its last words, which then end at once, and its own code count. So output is read for a moment more, or until
 * a second signal.
 */
export class RunSignals {
  readonly #given: Signalled;
  readonly #onTerminal = [0, 1, 2].some((handle) => isatty(handle));
  readonly #handlers: readonly (readonly [NodeJS.Signals, () => void])[];
  #timer: NodeJS.Timeout | undefined;
  #late: NodeJS.Signals | undefined;
  #isSettled = false;

  constructor(given: Signalled) {
    this.#given = given;
    this.#handlers = FORWARDED.map((signal) => [signal, () => this.#came(signal)] as const);
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /** The one that ended the waiting for output. */
  get late(): NodeJS.Signals | undefined {
    return this.#late;
  }

  /** The output has ended. What follows is short and ends by itself: a signal waits for it. */
  settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
  }

  stop(): void {
    this.settle();
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #came(signal: NodeJS.Signals): void {
    const child = this.#given.childOf();
    if (child && !hasEnded(child)) {
      const isTheirsToo = this.#onTerminal && FROM_TERMINAL.includes(signal);
      if (!isTheirsToo) this.#given.send(child, signal);
    } else if (signal !== "SIGWINCH" && !this.#isSettled && !this.#late) {
      if (this.#timer) this.#leave(signal);
      else this.#timer = setTimeout(() => this.#leave(signal), LAST_OUTPUT_MS);
    }
  }

  #leave(signal: NodeJS.Signals): void {
    this.#late = signal;
    this.#given.abandon();
    clearTimeout(this.#timer);
    // Where nobody reads what is still to be written, there is no end to wait for.
    this.#timer = setTimeout(() => this.#die(signal), LAST_OUTPUT_MS);
  }

  #die(signal: NodeJS.Signals): void {
    const end = () => void dieBy(signal);
    const ending = this.#given.beforeEnd();
    if (ending) ending.finally(end);
    else end();
  }
}
