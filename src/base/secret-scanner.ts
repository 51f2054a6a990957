/**
 * Finds known byte sequences in a stream of bytes, in one pass whatever their number.
 * It holds the search only; which sequences are secret and what replaces them is the caller's (`redact.ts`).
 */

/** Every needle has at least this many bytes: they are its key in the index. */
const KEY_BYTES = 4;

/** A stretch of bytes that belongs to one or more needles. */
export interface FoundRange {
  readonly from: number;
  readonly to: number;
  /** It goes on from the data before, where it was masked already. */
  readonly continued: boolean;
}

/** What a scan found. */
export interface ScanResult {
  /** In order and apart from each other, within the decided part. */
  readonly ranges: readonly FoundRange[];
  /** Bytes from here on may be the beginning of a needle; the length of the data when nothing is undecided. */
  readonly decided: number;
  /** How many of the undecided bytes belong to the last range already. */
  readonly covered: number;
}

export interface Scanner {
  /**
   * @param last true when no byte will follow: nothing is left undecided.
   * @param covered what the scan before said, when the data begins with its undecided bytes; else 0.
   */
  scan(data: Buffer, last: boolean, covered: number): ScanResult;
}

const UNDECIDED = -1;

function pairAt(data: Buffer, at: number): number {
  return (data[at]! << 8) | data[at + 1]!;
}

/** Needles by their first four bytes, and a bitmap of first pairs that rejects nearly every position at once. */
class NeedleIndex {
  readonly pairs = new Uint8Array(65_536);
  readonly firsts = new Uint8Array(256);
  readonly #byKey = new Map<number, Buffer[]>();
  readonly #needles: readonly Buffer[];

  constructor(needles: readonly Buffer[]) {
    this.#needles = needles;
    for (const needle of needles) {
      this.pairs[pairAt(needle, 0)] = 1;
      this.firsts[needle[0]!] = 1;
      const key = needle.readUInt32LE(0);
      const same = this.#byKey.get(key);
      if (same) same.push(needle);
      else this.#byKey.set(key, [needle]);
    }
    for (const same of this.#byKey.values()) same.sort((a, b) => b.length - a.length);
  }

  /** Length of the longest needle at a position, 0 for none, UNDECIDED when the data ends inside a longer one. */
  matchAt(data: Buffer, at: number, last: boolean): number {
    const left = data.length - at;
    const candidates = left >= KEY_BYTES ? this.#byKey.get(data.readUInt32LE(at)) : this.#needles;
    for (const needle of candidates ?? []) {
      if (needle.length <= left) {
        if (data.compare(needle, 0, needle.length, at, at + needle.length) === 0) return needle.length;
      } else if (!last && data.compare(needle, 0, left, at) === 0) return UNDECIDED;
    }
    return 0;
  }
}

/** A scanner for needles of at least four bytes each. Overlapping finds are one range, so that no part of any stays. */
export function createScanner(needles: readonly Buffer[]): Scanner {
  const index = new NeedleIndex(needles);
  const { pairs, firsts } = index;
  return {
    scan(data, last, covered) {
      const ranges: { from: number; to: number; continued: boolean }[] = [];
      let open: (typeof ranges)[number] | undefined;
      if (covered > 0) {
        open = { from: 0, to: covered, continued: true };
        ranges.push(open);
      }
      for (let at = 0; at < data.length; at++) {
        const possible = at + 1 < data.length ? pairs[pairAt(data, at)] : firsts[data[at]!];
        if (!possible) continue;
        const length = index.matchAt(data, at, last);
        if (length === 0) continue;
        if (length === UNDECIDED) {
          const reach = Math.max(0, (open?.to ?? 0) - at);
          if (open) open.to = Math.min(open.to, at);
          return { ranges, decided: at, covered: reach };
        }
        if (open && at < open.to) open.to = Math.max(open.to, at + length);
        else {
          open = { from: at, to: at + length, continued: false };
          ranges.push(open);
        }
      }
      return { ranges, decided: data.length, covered: 0 };
    },
  };
}
