/**
 * What opening secrets hangs on and cannot be had at once: a passphrase that a person types, a data key that a service
 * unwraps. Secrets are read without waiting; where such a key is missing, reading stops with the question, somebody
 * is asked, and the work that was reading begins again. So only who opens secrets asks, and each question is asked once.
 */
import { isRingfenceError, type RingfenceError } from "../base/error.ts";

/** Asks a person for a passphrase without showing it; undefined where nobody can answer. */
export type AskPassphrase = (question: string) => Promise<string | undefined>;

/** What an answer gave, or why there is none. */
export type Answered<T> = { readonly got: T } | { readonly refusal: RingfenceError };

/** The answers of one process, by what was asked; never written anywhere. */
export interface KeyAnswers {
  /** Identities by the path of their locked file. */
  readonly unlocked: Map<string, Answered<readonly string[]>>;
  /** By the digest of the data key as it is wrapped, and the declared keys; nothing where no service had to be asked. */
  readonly dataKeys: Map<string, Answered<Uint8Array | undefined>>;
  /** What opened a file in this process is tried on the next one. */
  readonly passphrases: Set<string>;
}

export function noAnswers(): KeyAnswers {
  return { unlocked: new Map(), dataKeys: new Map(), passphrases: new Set() };
}

/** Thrown through whatever reads secrets; {@link answering} catches it, so that nobody sees it. */
class KeyQuestion extends Error {
  readonly ask: () => Promise<void>;

  constructor(ask: () => Promise<void>) {
    super("a key has to be asked for first");
    this.ask = ask;
  }
}

/**
 * The kept answer; where there is none, stops what is being done until {@link answering} has asked.
 *
 * @param isFinal refusals that end the command, as a wrong passphrase does; others are kept like an answer
 */
export function answerTo<T>(
  answers: Map<string, Answered<T>>,
  about: string,
  ask: () => Promise<T>,
  isFinal: (error: RingfenceError) => boolean = () => false,
): Answered<T> {
  const kept = answers.get(about);
  if (kept) return kept;
  throw new KeyQuestion(async () => {
    try {
      answers.set(about, { got: await ask() });
    } catch (error) {
      if (!isRingfenceError(error) || isFinal(error)) throw error;
      answers.set(about, { refusal: error });
    }
  });
}

/** Does work that reads secrets, as often as it takes until nothing is left to be asked. It must bear being begun again. */
export async function answering<T>(work: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KeyQuestion)) throw error;
      await error.ask();
    }
  }
}
