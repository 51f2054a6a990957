/**
 * The record as a growing tree: appending events, and roots and proofs from stored nodes.
 * Only roots of full subtrees are stored; they never change, and every other hash follows from them.
 */
import { canonicalJson, type Json } from "../base/canonical-json.ts";
import { redact } from "../base/redact.ts";
import type { AuditEvent } from "../model/audit-event.ts";
import type { EventStore, StoredEvent, TreeNode } from "../ports/store/events.ts";
import { auditErrors } from "./errors.ts";
import { type ConsistencyProof, EMPTY_ROOT, type InclusionProof, leafHash, nodeHash } from "./merkle.ts";

type Nodes = Pick<EventStore, "node">;

async function storedNode(nodes: Nodes, level: number, index: number): Promise<string> {
  const hash = await nodes.node(level, index);
  if (hash !== undefined) return hash;
  const width = 2 ** level;
  const events = level === 0 ? `event ${index}` : `events ${index * width} to ${(index + 1) * width - 1}`;
  throw auditErrors.AUDIT_NODE_MISSING({
    what: `the record has no hash of ${events}`,
    where: `record, node ${index} of level ${level}`,
    why: "the tree's nodes are written together with its events; one was removed, or the record is shorter than it was asked for",
    fix: "ringfence audit verify",
  });
}

/** The largest power of two below a count of at least 2, at which RFC 6962 splits it. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** Hash over the events from ≤ index < to, where RFC 6962 has such a subtree; O(log n) lookups. */
async function subtreeHash(nodes: Nodes, from: number, to: number): Promise<string> {
  const count = to - from;
  const level = Math.round(Math.log2(count));
  if (2 ** level === count) return storedNode(nodes, level, from / count);
  const middle = from + splitOf(count);
  return nodeHash(await subtreeHash(nodes, from, middle), await subtreeHash(nodes, middle, to));
}

function checkPosition(value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${value} is no position from ${least} to ${most}`);
}

/** Free text and facts lose known secrets: what is once in the record can never be taken out of it. */
function redactJson(value: Json): Json {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactJson(member)]));
}

/**
 * Appends an event at the end of the record, with the nodes that it completes. Call it in the transaction
 * that writes what the event tells. Known secret values in `reason` and `details` are replaced.
 *
 * @throws AUDIT_NODE_MISSING when the tree is damaged; TypeError when `details` is no JSON.
 */
export async function appendEvent(events: EventStore, event: AuditEvent): Promise<StoredEvent> {
  const reason = event.reason === null ? null : redact(event.reason);
  const body = canonicalJson({ ...event, reason, details: redactJson(event.details) });
  const stored: StoredEvent = { index: await events.size(), body, leaf: leafHash(body) };
  const nodes: TreeNode[] = [];
  let { index, leaf: hash } = stored;
  for (let level = 0; index % 2 === 1; level++) {
    hash = nodeHash(await storedNode(events, level, index - 1), hash);
    index = (index - 1) / 2;
    nodes.push({ level: level + 1, index, hash });
  }
  await events.append(stored, nodes);
  return stored;
}

/**
 * Root of the record's first `size` events, from stored nodes, in O(log n).
 *
 * @throws AUDIT_NODE_MISSING when the record is shorter or a node was removed; RangeError for what is no size.
 */
export async function rootAt(nodes: Nodes, size: number): Promise<string> {
  checkPosition(size, 0, Number.MAX_SAFE_INTEGER);
  return size === 0 ? EMPTY_ROOT : subtreeHash(nodes, 0, size);
}

/**
 * Proof that the event at `index` is in the tree of the first `size` events (RFC 9162, section 2.1.3.1).
 *
 * @throws AUDIT_NODE_MISSING as {@link rootAt}; RangeError unless 0 ≤ index < size.
 */
export async function inclusionProof(nodes: Nodes, index: number, size: number): Promise<InclusionProof> {
  checkPosition(size, 1, Number.MAX_SAFE_INTEGER);
  checkPosition(index, 0, size - 1);
  const path: string[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.unshift(await subtreeHash(nodes, middle, to));
      to = middle;
    } else {
      path.unshift(await subtreeHash(nodes, from, middle));
      from = middle;
    }
  }
  return { index, size, path };
}

/**
 * Proof that the first `size1` events are the beginning of the first `size2` (RFC 9162, section 2.1.4.1).
 *
 * @throws AUDIT_NODE_MISSING as {@link rootAt}; RangeError unless 1 ≤ size1 ≤ size2.
 */
export async function consistencyProof(
  nodes: Nodes,
  size1: number,
  size2: number,
): Promise<ConsistencyProof> {
  checkPosition(size2, 1, Number.MAX_SAFE_INTEGER);
  checkPosition(size1, 1, size2);
  const path: string[] = [];
  let from = 0;
  let to = size2;
  while (to !== size1) {
    const middle = from + splitOf(to - from);
    if (size1 <= middle) {
      path.unshift(await subtreeHash(nodes, middle, to));
      to = middle;
    } else {
      path.unshift(await subtreeHash(nodes, from, middle));
      from = middle;
    }
  }
  // From 0 the subtree is the first tree itself, whose root the verifier has.
  if (from > 0) path.unshift(await subtreeHash(nodes, from, to));
  return { size1, size2, path };
}
