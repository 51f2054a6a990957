/**
 * Secrets that a program prints: the words of a `cmd:` reference, or the command that a project declares for a scheme
 * of its own. Whoever asks has made sure that the program is trusted. What it prints is never shown, nor what it says
 * on standard error: that may be secret as well.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { answerEach, answerOnce } from "../../base/answering.ts";
import { systemCode } from "../../base/error.ts";
import { shellWords } from "../../base/shell-word.ts";
import type { SecretAnswer, SecretReference, SecretStore } from "../../ports/secret-store.ts";

const LARGEST_BYTES = 1024 * 1024;
/** Programs that run at the same time: some tools lock a session, and each is a process. */
const AT_ONCE = 4;

export interface CommandSecretsOptions {
  /** Absolute; the working folder. */
  readonly folder: string;
  readonly scheme: string;
  /** All that the program finds in its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Words with `{reference}` and `{path}`; undefined: the references themselves hold the words. */
  readonly command: readonly string[] | undefined;
}

/** The words for one reference, each a whole argument. */
function wordsFor(command: readonly string[] | undefined, { scheme, path }: SecretReference): string[] {
  if (command === undefined) return JSON.parse(path) as string[];
  const filled: Readonly<Record<string, string>> = { reference: `${scheme}://${path}`, path };
  return command.map((word) => word.replace(/\{(reference|path)\}/g, (_, name: string) => filled[name]!));
}

function textOf(bytes: Uint8Array): SecretAnswer {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes)
      .replace(/\r?\n$/, "");
    if (text === "") return { kind: "missing", why: "the program printed nothing" };
    return { kind: "found", text, version: undefined };
  } catch {
    return { kind: "invalid", why: "what the program printed is no UTF-8 text" };
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Undefined: more than is taken. */
  readonly output: Buffer | undefined;
}

/** Ends the program and what it has started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch (error) {
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

function run(words: readonly string[], options: CommandSecretsOptions, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(words[0]!, words.slice(1), {
      cwd: options.folder,
      env: options.variables,
      stdio: ["ignore", "pipe", "ignore"],
      detached: process.platform !== "win32",
    });
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = () => kill(child);
    signal.addEventListener("abort", stop, { once: true });
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LARGEST_BYTES) chunks.push(chunk);
      else stop();
    });
    child.once("error", (error) => {
      signal.removeEventListener("abort", stop);
      reject(error);
    });
    child.once("close", (code, ended) => {
      signal.removeEventListener("abort", stop);
      resolve({ code, signal: ended, output: length > LARGEST_BYTES ? undefined : Buffer.concat(chunks) });
    });
  });
}

const TOO_LATE = { kind: "unreachable", why: "the program did not end in time" } as const;

async function ask(
  reference: SecretReference,
  options: CommandSecretsOptions,
  signal: AbortSignal,
): Promise<SecretAnswer> {
  if (reference.scheme !== options.scheme)
    return { kind: "invalid", why: `this program is not asked by ${reference.scheme}` };
  const words = wordsFor(options.command, reference);
  const byHand = `to see why: ${shellWords(words)}`;
  if (signal.aborted) return TOO_LATE;
  try {
    const { code, signal: ended, output } = await run(words, options, signal);
    if (output === undefined) return { kind: "invalid", why: "the program printed more than 1 MiB" };
    if (signal.aborted) return TOO_LATE;
    if (code === 0) return textOf(output);
    const how = ended === null ? `exit code ${code}` : `the signal ${ended}`;
    return { kind: "denied", why: `the program ended with ${how}; ${byHand}` };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const why = code === "ENOENT" ? `there is no program ${words[0]}` : `it could not be started (${code})`;
    return { kind: "invalid", why };
  }
}

/** The store of references that a program answers: one run for each, once for equal ones, a few at the same time. */
export function openCommandSecrets(options: CommandSecretsOptions): SecretStore {
  return {
    schemes: [options.scheme],
    read: (references, signal) =>
      answerOnce(
        references,
        ({ scheme, path }) => `${scheme}:${path}`,
        (distinct) => answerEach(distinct, AT_ONCE, (reference) => ask(reference, options, signal)),
      ),
  };
}
