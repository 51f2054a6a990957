/** What the suites of the port for secrets share: the store under test, facts about its kind, and how it is asked. */
import { expect, vi } from "vitest";
import type { SecretAnswer, SecretReference, SecretStore } from "../../src/ports/secret-store.ts";
import { ENDLESS, type Failure } from "./services/failing-server.ts";

/** What only a service that the test has in its hands can do. */
export interface ServiceInHand {
  /** A secret that is there and that this caller may not have, nor write. */
  readonly denied: SecretReference;
  /** From now on the service fails so. */
  fail(failure: Failure): Promise<void>;
  /** Ends when the service has got one more request. */
  asked(): Promise<unknown>;
  /** How many answers without end were read as far as they go. */
  swallowed(): number;
  /** How often the service was asked so far, without what signing in took. */
  requests(): number;
}

/** A store of its own for each test. */
export interface SecretStoreUnderTest {
  readonly store: SecretStore;
  /** Where a secret of this name is, or would be. */
  at(name: string): SecretReference;
  /** Puts a secret there, or a further version of it, and everyone gets that. */
  keep(name: string, text: string): Promise<void>;
  /** What is well formed for whoever reads references, and is none of this store's. */
  readonly invalid: readonly SecretReference[];
  /** One that comes with a lease, where `leases` says that there are any. */
  readonly leased?: SecretReference;
  /** Where the facts say `inHand`. */
  readonly service?: ServiceInHand;
  dispose(): Promise<void>;
}

export interface SecretStoreFacts {
  /** The text of a whole secret with this value in it, as this store has it. */
  text(value: string): string;
  /** The largest value, in bytes of UTF-8, and more than it takes. */
  readonly largest: number;
  readonly tooLarge?: number;
  /** Whether it keeps former versions under their names. */
  readonly versions: boolean;
  /** How many secrets one request answers. */
  readonly batch: number;
  /** `created` where a new version can't be tried before everyone gets it. */
  readonly writing: "staged" | "created" | "none";
  /** `ending` where leases end by themselves only. */
  readonly leases: "renewable" | "ending" | "none";
  /** Whether the service fails, denies and counts as the test wants. */
  readonly inHand: boolean;
}

/** Stands in secrets and in what failing services say; in no answer but the secret's own. */
export const PLANTED = "pl4nted-S3cret-value/with+signs==";

export const never = new AbortController().signal;
export const VALUES: Readonly<Record<string, string>> = {
  "plain text": "correct horse battery staple",
  "several lines": "-----BEGIN THING-----\nYWJj\nZGVm\n-----END THING-----\n",
  "quotes and escapes": `"'\`\\ \t $HOME \${X} <&>`,
  "letters of the world": "pässwörd 秘密 🔐 \u202e \u0001",
  "looks like JSON": '{"a":[1,2.50,null],"b":"\\u00e9"}',
  "spaces around": "  two spaces  ",
};

export const whyOf = (answer: object): string => ("why" in answer ? `${answer.why}` : "");

/** Whatever is written to the terminal while the work runs. */
export async function said(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const hear = (...words: unknown[]) => void lines.push(words.map(String).join(" "));
  const methods = ["log", "info", "warn", "error", "debug", "trace"] as const;
  const ears = methods.map((method) => vi.spyOn(console, method).mockImplementation(hear));
  process.on("warning", hear);
  try {
    await work();
  } finally {
    process.off("warning", hear);
    for (const ear of ears) ear.mockRestore();
  }
  return lines;
}

export function byVersion(reference: SecretReference, version: string | undefined): SecretReference {
  return { ...reference, parameters: { ...reference.parameters, version: version ?? "" } };
}

/** Opens a store of its own. */
export type Opened = () => Promise<SecretStoreUnderTest>;

export function serviceOf({ service }: SecretStoreUnderTest): ServiceInHand {
  if (!service) throw new Error("the facts say that the service is in hand, and it is not given");
  return service;
}

export async function one(
  { store }: SecretStoreUnderTest,
  reference: SecretReference,
  signal = never,
): Promise<SecretAnswer> {
  const answers = await store.read([reference], signal);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

/** Asks, and gives up when the service has heard it, where the failure has no end of its own. */
export async function duringFailure<Answer>(
  under: SecretStoreUnderTest,
  failure: Failure,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  if (!ENDLESS.includes(failure)) return work(never);
  const giveUp = new AbortController();
  const heard = serviceOf(under).asked();
  const working = work(giveUp.signal);
  await heard;
  giveUp.abort();
  return working;
}
