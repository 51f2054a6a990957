/**
 * The Merkle tree of RFC 6962, section 2, in the words of RFC 9162: hashes of leaves and nodes, and the
 * verification of proofs. Pure; where nodes are stored is the business of `tree.ts`.
 * Hashes are texts of 64 lower-case hexadecimal digits.
 */
import { createHash } from "node:crypto";

const HASH = /^[0-9a-f]{64}$/;

/** Root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT = createHash("sha256").digest("hex");

/** SHA-256(0x00 | data). A string counts as its UTF-8 bytes. */
export function leafHash(data: string | Uint8Array): string {
  return createHash("sha256")
    .update(Buffer.of(0))
    .update(typeof data === "string" ? Buffer.from(data) : data)
    .digest("hex");
}

/** SHA-256(0x01 | left | right). */
export function nodeHash(left: string, right: string): string {
  return createHash("sha256")
    .update(Buffer.from(`01${left}${right}`, "hex"))
    .digest("hex");
}

/** That a leaf stands at an index of the tree with this size and root. */
export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  /** Hashes from the leaf's sibling up. */
  readonly path: readonly string[];
}

/** That the tree of the first size is the beginning of the tree of the second. */
export interface ConsistencyProof {
  readonly size1: number;
  readonly size2: number;
  readonly path: readonly string[];
}

function areHashes(hashes: readonly string[]): boolean {
  return hashes.every((hash) => HASH.test(hash));
}

/**
 * A position and the last position of its level, on the way up. RFC 9162 calls them fn and sn; they are
 * halved by division because sizes may pass 2^32.
 */
class Climb {
  at: number;
  last: number;

  constructor(at: number, last: number) {
    this.at = at;
    this.last = last;
  }

  get isRight(): boolean {
    return this.at % 2 === 1;
  }

  up(): void {
    this.at = Math.floor(this.at / 2);
    this.last = Math.floor(this.last / 2);
  }

  /** Passes the levels on which the node is the last one and has no sibling. */
  skipLonely(): void {
    while (!this.isRight && this.at !== 0) this.up();
  }
}

/** RFC 9162, section 2.1.3.2. False for every proof that is malformed, too long or too short. */
export function verifyInclusion(proof: InclusionProof, leaf: string, root: string): boolean {
  const { index, size, path } = proof;
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  if (!areHashes([leaf, root, ...path])) return false;
  const climb = new Climb(index, size - 1);
  let hash = leaf;
  for (const sibling of path) {
    if (climb.last === 0) return false;
    if (climb.isRight || climb.at === climb.last) {
      hash = nodeHash(sibling, hash);
      climb.skipLonely();
    } else {
      hash = nodeHash(hash, sibling);
    }
    climb.up();
  }
  return climb.last === 0 && hash === root;
}

/**
 * RFC 9162, section 2.1.4.2. False for every proof that is malformed, too long or too short, and for
 * `size1` 0: every tree continues the empty one, so that such a proof says nothing.
 */
export function verifyConsistency(proof: ConsistencyProof, root1: string, root2: string): boolean {
  const { size1, size2, path } = proof;
  if (!Number.isSafeInteger(size1) || !Number.isSafeInteger(size2) || size1 < 1 || size2 < size1)
    return false;
  if (size1 === size2) return path.length === 0 && root1 === root2;
  if (!areHashes([root1, root2, ...path])) return false;
  const climb = new Climb(size1 - 1, size2 - 1);
  while (climb.isRight) climb.up();
  // At 0 the first tree is a full subtree of the second, and its root begins the path.
  const [start, ...rest] = climb.at === 0 ? [root1, ...path] : path;
  if (start === undefined) return false;
  let hash1 = start;
  let hash2 = start;
  for (const sibling of rest) {
    if (climb.last === 0) return false;
    if (climb.isRight || climb.at === climb.last) {
      hash1 = nodeHash(sibling, hash1);
      hash2 = nodeHash(sibling, hash2);
      climb.skipLonely();
    } else {
      hash2 = nodeHash(hash2, sibling);
    }
    climb.up();
  }
  return climb.last === 0 && hash1 === root1 && hash2 === root2;
}
