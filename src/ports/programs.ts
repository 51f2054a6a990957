/** Runs a project's own programs that give layers. Whoever asks has made sure that they are trusted. */
import type { Digest } from "../base/digest.ts";

interface CallFacts {
  /** Absolute; the working folder. */
  readonly folder: string;
  /** All that the program finds in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The project's files that Node may load, besides installed packages; each only as long as it has this digest. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
}

/** A command, started without a shell; `node` is Ringfence's own, and held to the files. It prints JSON on standard output. */
export interface CommandCall extends CallFacts {
  readonly kind: "command";
  readonly words: readonly string[];
}

/**
 * A JavaScript or TypeScript module in Ringfence's own Node. Its default export is the value, or a function or a
 * class that is called with the environment's name for it, and is awaited.
 */
export interface ModuleCall extends CallFacts {
  readonly kind: "module";
  /** Relative to the folder. */
  readonly path: string;
  readonly environment: string;
}

export type ProgramCall = CommandCall | ModuleCall;

export type ProgramAnswer =
  /** What it gave: of a command its output, of a module its value as JSON. */
  | { readonly ok: true; readonly text: string }
  /** Why it gave nothing. Never holds what the program printed or threw: that may be secret. `fix` where one is known. */
  | { readonly ok: false; readonly why: string; readonly fix?: string };

/** A command that changes or tries something outside, started as {@link CommandCall} is. What it prints is not looked at. */
export interface TaskCall extends CallFacts {
  readonly words: readonly string[];
  /** Given on its standard input, which then ends. */
  readonly input: string;
  readonly timeoutMs: number;
}

export type TaskAnswer =
  | { readonly ok: true }
  /**
   * `refused`: the program itself ended with another exit code than 0. `unknown`: nobody can tell what it has done: it
   * was not started, was ended, or did not end in time. Never holds what the program printed.
   */
  | { readonly ok: false; readonly kind: "refused" | "unknown"; readonly why: string; readonly fix?: string };

export interface ProgramRunner {
  /** Runs a task once. @param signal ends it, and all that it has started */
  perform(call: TaskCall, signal: AbortSignal): Promise<TaskAnswer>;
  /** Waits for the end. A program has no input, and limited time and output; one that fails is an answer. */
  run(call: ProgramCall): ProgramAnswer;
}
