/**
 * A process of its own that runs one command of a scene, and dies or falls asleep where it was told to. Says as
 * JSON lines what it does; the last one is how the command ended.
 */
import type { Store } from "../../src/ports/store/store.ts";
import { runWords } from "./command.ts";

/** The argument, as JSON. */
export interface ChildRequest {
  readonly root: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly input?: string;
  readonly leaseMs?: number;
  /** Waits for a line on standard input before it begins. */
  readonly onCue?: boolean;
  readonly halt?: Halt;
}

/** `outside`: before the transaction begins. `before`: its work is done and it is not committed yet. */
type When = "outside" | "before" | "after";

/** Where the process stops: at its n-th transaction (from 1), or when a step starts. */
export type Halt = {
  readonly signal: "SIGKILL" | "SIGSTOP";
} & ({ readonly commit: number; readonly when: When } | { readonly step: string });

/** One line of the child's output. */
export type ChildLine =
  | { readonly waits: true }
  | { readonly step: string; readonly state: string }
  | { readonly halts: true }
  | { readonly awake: true }
  | {
      readonly exit: number;
      readonly code: string | null;
      readonly message: string | null;
      readonly answer: unknown;
      /** How many transactions it made. */
      readonly commits: number;
    };

function say(line: ChildLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Nothing of this process runs after SIGKILL; after SIGSTOP it goes on here when it is woken. */
function halt(signal: Halt["signal"]): void {
  if (signal === "SIGSTOP") say({ halts: true });
  process.kill(process.pid, signal);
  if (signal === "SIGSTOP") say({ awake: true });
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const request = JSON.parse(process.argv[2]!) as ChildRequest;
const { root, variables, words, input, leaseMs, onCue, halt: stop } = request;
let commits = 0;

function watched(store: Store): Store {
  const haltAt = (commit: number, when: When) => {
    if (stop && "commit" in stop && stop.commit === commit && stop.when === when) halt(stop.signal);
  };
  return {
    get id() {
      return store.id;
    },
    read: (work) => store.read(work),
    async transaction(work) {
      commits += 1;
      const own = commits;
      haltAt(own, "outside");
      const answer = await store.transaction(async (transaction) => {
        const result = await work(transaction);
        haltAt(own, "before");
        return result;
      });
      haltAt(own, "after");
      return answer;
    },
    close: () => store.close(),
  };
}

async function cue(): Promise<void> {
  say({ waits: true });
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.stdin.pause();
}

if (onCue) await cue();
const { answer, error, exit } = await runWords(
  words,
  { folder: root, variables },
  {
    input: input ?? "",
    options: { wrapStore: watched, ...(leaseMs === undefined ? {} : { leaseMs }) },
    progress({ step, state }) {
      say({ step, state });
      if (stop && "step" in stop && stop.step === step && state === "started") halt(stop.signal);
    },
  },
);
say({ exit, code: error?.code ?? null, message: error?.message ?? null, answer: answer ?? null, commits });
