/**
 * The record's storage: leaves and the inner nodes of their RFC 6962 tree.
 * It stores what it is given; hashing and verifying belong to the audit capability.
 */

export interface StoredEvent {
  /** Position, from 0, without gaps. */
  readonly index: number;
  /** The event's canonical JSON (RFC 8785), exactly the bytes that were hashed. */
  readonly body: string;
  /** RFC 6962 leaf hash of the body, lower-case hexadecimal. */
  readonly leaf: string;
}

/** Root of a full subtree: `level` 0 is a leaf, index counts the subtrees of that level from the left. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: string;
}

export interface EventStore {
  size(): Promise<number>;
  /** Appends at {@link size}; another index is a bug and throws. */
  append(event: StoredEvent, nodes: readonly TreeNode[]): Promise<void>;
  /** Events with `from` ≤ index < `to`, in order. */
  range(from: number, to: number): Promise<readonly StoredEvent[]>;
  /** Level 0 answers the leaf of the event at that index. */
  node(level: number, index: number): Promise<string | undefined>;
  /** Hash of the last line that was taken over from the named spool. */
  spoolHead(spool: string): Promise<string | undefined>;
  setSpoolHead(spool: string, head: string): Promise<void>;
}
