/**
 * The record: store changes and their audit entries commit in one transaction; afterwards the log's head is
 * signed and kept outside the store, so that a cut tail or a replaced store is seen. A new head is signed only
 * for a log that continues the one that was signed before: adding to an altered log would hide the alteration.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import {
  appendEvent,
  auditErrors,
  type Checkpoint,
  openCheckpoint,
  rootAt,
  signCheckpoint,
} from "../audit/index.ts";
import { writeFileAtomic } from "../base/atomic-file.ts";
import type { Json } from "../base/canonical-json.ts";
import { sha256 } from "../base/digest.ts";
import { createKeyPair, publicTextOf } from "../base/ed25519.ts";
import { isRingfenceError, systemCode } from "../base/error.ts";
import type { AuditEvent } from "../model/audit-event.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventStore } from "../ports/store/events.ts";
import type { Store, StoreTransaction } from "../ports/store/store.ts";
import { withFileLock } from "../snapshot/file-lock.ts";

/** What a caller says of an event; the rest is filled in. */
export interface Entry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly environment?: string | null;
  readonly operation?: string | null;
  readonly reason?: string | null;
  readonly result?: AuditEvent["result"];
  readonly details?: Json;
  /** When it happened, where that was before now (ISO 8601). */
  readonly at?: string;
  readonly host?: string;
}

export type Recorder = (entry: Entry) => Promise<void>;

export interface AuditRecord {
  /**
   * A transaction with a recorder; nothing of it is durable unless all of it is.
   *
   * @throws AUDIT_LOG_INVALID when something is recorded and the log is not the one that was signed before.
   */
  transact<T>(work: (transaction: StoreTransaction, record: Recorder) => Promise<T>): Promise<T>;
  /** The newest signed head; undefined when none was ever made here. @throws AUDIT_CHECKPOINT_INVALID */
  checkpoint(): Checkpoint | undefined;
  readonly checkpointPath: string;
}

const KEY_NAME = "ringfence";

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function checkpointKey(home: string): string {
  const path = join(home, "checkpoints", "key.pem");
  const existing = readText(path);
  if (existing !== undefined) return existing;
  const { privatePem } = createKeyPair();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileAtomic(path, privatePem, 0o600);
  return privatePem;
}

/** Origin line of a store's checkpoints. */
export function checkpointOrigin(project: string, storeId: string): string {
  return `ringfence/${project}/${storeId}`;
}

export function openRecord(options: {
  readonly store: Store;
  readonly storePath: string;
  readonly project: string;
  readonly home: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}): AuditRecord {
  const { store, project, home, clock, warn } = options;
  const checkpointPath = join(
    home,
    "checkpoints",
    `${sha256(options.storePath).toString("hex").slice(0, 16)}.txt`,
  );

  const read = (): Checkpoint | undefined => {
    const text = readText(checkpointPath);
    if (text === undefined) return undefined;
    return openCheckpoint(text, { name: KEY_NAME, publicText: publicTextOf(checkpointKey(home)) });
  };

  const keep = (head: Checkpoint, privatePem: string): void => {
    const note = signCheckpoint(head, { name: KEY_NAME, privatePem });
    // Of two that commit one after the other, the first may come here last.
    withFileLock(`${checkpointPath}.lock`, () => {
      const present = read();
      if (present?.origin === head.origin && present.size > head.size) return;
      writeFileAtomic(checkpointPath, note, 0o600);
    });
  };

  return {
    checkpointPath,
    checkpoint: read,
    async transact(work) {
      let sign = (): void => {};
      const answer = await store.transaction(async (transaction) => {
        const { events } = transaction;
        let recorded = false;
        const answerInside = await work(transaction, async (entry) => {
          recorded = true;
          await appendEvent(events, completeEvent(entry, clock));
        });
        if (!recorded) return answerInside;
        const origin = checkpointOrigin(project, store.id);
        await assertContinues(events, origin, read(), checkpointPath);
        const size = await events.size();
        const head = { origin, size, root: await rootAt(events, size) };
        // Before the commit, so that a home that can't be used stops the change instead of leaving it unsigned.
        mkdirSync(dirname(checkpointPath), { recursive: true, mode: 0o700 });
        const key = checkpointKey(home);
        sign = () => keep(head, key);
        return answerInside;
      });
      afterCommit(sign, warn);
      return answer;
    },
  };
}

/** What is committed is committed: throwing now would make the caller take it for undone. The next head vouches for it too. */
function afterCommit(sign: () => void, warn: (text: string) => void): void {
  try {
    sign();
  } catch (error) {
    if (!isRingfenceError(error) && systemCode(error) === undefined) throw error;
    warn(`the record's head was not signed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The log that is about to grow is the one that the last checkpoint vouches for. @throws AUDIT_LOG_INVALID */
async function assertContinues(
  events: EventStore,
  origin: string,
  signed: Checkpoint | undefined,
  path: string,
): Promise<void> {
  if (!signed) return;
  const size = await events.size();
  const why =
    signed.origin !== origin
      ? `the store is ${origin}, the last checkpoint is of ${signed.origin}`
      : signed.size > size
        ? `${signed.size} events were signed, and with the new one there are ${size}`
        : (await rootAt(events, signed.size)) !== signed.root
          ? `the first ${signed.size} events are not the ones that were signed`
          : undefined;
  if (why === undefined) return;
  throw auditErrors.AUDIT_LOG_INVALID({
    what: "the record was altered or replaced, so nothing is added to it",
    where: path,
    why,
    fix: `ringfence audit verify   # restore the store; if you replaced it yourself: rm '${path}'`,
  });
}

function completeEvent(entry: Entry, clock: Clock): AuditEvent {
  return {
    at: entry.at ?? new Date(clock.now()).toISOString(),
    actor: entry.actor,
    host: entry.host ?? hostname(),
    action: entry.action,
    environment: entry.environment ?? null,
    subject: entry.subject,
    operation: entry.operation ?? null,
    reason: entry.reason ?? null,
    result: entry.result ?? "ok",
    details: entry.details ?? null,
  };
}
