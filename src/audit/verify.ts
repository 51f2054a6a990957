/**
 * The verifier of the record. It believes no stored hash: leaves and nodes are made again from the bodies,
 * and the result is held against a checkpoint that was signed and kept elsewhere.
 */
import { canonicalJson } from "../base/canonical-json.ts";
import type { RingfenceError } from "../base/error.ts";
import type { EventStore, StoredEvent } from "../ports/store/events.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { auditErrors, type ProblemCode } from "./errors.ts";
import { EMPTY_ROOT, leafHash, nodeHash } from "./merkle.ts";

const PAGE = 500;
const MOST_PROBLEMS = 100;

export interface LogProblem {
  /** Event at which it was seen; for a node the last event below it. */
  readonly index: number;
  readonly code: ProblemCode;
  readonly what: string;
}

export interface LogVerdict {
  /** Number of events in the store. */
  readonly size: number;
  /** Root made from the bodies: of all events, or of those before the first missing one. */
  readonly root: string;
  /** How many events the checkpoint vouches for; those after it are only consistent in themselves. */
  readonly signed: number;
  readonly valid: boolean;
  /** The first 100, in the order of the record. Empty when it is valid. */
  readonly problems: readonly LogProblem[];
}

function isCanonical(body: string): boolean {
  try {
    return canonicalJson(JSON.parse(body)) === body;
  } catch {
    return false;
  }
}

/** The tree made again, event by event: the roots of the full subtrees so far, the widest first. */
class Regrowth {
  readonly #peaks: string[] = [];
  readonly #compare: (level: number, index: number, hash: string) => Promise<void>;

  constructor(compare: (level: number, index: number, hash: string) => Promise<void>) {
    this.#compare = compare;
  }

  async add(index: number, leaf: string): Promise<void> {
    let hash = leaf;
    let at = index;
    for (let level = 1; at % 2 === 1; level++) {
      hash = nodeHash(this.#peaks.pop()!, hash);
      at = (at - 1) / 2;
      await this.#compare(level, at, hash);
    }
    this.#peaks.push(hash);
  }

  root(): string {
    return (
      this.#peaks.reduceRight<string | undefined>(
        (right, left) => (right === undefined ? left : nodeHash(left, right)),
        undefined,
      ) ?? EMPTY_ROOT
    );
  }
}

async function* pages(view: Pick<EventStore, "range">, size: number): AsyncGenerator<readonly StoredEvent[]> {
  for (let from = 0; from < size; from += PAGE) yield await view.range(from, Math.min(from + PAGE, size));
}

/**
 * Verifies the whole record in one consistent view, in pages: memory does not grow with it.
 *
 * @param checkpoint the last one, opened with its key; undefined where there is none, which is a problem
 * as soon as there are events.
 */
export async function verifyLog(
  view: Pick<EventStore, "size" | "range" | "node">,
  checkpoint: Checkpoint | undefined,
): Promise<LogVerdict> {
  const size = await view.size();
  const problems: LogProblem[] = [];
  let failed = false;
  const report = (index: number, code: ProblemCode, what: string) => {
    failed = true;
    if (problems.length < MOST_PROBLEMS) problems.push({ index, code, what });
  };
  const tree = new Regrowth(async (level, index, hash) => {
    if ((await view.node(level, index)) === hash) return;
    const last = (index + 1) * 2 ** level - 1;
    report(
      last,
      "AUDIT_NODE_MISMATCH",
      `the stored hash of events ${last + 1 - 2 ** level} to ${last} is not theirs`,
    );
  });
  const checkRoot = (count: number) => {
    if (checkpoint === undefined || checkpoint.size !== count || tree.root() === checkpoint.root) return;
    report(
      Math.max(0, count - 1),
      "AUDIT_ROOT_MISMATCH",
      `the first ${count} events are not the ones that were signed`,
    );
  };

  let next = 0;
  checkRoot(0);
  const scan = async () => {
    for await (const page of pages(view, size)) {
      for (const event of page) {
        if (event.index !== next) return;
        if (!isCanonical(event.body))
          report(next, "AUDIT_BODY_MALFORMED", `event ${next} is no canonical JSON`);
        const leaf = leafHash(event.body);
        if (leaf !== event.leaf)
          report(next, "AUDIT_LEAF_MISMATCH", `event ${next} is not the one whose hash is stored`);
        await tree.add(next, leaf);
        next++;
        checkRoot(next);
      }
    }
  };
  await scan();
  if (next !== size)
    report(next, "AUDIT_INDEX_GAP", `event ${next} is missing; what follows it can't be verified`);
  if (checkpoint === undefined) {
    if (size > 0)
      report(size - 1, "AUDIT_CHECKPOINT_MISSING", `no signed checkpoint vouches for these ${size} events`);
  } else if (checkpoint.size > size) {
    report(size, "AUDIT_TAIL_CUT", `events ${size} to ${checkpoint.size - 1} were signed and are gone`);
  }
  const signed = Math.min(checkpoint?.size ?? 0, size);
  return { size, root: tree.root(), signed, valid: !failed, problems };
}

/** The error for a verdict that is not valid, with all its problems in the details. */
export function logError(verdict: LogVerdict): RingfenceError {
  const [first] = verdict.problems;
  return auditErrors.AUDIT_LOG_INVALID({
    what: "the record does not verify",
    where: first && `event ${first.index}`,
    why: verdict.problems.map(({ code, what }) => `${code}: ${what}`).join("\n"),
    fix: "keep this store as evidence, restore one that its checkpoint fits, then: ringfence audit verify",
    details: verdict,
  });
}
