/**
 * Secrets that a program prints: the words of a `cmd:` reference, or the command that a project declares for a scheme
 * of its own. Whoever asks has made sure that the program is trusted. What it prints is never shown, nor what it says
 * on standard error: that may be secret as well.
 */
import { answerEach, answerOnce } from "../../base/answering.ts";
import { systemCode } from "../../base/error.ts";
import { runGroup } from "../../base/process-group.ts";
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
    const { folder, variables } = options;
    const call = { words, folder, variables, largestOutputBytes: LARGEST_BYTES };
    const { code, signal: ended, output } = await runGroup(call, signal);
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
