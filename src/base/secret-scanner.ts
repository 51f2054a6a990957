/**
 * Finds known byte sequences in a stream of bytes, in one pass whose cost hardly grows with their number.
 * It holds the search only; which sequences are secret and what replaces them is the caller's (`redact.ts`).
 */
import { NeedleHeads } from "./needle-heads.ts";
import { joinNeedles, MULTIPLIER, NeedleIndex, partialWord, SHORTEST_INDEXED } from "./needle-index.ts";

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
  scan(data: Uint8Array, last: boolean, covered: number): ScanResult;
}

interface Found {
  readonly from: number;
  readonly to: number;
}

const NO_WORDS = new Int32Array(0);
/** Words a turn: hardly any passes the filter, so that one branch for four is the cheapest. */
const TURN = 4;

/** The next turn of words, from one on, of which one passes the filter; the first one behind all turns for none. */
function nextPossible(words: Int32Array, filter: Uint8Array, shift: number, from: number): number {
  const end = words.length - (words.length % TURN);
  for (let i = from; i < end; i += TURN) {
    const possible =
      filter[Math.imul(words[i]!, MULTIPLIER) >>> shift]! |
      filter[Math.imul(words[i + 1]!, MULTIPLIER) >>> shift]! |
      filter[Math.imul(words[i + 2]!, MULTIPLIER) >>> shift]! |
      filter[Math.imul(words[i + 3]!, MULTIPLIER) >>> shift]!;
    if (possible !== 0) return i;
  }
  return end;
}

/** The needles that are too short for the index. */
function findShort(needles: readonly Buffer[], data: Uint8Array, all: Found[]): void {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      all.push({ from: at, to: at + needle.length });
    }
  }
}

/** Every needle of the index in the data, in no order. */
function findLong(index: NeedleIndex, data: Uint8Array): Found[] {
  const all: Found[] = [];
  const found = (from: number, to: number) => void all.push({ from, to });
  const before = -data.byteOffset & 3;
  const count = Math.max(0, data.length - before) >> 2;
  const words = count > 0 ? new Int32Array(data.buffer, data.byteOffset + before, count) : NO_WORDS;
  const { filter, shift } = index;
  for (let i = 0; i < count; ) {
    i = nextPossible(words, filter, shift, i);
    for (const end = Math.min(count, i + TURN); i < end; i++) {
      if (filter[Math.imul(words[i]!, MULTIPLIER) >>> shift])
        index.find(data, before + 4 * i, words[i]!, found);
    }
  }
  const rest = before + 4 * count;
  if (rest < data.length) index.find(data, rest, partialWord(data, rest), found);
  return all;
}

/** What was found before `decided`, in order; what overlaps is one range, so that no part of any needle stays. */
function joined(all: Found[], covered: number, decided: number): ScanResult {
  const ranges: { from: number; to: number; continued: boolean }[] = [];
  if (covered > 0) ranges.push({ from: 0, to: covered, continued: true });
  for (const { from, to } of all.sort((a, b) => a.from - b.from)) {
    if (from >= decided) break;
    const open = ranges.at(-1);
    if (open && from < open.to) open.to = Math.max(open.to, to);
    else ranges.push({ from, to, continued: false });
  }
  const final = ranges.at(-1);
  const beyond = Math.max(0, (final?.to ?? 0) - decided);
  if (final) final.to -= beyond;
  return { ranges, decided, covered: beyond };
}

/** A scanner for texts (needles), in UTF-8, of at least four bytes each. */
export function createScanner(texts: readonly string[]): Scanner {
  const all = joinNeedles(texts);
  const isShort = (text: string) => Buffer.byteLength(text) < SHORTEST_INDEXED;
  const short = texts.filter(isShort).map((text) => Buffer.from(text));
  const index = new NeedleIndex(
    short.length === 0 ? all : joinNeedles(texts.filter((text) => !isShort(text))),
  );
  let heads: NeedleHeads | undefined;
  return {
    scan(data, last, covered) {
      heads ??= last ? undefined : new NeedleHeads(all);
      const decided = last ? data.length : heads!.undecidedFrom(data);
      const found = findLong(index, data);
      findShort(short, data, found);
      return joined(found, covered, decided);
    },
  };
}
